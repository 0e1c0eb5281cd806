"""A session obeys between steps, keeps its pace, and stops where it should."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from playground.experiment.spec import Experiment
from playground.training import observe
from playground.training.evaluate import evaluate
from playground.training.log import Deed
from playground.training.session import Session
from tests.playground.training.experiments import line, spiral, trainer


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def session(experiment: Experiment | None = None, speed: float | None = None) -> tuple[Session, Clock]:
    clock = Clock()
    return Session(trainer(experiment or spiral()), speed, clock), clock


def never() -> bool:
    return False


def obey(session: Session, do: str, **arguments: Any) -> dict[str, Any]:
    return session.obey({"do": do, **arguments})


def after(steps: int) -> Callable[[], bool]:
    """An interruption after so many steps."""
    left = iter(range(steps))
    return lambda: next(left, None) == steps - 1


def test_a_new_session_waits_until_it_is_told_to_play() -> None:
    waiting, _ = session()
    waiting.advance(1.0, never)

    assert (waiting.state, waiting.trainer.step, waiting.due) == ("paused", 0, None)


def test_it_stops_after_the_chosen_number_of_epochs() -> None:
    playing, _ = session(spiral(epochs=3))
    obey(playing, "play")
    playing.advance(1.0, never)

    assert (playing.state, playing.trainer.epoch, playing.trainer.step) == ("finished", 3, 12)
    assert "All 3 epochs are done" in obey(playing, "play")["error"]


def test_a_waiting_command_interrupts_after_the_step_under_way() -> None:
    playing, _ = session()
    obey(playing, "play")
    playing.advance(1.0, after(3))
    obey(playing, "pause")
    playing.advance(1.0, never)

    assert (playing.state, playing.trainer.step) == ("paused", 3)


def test_steps_are_taken_at_the_pace_that_was_asked_for() -> None:
    playing, clock = session(spiral(epochs=100), speed=10)
    obey(playing, "play")
    for _ in range(2001):
        playing.advance(clock.now, never)
        clock.now += 0.001

    assert playing.trainer.step in (20, 21)


def test_a_run_that_falls_behind_does_not_rush_to_catch_up() -> None:
    playing, clock = session(spiral(epochs=100), speed=10)
    obey(playing, "play")
    playing.advance(0.0, never)
    clock.now = 60.0
    playing.advance(60.0, never)
    playing.advance(60.0, never)
    playing.advance(60.0, never)

    assert playing.trainer.step <= 4


def test_the_pace_can_be_changed_and_counts_from_then() -> None:
    playing, clock = session(spiral(epochs=100), speed=0.001)
    obey(playing, "play")
    playing.advance(0.0, never)
    clock.now = 1.0

    obey(playing, "set_speed", steps_per_second=2)
    playing.advance(1.0, never)

    assert playing.trainer.step == 2
    assert playing.due == 1.5


def test_step_batch_takes_one_step_and_pauses() -> None:
    stepping, _ = session()
    obey(stepping, "play")
    obey(stepping, "step_batch")

    assert (stepping.state, stepping.trainer.step) == ("paused", 1)


def test_step_epoch_goes_to_the_end_of_the_epoch_without_pacing_and_pauses() -> None:
    stepping, _ = session(speed=0.001)
    obey(stepping, "step_batch")
    obey(stepping, "step_epoch")
    stepping.advance(1.0, never)

    assert (stepping.state, stepping.trainer.epoch, stepping.trainer.step) == ("paused", 1, 4)


def test_a_phase_pauses_and_runs_it() -> None:
    stepping, _ = session()
    obey(stepping, "play")
    obey(stepping, "phase", phase="zero_grad")
    obey(stepping, "phase", phase="forward")

    assert (stepping.state, stepping.trainer.phase, stepping.trainer.step) == ("paused", "forward", 0)


def test_a_phase_that_fails_says_so_and_the_next_command_clears_it() -> None:
    stepping, _ = session()

    answer = obey(stepping, "phase", phase="loss")

    assert "run forward first" in answer["error"]
    assert stepping.problem is not None
    assert stepping.state == "paused"
    obey(stepping, "step_batch")
    assert stepping.problem is None


def test_a_step_that_cannot_be_finished_says_why_and_is_begun_again() -> None:
    stepping, _ = session()
    for phase in ("zero_grad", "forward", "loss", "backward", "loss"):
        obey(stepping, "phase", phase=phase)

    assert "backward through the graph a second time" in obey(stepping, "step_batch")["error"]
    assert stepping.state == "paused"
    assert obey(stepping, "step_batch") == {}
    assert (stepping.trainer.step, stepping.problem) == (1, None)
    assert log(stepping) == [Deed(0, "phases")]


def test_a_batch_that_a_layer_refuses_pauses_the_run_in_the_layers_words() -> None:
    rows = (("Linear", {"out_features": 4}), ("BatchNorm1d", {}), ("Linear", {"out_features": 2}))
    playing, _ = session(spiral(*rows, batch_size=31))
    obey(playing, "play")
    playing.advance(1.0, never)

    assert (playing.state, playing.trainer.step) == ("paused", 1)
    assert playing.problem is not None
    assert "Expected more than 1 value per channel" in playing.problem["message"]


def log(session: Session) -> list[Deed]:
    return [Deed.read(fields) for fields in session.record.drain()["log"]]


def test_what_is_done_by_hand_is_logged_with_its_step_and_what_changes_nothing_is_not() -> None:
    by_hand, _ = session(spiral(epochs=100, lr=0.05))
    obey(by_hand, "step_batch")
    obey(by_hand, "set_lr", lr=0.05)
    obey(by_hand, "set_lr", lr=0.01)
    obey(by_hand, "step_batch")
    for phase in ("forward", "loss", "backward", "step"):
        obey(by_hand, "phase", phase=phase)
    for phase in ("zero_grad", "forward", "loss", "backward", "step"):
        obey(by_hand, "phase", phase=phase)

    assert log(by_hand) == [Deed(1, "set_lr", 0.01), Deed(2, "phases")]


def explode(session: Session) -> None:
    with torch.no_grad():
        session.trainer.built.model[0].weight.fill_(float("nan"))


def test_a_run_that_diverges_pauses_names_step_and_layer_and_offers_its_last_good_state() -> None:
    broken, _ = session(line(epochs=100))
    obey(broken, "play")
    broken.advance(1.0, after(60))
    explode(broken)
    broken.advance(1.0, never)

    assert broken.state == "diverged"
    assert broken.problem is not None
    assert broken.problem["where"] == "layers/0"
    assert "In step 61 the loss became nan. The weights of Linear 1" in broken.problem["message"]
    assert "Restore the weights of step 49" in broken.problem["fix"]
    assert "has diverged" in obey(broken, "play")["error"]


def test_restore_brings_the_weights_back_and_the_run_goes_on() -> None:
    broken, _ = session(line(epochs=100))
    obey(broken, "play")
    broken.advance(1.0, after(49))
    good = [p.detach().numpy().copy() for p in broken.trainer.built.model.parameters()]
    broken.advance(1.0, after(8))
    explode(broken)
    broken.advance(1.0, never)

    obey(broken, "set_lr", lr=0.001)
    assert obey(broken, "restore") == {}

    for one, parameter in zip(good, broken.trainer.built.model.parameters(), strict=True):
        np.testing.assert_array_equal(one, parameter.detach().numpy())
    assert (broken.state, broken.problem, broken.trainer.lr) == ("paused", None, 0.001)
    assert Deed(57, "restore", 49) in log(broken)
    obey(broken, "play")
    broken.advance(1.0, after(10))
    assert (broken.state, broken.trainer.step) == ("running", 67)


def test_after_a_restore_the_latest_scores_are_those_of_the_model_that_came_back() -> None:
    broken, _ = session(line(epochs=100))
    good = evaluate(broken.trainer.built)
    obey(broken, "set_lr", lr=1e6)
    obey(broken, "play")
    broken.advance(1.0, never)
    assert broken.state == "diverged"
    broken.record.drain()

    obey(broken, "restore")
    after_it = broken.record.drain()

    assert after_it["scalars"] == {"validation loss": good.loss, "r2": good.metric}
    assert after_it["points"] == {}


def test_a_learning_rate_that_is_far_too_large_diverges_and_can_be_cured() -> None:
    wild, _ = session(line(epochs=100))
    obey(wild, "set_lr", lr=1e6)
    obey(wild, "play")
    wild.advance(1.0, never)
    assert wild.state == "diverged"

    obey(wild, "restore")
    obey(wild, "set_lr", lr=0.01)
    obey(wild, "play")
    wild.advance(1.0, never)

    assert wild.state == "finished"
    assert wild.record.scalars["r2"] > 0.5


def test_restoring_what_is_not_broken_is_refused() -> None:
    fine, _ = session()

    assert "has not diverged" in obey(fine, "restore")["error"]


def test_the_model_answers_in_the_units_of_the_data_without_being_changed() -> None:
    asked, _ = session()
    obey(asked, "step_batch")

    answer = obey(asked, "predict", inputs=[[0.5, -0.5], [0.0, 0.0]])

    assert answer["step"] == 1
    assert np.array(answer["outputs"]).shape == (2, 2)
    np.testing.assert_allclose(np.sum(answer["probabilities"], axis=1), 1)
    assert asked.trainer.built.model.training


def test_a_row_of_the_wrong_length_says_what_the_model_takes() -> None:
    asked, _ = session()

    assert obey(asked, "predict", inputs=[[1.0]])["error"] == (
        "A row of 1 numbers does not fit: the model takes 2."
    )


def test_weights_come_as_safetensors_with_pytorchs_names() -> None:
    from safetensors.numpy import load

    asked, _ = session()
    tensors = load(obey(asked, "weights")["weights"])

    assert {name: array.shape for name, array in tensors.items()} == {
        "0.weight": (8, 2),
        "0.bias": (8,),
        "2.weight": (2, 8),
        "2.bias": (2,),
    }


@pytest.mark.parametrize("do", ["play", "step_batch", "step_epoch"])
def test_nothing_trains_beyond_the_last_epoch(do: str) -> None:
    finished, _ = session(spiral(epochs=1))
    obey(finished, "play")
    finished.advance(1.0, never)

    assert "error" in obey(finished, do)
    finished.advance(1.0, never)
    assert finished.trainer.step == 4


def test_a_command_interrupts_an_evaluation_which_is_done_before_the_model_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(observe, "MOST_ROWS", 3)
    whole, _ = session(spiral(epochs=100))
    for _ in range(13):
        obey(whole, "step_batch")
    broken, _ = session(spiral(epochs=100))
    obey(broken, "play")
    broken.advance(1.0, after(11))
    broken.advance(1.0, lambda: True)

    assert broken.trainer.step == 12
    assert broken.record.is_scoring
    obey(broken, "pause")
    assert broken.due is not None
    broken.advance(1.0, lambda: True)
    assert broken.record.is_scoring
    obey(broken, "step_batch")

    assert not broken.record.is_scoring
    points = [led.record.drain()["points"]["validation loss"] for led in (whole, broken)]
    for one, other in zip(*points, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_evaluation_that_a_pause_interrupted_is_finished_while_the_run_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(observe, "MOST_ROWS", 3)
    paused, _ = session(spiral(epochs=100))
    obey(paused, "play")
    paused.advance(1.0, after(11))
    paused.advance(1.0, lambda: True)
    obey(paused, "pause")
    paused.advance(1.0, never)

    assert (paused.trainer.step, paused.due) == (12, None)
    assert paused.record.drain()["points"]["accuracy"][0].tolist() == [0, 12]
