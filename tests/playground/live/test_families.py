"""Runs that belong together, over REST with real workers: branches, races, and the list of them all."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from playground.experiment.spec import Chosen, Experiment
from tests.playground.jobs.listening import wait_until
from tests.playground.live.conftest import Server
from tests.playground.live.page import Page
from tests.playground.training.experiments import line, spiral

LONG = spiral(epochs=100_000)
SHORT = spiral(epochs=30)


def branch(page: Page, run: str, step: int, experiment: Experiment, **more: Any) -> dict[str, Any]:
    body = {"step": step, "experiment": experiment.model_dump(mode="json"), "request_id": uuid4().hex, **more}
    answer = page.post(f"/api/runs/{run}/branch", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def summaries(page: Page) -> list[dict[str, Any]]:
    return list(page.get("/api/runs").json()["runs"])


def losses(server: Server, run: str) -> list[float]:
    return list(server.services.runs._runs[run].losses)


def sought(page: Page, run: str, step: int) -> None:
    assert page.command(run, "seek", step=step).status_code == 200
    page.wait_for_frame(run, lambda frame: frame.progress.step == step and frame.progress.seeking is None)


def test_a_run_goes_back_and_on_and_its_repeated_losses_are_held_against_the_first(alice: Page) -> None:
    run = alice.finish(SHORT)
    sought(alice, run, 70)
    refused = alice.command(run, "set_lr", lr=0.1)
    assert refused.status_code == 409
    assert "looking back at step 70 of 120: branch here" in refused.json()["problems"][0]["message"]
    alice.command(run, "play")
    frame = alice.wait_for_frame(run, lambda frame: frame.state == "finished" and frame.progress.repeated)

    assert frame.progress.repeated is not None
    assert frame.progress.repeated.model_dump() == {"since": 49, "equal": True}
    assert frame.progress.kept == [0, 50, 70, 100]
    assert alice.runs[run].curves["training loss"]["step"].tolist() == list(range(1, 121))


def test_a_repeated_loss_that_differs_is_said(alice: Page, server: Server) -> None:
    run = alice.finish(SHORT)
    server.services.runs._runs[run].losses[60] += 1e-12
    sought(alice, run, 62)
    frame = alice.wait_for_frame(run, lambda frame: frame.progress.repeated is not None)

    assert frame.progress.repeated is not None
    assert not frame.progress.repeated.equal


OTHER_RATE = {"optimizer": {"type": "SGD", "args": {"lr": 0.25}}}
RATE_BY_HAND = {"optimizer": {"type": "SGD", "args": {"lr": 0.5}}}
OTHER_LOSS = {"loss": {"type": "CrossEntropyLoss", "args": {"label_smoothing": 0.1}}}


@pytest.mark.parametrize(
    ("change", "rate"),
    [
        ({}, 0.5),
        (OTHER_RATE, 0.25),
        (RATE_BY_HAND, 0.5),
        (OTHER_LOSS, 0.5),
        (OTHER_LOSS | OTHER_RATE, 0.25),
    ],
    ids=["unchanged", "another rate", "the rate set by hand", "another loss", "both"],
)
def test_a_branch_says_the_learning_rate_that_it_trains_with(
    alice: Page, change: dict[str, Any], rate: float
) -> None:
    run = alice.start(SHORT, play=False)
    alice.command(run, "step_batch")
    alice.command(run, "set_lr", lr=0.5)
    alice.command(run, "step_batch")
    of = Experiment.model_validate({**SHORT.model_dump(), **change})

    child = branch(alice, run, 2, of, play=False)

    assert (child["learning_rate"] or child["experiment"]["optimizer"]["args"]["lr"]) == rate
    alice.follow(child["run"])
    alice.wait_for_frame(child["run"], lambda frame: frame.state == "paused" and frame.progress.lr == rate)
    again = alice.get(f"/api/runs/{child['run']}").json()
    assert again["learning_rate"] == child["learning_rate"]


def test_an_unchanged_branch_in_its_own_process_has_its_parents_losses(alice: Page, server: Server) -> None:
    run = alice.finish(SHORT)
    child = branch(alice, run, 57, SHORT)
    assert (child["parent"], child["branched_at"], child["name"], child["notes"]) == (run, 57, "Run 2", [])
    alice.follow(child["run"])
    alice.wait_for_frame(child["run"], lambda frame: frame.state == "finished")

    assert server.worker(child["run"]) != server.worker(run)
    assert losses(server, child["run"]) == losses(server, run)
    assert alice.runs[child["run"]].curves["training loss"]["step"][0] == 58
    weights = [alice.get(f"/api/runs/{id}/weights").content for id in (run, child["run"])]
    assert weights[0] == weights[1]


def test_a_branch_that_is_asked_for_twice_is_one(alice: Page) -> None:
    run = alice.finish(SHORT)
    once, twice = (branch(alice, run, 9, SHORT, request_id="0123456789") for _ in range(2))

    assert once["run"] == twice["run"]
    assert len(summaries(alice)) == 2


def test_a_branch_from_a_running_run_leaves_it_running(alice: Page) -> None:
    run = alice.start(LONG, steps_per_second=400)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.progress.step > 60)
    child = branch(alice, run, 30, LONG, play=False)

    alice.follow(child["run"])
    alice.wait_for_frame(child["run"], lambda frame: frame.state == "paused")
    before = alice.runs[run].last.progress.step
    alice.wait_for_frame(run, lambda frame: frame.state == "running" and frame.progress.step > before)


def test_a_changed_branch_says_what_it_could_not_take_over_and_how_it_differs(alice: Page) -> None:
    run = alice.finish(SHORT)
    child = branch(alice, run, 20, SHORT.model_copy(update={"optimizer": Chosen(type="Adam")}), play=False)

    wait_until(lambda: alice.get(f"/api/runs/{child['run']}").json()["state"] == "paused", 60)

    assert alice.get(f"/api/runs/{child['run']}").json()["notes"] == [
        "The optimizer was SGD and is Adam: it begins without a memory of earlier gradients."
    ]
    parent, mine = summaries(alice)
    assert parent["differences"] == []
    assert [(d["where"], d["there"], d["here"]) for d in mine["differences"]] == [
        ("optimizer", "SGD", "Adam"),
        ("optimizer/args/lr", "0.05", "0.001"),
    ]
    assert (mine["step"], mine["furthest"], mine["spent"]["steps"]) == (20, 20, 0)


def test_a_branch_where_no_step_was_or_of_a_run_that_is_gone_is_refused(alice: Page) -> None:
    run = alice.finish(SHORT)
    body = {"step": 999, "experiment": SHORT.model_dump(mode="json"), "request_id": uuid4().hex}
    answer = alice.post(f"/api/runs/{run}/branch", body)
    assert answer.status_code == 409
    assert "has made 120 steps" in answer.json()["problems"][0]["message"]

    alice.command(run, "stop")
    assert alice.post(f"/api/runs/{run}/branch", {**body, "step": 9}).status_code == 409


def race(page: Page, *experiments: Experiment) -> Any:
    described = [experiment.model_dump(mode="json") for experiment in experiments]
    return page.post("/api/races", {"experiments": described, "request_id": uuid4().hex})


def test_the_runs_of_a_race_begin_together_and_the_list_says_what_each_spent(alice: Page) -> None:
    slow, fast = spiral(epochs=30), spiral(epochs=30, lr=0.3)
    answer = race(alice, slow, fast).json()
    runs = [run["run"] for run in answer["runs"]]
    for run in runs:
        alice.follow(run)
    for run in runs:
        alice.wait_for_frame(run, lambda frame: frame.state == "finished")

    listed = summaries(alice)
    assert [run["race"] for run in listed] == [answer["race"]] * 2
    assert [[d["label"] for d in run["differences"]] for run in listed] == [[], ["Learning rate"]]
    for run in listed:
        spent = run["spent"]
        assert (spent["steps"], spent["epochs"], spent["samples"]) == (120, 30.0, 960)
        assert spent["parameters"] == 42
        assert spent["seconds"] > 0
        assert spent["cpu_seconds"] > 0


def test_a_race_of_what_cannot_play_starts_nothing_and_says_in_which_lane(alice: Page) -> None:
    wrong = SHORT.model_copy(update={"loss": Chosen(type="MSELoss")})
    answer = race(alice, SHORT, wrong)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"].startswith("experiments/1/")
    assert summaries(alice) == []


def test_a_race_for_which_there_is_no_room_starts_nothing(alice: Page) -> None:
    for _ in range(4):
        alice.start(LONG)
    answer = race(alice, SHORT, SHORT, SHORT)

    assert answer.status_code == 429
    assert len(summaries(alice)) == 4


def test_scrubbing_branching_and_racing_leave_no_process_behind(alice: Page, server: Server) -> None:
    run = alice.finish(line(epochs=20))
    known = server.services.runs
    owner = known._runs[run].owner
    for round in range(8):
        for step in np.random.default_rng(round).integers(0, 80, 20).tolist():
            assert alice.command(run, "seek", step=step).status_code == 200
        branch(alice, run, 10 + round, line(epochs=20), play=round % 2 == 0)
    assert race(alice, line(epochs=20), line(epochs=21)).status_code == 200

    wait_until(lambda: server.workers <= 6 + 1, 60)
    for other in known.of(owner):
        alice.command(other.id, "stop")
    wait_until(lambda: server.workers <= 1, 60)
    assert len(known.of(owner)) == 11
