"""Who makes room for new runs, and when a race begins."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from playground.jobs import Ended, Message
from playground.live.errors import CannotBranch, TooManyRuns
from playground.live.run import Change, Run
from playground.live.runs import Runs
from playground.protocol.requests import BranchRequest, RaceRequest
from playground.settings import Limits
from tests.playground.live.test_runs import Bench, start
from tests.playground.training.experiments import spiral


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def runs(bench: Bench) -> Runs:
    return Runs(bench, replace(Limits(), max_runs_per_session=3, max_runs=5))


def race(runs: Runs, owner: str = "alice", lanes: int = 2, id: str = "race-one") -> list[Run]:
    asked = RaceRequest(experiments=[spiral(lr=0.1 * (1 + lane)) for lane in range(lanes)], request_id=id)
    return runs.race(owner, asked, [{}] * lanes)


def built(bench: Bench, run: Run) -> None:
    bench.events[str(run.job)](Message({"state": "paused", "built": [[], 42, 4]}))


def plays(bench: Bench) -> list[Mapping[str, Any]]:
    return [message for message in bench.sent if message["do"] == "play"]


def test_a_race_begins_when_the_last_of_its_runs_is_built(runs: Runs, bench: Bench) -> None:
    one, other = race(runs)
    built(bench, one)
    assert plays(bench) == []
    assert one.waits

    built(bench, other)
    assert len(plays(bench)) == 2
    assert not one.waits

    built(bench, one)
    assert len(plays(bench)) == 2


def test_a_race_begins_without_a_run_that_could_not_be_built(runs: Runs, bench: Bench) -> None:
    one, other = race(runs)
    built(bench, one)
    bench.events[str(other.job)](Ended(error="no memory"))

    assert len(plays(bench)) == 1


def test_a_race_that_is_asked_for_twice_is_one(runs: Runs, bench: Bench) -> None:
    assert race(runs) == race(runs)
    assert len(bench.events) == 2


def test_runs_that_wait_for_their_race_do_not_make_room(runs: Runs, bench: Bench) -> None:
    for run in race(runs):
        built(bench, run) if run.number == 1 else None
    start(runs, bench, "alice", "1")

    with pytest.raises(TooManyRuns):
        start(runs, bench, "alice", "2")


def test_a_race_for_which_there_is_no_room_ends_no_run(runs: Runs, bench: Bench) -> None:
    start(runs, bench, "alice", "1", "paused")
    start(runs, bench, "alice", "2")
    start(runs, bench, "alice", "3")

    with pytest.raises(TooManyRuns):
        race(runs)
    assert bench.stopped == []


def test_what_is_over_goes_first_then_what_stands_still_the_oldest_first(runs: Runs, bench: Bench) -> None:
    paused = [start(runs, bench, "alice", str(i), "paused") for i in range(2)]
    over = start(runs, bench, "alice", "3", "finished")

    race(runs)

    assert bench.stopped == [over.job, paused[0].job]


def test_a_run_of_which_somebody_shows_a_view_stays_and_one_that_is_only_listed_goes(
    runs: Runs, bench: Bench
) -> None:
    shown, listed, other = (start(runs, bench, "alice", str(i), "paused") for i in range(3))
    runs.watch("alice", shown.id, "page", frozenset({"layers"}))
    runs.watch("alice", listed.id, "page", frozenset())
    runs.watch("alice", other.id, "page", None)

    start(runs, bench, "alice", "4")

    assert bench.stopped == [listed.job]


def test_the_run_that_somebody_has_open_goes_last_though_nothing_of_it_is_on_the_screen(
    runs: Runs, bench: Bench
) -> None:
    opened, listed = (start(runs, bench, "alice", str(i), "paused") for i in range(2))
    runs.watch("alice", opened.id, "page", frozenset(), opened=True)
    runs.watch("alice", listed.id, "page", frozenset())

    race(runs)
    assert bench.stopped == [listed.job]


def answering(bench: Bench, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every question is answered so; what was said to workers."""
    said: list[Mapping[str, Any]] = []

    def send(job: str, message: Mapping[str, Any]) -> None:
        said.append(message)
        if message["do"] == "offer":
            bench.events[job](Message({"answers": [[message["question"], dict(answer)]]}))

    bench.send = send  # type: ignore[method-assign]
    return said


def branch(runs: Runs, run: Run, **changes: Any) -> Run:
    asked = BranchRequest(step=2, experiment=spiral(**changes), request_id="branch-1")
    return runs.branch("alice", run.id, asked, {})


def test_a_branch_is_sent_the_moment_and_knows_what_its_parent_did(runs: Runs, bench: Bench) -> None:
    parent = start(runs, bench, "alice", "1")
    parent.losses.extend([0.5, 0.4, 0.3])
    said = answering(bench, {"moment": {"some": "thing"}, "deeds": [[1, "set_lr", 0.1, "", []]], "step": 2})

    made = branch(runs, parent)

    assert said[-1] == {**said[-1], "do": "begin", "moment": {"some": "thing"}, "step": 2}
    assert list(made.losses) == [0.5, 0.4]
    assert [deed.value for deed in made.log] == [0.1]
    assert (made.begun, made.change, made.branched_at) == (parent.experiment, None, 2)
    assert branch(runs, parent) is made


def test_a_branch_with_another_optimizer_is_no_continuation(runs: Runs, bench: Bench) -> None:
    parent = start(runs, bench, "alice", "1")
    answering(bench, {"moment": {}, "deeds": [[1, "set_lr", 0.1, "", []]], "step": 2})

    made = branch(runs, parent, optimizer="Adam")

    assert (made.begun, made.change, made.log) == (made.experiment, Change("Run 1", 2), [])


def test_where_a_run_offers_no_moment_no_branch_begins(runs: Runs, bench: Bench) -> None:
    parent = start(runs, bench, "alice", "1")
    answering(bench, {"error": "There is no step 2."})

    with pytest.raises(CannotBranch, match="There is no step 2"):
        branch(runs, parent)
    assert len(bench.events) == 1


def test_a_parent_does_not_make_room_for_its_branch(runs: Runs, bench: Bench) -> None:
    parent = start(runs, bench, "alice", "1", "paused")
    other = start(runs, bench, "alice", "2", "paused")
    start(runs, bench, "alice", "3")
    answering(bench, {"moment": {}, "deeds": [], "step": 2})

    branch(runs, parent)

    assert bench.stopped == [other.job]
