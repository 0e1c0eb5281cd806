"""The routes of exports, with real workers: scripts, archives, weights and proofs of a run."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from playground.experiment.spec import Experiment, Layer
from tests.playground.live.page import Page
from tests.playground.training.experiments import spiral

Open = Callable[[], Page]
SHORT = spiral(epochs=30)


def steps_known(page: Page, run: str) -> int:
    """How many steps' losses have reached the page: a step is done before it is reported."""
    curves = page.runs[run].curves
    return len(curves["training loss"]["step"]) if "training loss" in curves else 0


def verified(page: Page, run: str) -> dict[str, Any]:
    """The verdict on a run."""
    assert page.post(f"/api/runs/{run}/verify", {}).status_code == 202
    deadline = time.monotonic() + 30
    while (verdict := page.get(f"/api/runs/{run}/verify").json())["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(verdict)


def scripted(page: Page, experiment: Experiment, run: str | None = None) -> dict[str, Any]:
    body = {"experiment": experiment.model_dump(mode="json"), "flavour": "engine", "run": run}
    answer = page.post("/api/exports/script", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_script_of_a_finished_run_repeats_it_exactly(alice: Page) -> None:
    verdict = verified(alice, alice.finish(SHORT))

    assert verdict["state"] == "equal", verdict
    assert verdict["difference"] == 0
    assert verdict["steps"] == verdict["of"] == len(verdict["losses"]) == 120


def test_a_run_whose_learning_rate_was_changed_is_repeated_with_the_change(alice: Page) -> None:
    run = alice.start(SHORT, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    alice.command(run, "step_epoch")
    alice.wait_for_frame(run, lambda frame: frame.state == "paused" and frame.progress.epoch == 1)
    alice.command(run, "set_lr", lr=0.5)
    alice.command(run, "play")
    alice.wait_for_frame(run, lambda frame: frame.state == "finished")

    assert verified(alice, run)["state"] == "equal"
    assert "    4: 0.5,\n" in scripted(alice, SHORT, run)["code"]


def test_a_paused_run_is_compared_as_far_as_it_is(alice: Page) -> None:
    run = alice.start(SHORT, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    alice.command(run, "step_batch")
    alice.wait_for_frame(run, lambda _: steps_known(alice, run) == 1)

    verdict = verified(alice, run)

    assert (verdict["state"], verdict["of"]) == ("equal", 1)


def test_phases_in_another_order_are_named_with_the_step_up_to_which_the_script_is_equal(alice: Page) -> None:
    run = alice.start(SHORT, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    alice.command(run, "step_batch")
    for phase in ("forward", "loss", "backward", "step"):
        alice.command(run, "phase", phase=phase)
    alice.wait_for_frame(run, lambda _: steps_known(alice, run) == 2)

    made = scripted(alice, SHORT, run)

    assert made["equal_until"] == 1
    assert "another order" in made["notes"][0]
    assert verified(alice, run)["of"] == 1


def test_a_run_without_a_step_has_nothing_to_verify(alice: Page) -> None:
    run = alice.start(SHORT, play=False)

    assert alice.post(f"/api/runs/{run}/verify", {}).status_code == 409
    assert alice.get(f"/api/runs/{run}/verify").status_code == 404


def test_an_archive_holds_the_batch_order_of_the_run(alice: Page) -> None:
    answer = alice.get(f"/api/runs/{alice.finish(SHORT)}/replay")

    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        order = np.load(io.BytesIO(packed.read("replay/order.npy")), allow_pickle=False)
        assert "spiral_torch.py" in packed.namelist()
    assert order.shape == (30, 32)
    assert (np.sort(order, axis=1) == np.arange(32)).all()


def test_weights_come_under_pytorchs_names(alice: Page) -> None:
    weights = load(alice.get(f"/api/runs/{alice.finish(SHORT)}/weights").content)

    shapes = {name: array.shape for name, array in weights.items()}
    assert shapes == {"0.weight": (8, 2), "0.bias": (8,), "2.weight": (2, 8), "2.bias": (2,)}


def test_an_edited_experiment_gets_a_script_of_its_own(alice: Page) -> None:
    run = alice.finish(SHORT)
    edited = spiral(("Linear", {"out_features": 2}), epochs=30)

    made = scripted(alice, edited, run)

    assert made["code"] == scripted(alice, edited)["code"]
    assert "edited" in made["notes"][0]


def test_an_experiment_that_cannot_play_has_no_script(alice: Page) -> None:
    wrong = SHORT.model_copy(update={"layers": (Layer(id="a", type="Linear", args={"out_features": 5}),)})

    body = {"experiment": wrong.model_dump(mode="json"), "flavour": "torch"}
    answer = alice.post("/api/exports/script", body)

    assert answer.status_code == 422
    assert answer.json()["problems"]


@pytest.mark.parametrize("what", ["replay", "weights", "verify"])
def test_nobody_sees_the_exports_of_anothers_run(what: str, alice: Page, open_page: Open) -> None:
    run = alice.start(SHORT, play=False)

    assert open_page().get(f"/api/runs/{run}/{what}").status_code == 404


def test_nobody_gets_a_script_with_anothers_log(alice: Page, open_page: Open) -> None:
    run = alice.start(SHORT, play=False)

    body = {"experiment": SHORT.model_dump(mode="json"), "flavour": "torch", "run": run}

    assert open_page().post("/api/exports/script", body).status_code == 404
