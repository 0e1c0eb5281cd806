"""Who may touch which run, how many there may be, and how long they are remembered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from playground.jobs import Ended, Event, JobGone, Message
from playground.live.errors import NoSuchRun, RunIsBusy, RunIsOver, TooManyRuns
from playground.live.run import EXACT_STEPS, Run
from playground.live.runs import REMEMBERED_PER_SESSION, Runs
from playground.protocol.requests import StartRequest
from playground.settings import Limits
from playground.training.log import Deed
from tests.playground.training.experiments import spiral


class Bench:
    """A backend whose jobs do nothing by themselves: the test says what they report."""

    def __init__(self) -> None:
        self.events: dict[str, Callable[[Event], None]] = {}
        self.stopped: list[str] = []
        self.sent: list[Mapping[str, Any]] = []

    def warm(self) -> None: ...

    def submit(
        self,
        kind: str,
        payload: Mapping[str, Any],
        events: Callable[[Event], None],
        seconds: float | None = None,
    ) -> str:
        self.events[f"job {len(self.events)}"] = events
        return f"job {len(self.events) - 1}"

    def send(self, job: str, message: Mapping[str, Any]) -> None:
        if job in self.stopped:
            raise JobGone
        self.sent.append(message)

    def stop(self, job: str) -> None:
        self.stopped.append(job)
        self.events[job](Ended())

    def call(self, kind: str, payload: Mapping[str, Any], seconds: float) -> Any: ...

    def close(self) -> None: ...


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def runs(bench: Bench) -> Runs:
    return Runs(bench, replace(Limits(), max_runs_per_session=2, max_runs=3))


def request(id: str = "", **options: Any) -> StartRequest:
    return StartRequest(experiment=spiral(), request_id=id.rjust(8, "0"), **options)


def start(runs: Runs, bench: Bench, owner: str, id: str, state: str = "running") -> Run:
    run = runs.start(owner, request(id), {})
    bench.events[str(run.job)](Message({"state": state}))
    return run


def test_the_same_request_twice_is_one_run_and_of_another_session_another(runs: Runs, bench: Bench) -> None:
    first = runs.start("alice", request("1"), {})

    assert runs.start("alice", request("1"), {}) is first
    assert runs.start("bob", request("1"), {}) is not first
    assert len(bench.events) == 2


def test_a_run_that_is_replaced_is_stopped_and_makes_room(runs: Runs, bench: Bench) -> None:
    first = start(runs, bench, "alice", "1")
    start(runs, bench, "alice", "2")

    runs.start("alice", request("3", replaces=first.id), {})

    assert first.state == "stopped"


def test_nobody_can_replace_or_reach_the_run_of_another_session(runs: Runs, bench: Bench) -> None:
    mine = start(runs, bench, "alice", "1")
    runs.start("eve", request("2", replaces=mine.id), {})

    assert not mine.ended
    for reach in (runs.get, runs.stop, lambda who, run: runs.watch(who, run, "page", None)):
        with pytest.raises(NoSuchRun):
            reach("eve", mine.id)


def test_a_session_has_a_bounded_number_of_running_runs(runs: Runs, bench: Bench) -> None:
    start(runs, bench, "alice", "1")
    start(runs, bench, "alice", "2")

    with pytest.raises(TooManyRuns, match="2 runs of this session are going"):
        runs.start("alice", request("3"), {})
    assert len(bench.events) == 2


def test_all_sessions_together_have_a_bound_too(runs: Runs, bench: Bench) -> None:
    for i, owner in enumerate(("alice", "alice", "bob")):
        start(runs, bench, owner, str(i))

    with pytest.raises(TooManyRuns, match="on this server"):
        runs.start("carol", request("9"), {})


@pytest.mark.parametrize("state", ["finished", "paused", "diverged"])
def test_a_run_that_nobody_watches_and_that_does_not_run_makes_room(
    runs: Runs, bench: Bench, state: str
) -> None:
    left = start(runs, bench, "alice", "1", state)
    start(runs, bench, "alice", "2")

    assert runs.start("alice", request("3"), {})
    assert left.ended


def test_a_run_that_somebody_watches_is_never_ended_for_another(runs: Runs, bench: Bench) -> None:
    watched = start(runs, bench, "alice", "1", "paused")
    start(runs, bench, "alice", "2")
    runs.watch("alice", watched.id, "page", None)

    with pytest.raises(TooManyRuns):
        runs.start("alice", request("3"), {})
    runs.unwatch(watched.id, "page")
    assert runs.start("alice", request("3"), {})


def test_the_worker_measures_what_any_of_the_clients_shows_and_hears_only_of_changes(
    runs: Runs, bench: Bench
) -> None:
    run = start(runs, bench, "alice", "1").id

    runs.watch("alice", run, "one", frozenset({"layers"}))
    runs.watch("alice", run, "two", frozenset({"layers", "step"}))
    runs.watch("alice", run, "one", frozenset({"layers"}))
    runs.watch("alice", run, "three", None)
    runs.unwatch(run, "three")
    runs.unwatch(run, "two")
    runs.unwatch(run, "one")

    told = [message["views"] for message in bench.sent]
    assert told == [["layers"], ["layers", "step"], None, ["layers", "step"], ["layers"], []]


def test_the_time_spent_is_a_curve_over_the_furthest_step_and_looking_back_adds_nothing(
    runs: Runs, bench: Bench
) -> None:
    run = start(runs, bench, "alice", "1")
    for step, furthest, seconds in ((5, 5, 0.1), (12, 12, 0.4), (3, 12, 0.4), (12, 12, 0.5), (20, 20, 0.6)):
        run.take({"progress": {"step": step, "furthest": furthest, "seconds": seconds}})

    clock = run.curves["seconds"].delta()
    assert (clock.step.tolist(), clock.last.tolist()) == ([5, 12, 20], [0.1, 0.4, 0.6])


def test_ended_runs_are_remembered_up_to_a_number_and_the_newest_stay(runs: Runs, bench: Bench) -> None:
    ended = []
    for i in range(REMEMBERED_PER_SESSION + 5):
        run = start(runs, bench, "alice", str(i))
        runs.stop("alice", run.id)
        ended.append(run)
    start(runs, bench, "alice", "last")

    with pytest.raises(NoSuchRun):
        runs.get("alice", ended[0].id)
    for run in ended[-REMEMBERED_PER_SESSION:]:
        assert runs.get("alice", run.id) is run


def test_an_answer_reaches_who_asked(runs: Runs, bench: Bench) -> None:
    run = start(runs, bench, "alice", "1")
    bench.send = lambda job, message: bench.events[job](  # type: ignore[method-assign]
        Message({"answers": [[message["question"], {"said": message["do"]}]]})
    )

    assert runs.ask("alice", run.id, {"do": "pause"}, seconds=1) == {"said": "pause"}


def test_a_worker_that_does_not_answer_is_busy_and_one_that_is_gone_is_over(runs: Runs, bench: Bench) -> None:
    run = start(runs, bench, "alice", "1")
    with pytest.raises(RunIsBusy):
        runs.ask("alice", run.id, {"do": "pause"}, seconds=0.01)
    runs.stop("alice", run.id)

    with pytest.raises(RunIsOver):
        runs.ask("alice", run.id, {"do": "pause"}, seconds=1)


def test_a_run_keeps_its_state_when_its_process_ends_after_it_was_over(runs: Runs, bench: Bench) -> None:
    finished = start(runs, bench, "alice", "1", "finished")
    crashed = start(runs, bench, "alice", "2", "finished")
    bench.events[str(finished.job)](Ended())
    bench.events[str(crashed.job)](Ended(error="it was killed"))

    assert finished.state == "finished"
    assert crashed.state == "failed"
    assert crashed.problem is not None
    assert crashed.problem.message == "it was killed"


def report(run: Run, steps: range, **more: Any) -> None:
    values = np.array(steps, float) / 7
    run.take({"points": {"training loss": [np.array(steps), values]}, **more})


def test_the_exact_losses_of_the_first_steps_are_kept_and_the_curve_of_all() -> None:
    run = Run("id", "alice", spiral(), "request")
    report(run, range(1, 9_000))
    report(run, range(9_000, 15_000))

    assert len(run.losses) == EXACT_STEPS
    assert list(run.losses) == [step / 7 for step in range(1, EXACT_STEPS + 1)]
    assert run.curves["training loss"].points == 14_999


def test_a_step_that_was_made_without_a_loss_leaves_its_place_empty() -> None:
    run = Run("id", "alice", spiral(), "request")
    report(run, range(1, 3))
    report(run, range(4, 6))

    assert np.isnan(run.losses[2])
    assert [run.losses[i] for i in (0, 1, 3, 4)] == [step / 7 for step in (1, 2, 4, 5)]


def test_what_was_done_by_hand_is_kept_in_order() -> None:
    run = Run("id", "alice", spiral(), "request")
    report(run, range(1, 3), log=[list(Deed(2, "set_lr", 0.1))])
    report(run, range(3, 4), log=[list(Deed(3, "phases"))])

    assert run.log == [Deed(2, "set_lr", 0.1), Deed(3, "phases")]


def repeated(run: Run, since: int, steps: list[int], values: list[float]) -> Any:
    run.take({"repeated": [since, np.array(steps, np.int64), np.array(values, float)]})
    return run.progress["repeated"]


def test_repeated_losses_are_equal_only_if_every_bit_of_them_is() -> None:
    run = Run("id", "alice", spiral(), "request")
    report(run, range(1, 30))

    assert repeated(run, 4, [5, 6], [5 / 7, 6 / 7]) == {"since": 4, "equal": True}
    assert repeated(run, 4, [7], [np.nextafter(1.0, 2.0)]) == {"since": 4, "equal": False}
    assert repeated(run, 4, [8], [8 / 7]) == {"since": 4, "equal": False}
    assert repeated(run, 9, [], []) is None
    assert repeated(run, 9, [10], [10 / 7]) == {"since": 9, "equal": True}


def test_losses_after_those_that_are_exact_are_held_against_the_curve() -> None:
    run = Run("id", "alice", spiral(), "request")
    report(run, range(1, 20_001))

    later = [EXACT_STEPS - 1, EXACT_STEPS + 1, 19_999]
    assert repeated(run, 0, later, [step / 7 for step in later])["equal"]
    assert not repeated(run, 0, later, [step / 7 + 3 for step in later])["equal"]
