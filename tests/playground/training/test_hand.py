"""A weight set by hand and a muted unit change the model at once, and nothing else."""

from typing import Any

import numpy as np
import pytest

import engine as torch
from playground.training import commands
from playground.training.evaluate import evaluate
from playground.training.log import Deed
from playground.training.observe import outputs
from playground.training.session import Session
from tests.playground.training.experiments import line, spiral, trainer
from tests.playground.training.test_session import explode, log, obey


def session() -> Session:
    return Session(trainer(spiral()), None)


def edit(
    to: Session, parameter: str = "0.weight", index: tuple[int, ...] = (1, 0), value: float = 2.5
) -> Any:
    return obey(to, "edit", parameter=parameter, index=list(index), value=value)


def mute(to: Session, layer: str = "row-1", unit: int = 3, on: bool = True) -> Any:
    return obey(to, "mute", layer=layer, unit=unit, on=on)


def test_one_number_is_set_and_the_others_stay() -> None:
    changed = session()
    weight = changed.trainer.built.model[0].weight
    expected = weight.detach().numpy().copy()
    expected[1, 0] = 2.5

    assert edit(changed) == {}

    np.testing.assert_array_equal(weight.detach().numpy(), expected)
    assert log(changed) == [Deed(0, "edit", 2.5, "0.weight", (1, 0))]


def test_a_muted_unit_is_zero_while_training_and_when_asked_until_it_may_speak_again() -> None:
    changed = session()
    built = changed.trainer.built
    free = outputs(built.model, built.x_held)[0]
    mute(changed, "row-0", 3)
    mute(changed, "row-0", 5)
    silent = outputs(built.model, built.x_held)[0]

    assert not silent[:, [3, 5]].any()
    np.testing.assert_array_equal(np.delete(silent, [3, 5], 1), np.delete(free, [3, 5], 1))
    assert changed.hand.muted == {"row-0": [3, 5]}
    obey(changed, "step_batch")
    assert not built.model[2].weight.grad.numpy()[:, [3, 5]].any()

    mute(changed, "row-0", 3, on=False)
    mute(changed, "row-0", 5, on=False)
    assert changed.hand.muted == {}
    assert outputs(built.model, built.x_held)[0][:, [3, 5]].all()


def test_the_scores_on_the_screen_are_those_of_the_changed_model() -> None:
    changed = session()
    before = dict(changed.record.scalars)
    edit(changed, "2.bias", (0,), 50.0)

    scores = evaluate(changed.trainer.built)
    assert changed.record.scalars == {"validation loss": scores.loss, "accuracy": scores.metric} != before


@pytest.mark.parametrize(
    ("parameter", "index", "words"),
    [
        ("7.weight", (0, 0), "no parameter 7.weight"),
        ("1.weight", (0, 0), "no parameter 1.weight"),
        ("0.weight", (8, 0), "shape [8, 2]"),
        ("0.weight", (0,), "no element [0]"),
        ("0.bias", (0, 0), "no element [0, 0]"),
    ],
)
def test_what_is_not_there_cannot_be_set(parameter: str, index: tuple[int, ...], words: str) -> None:
    changed = session()

    assert words in edit(changed, parameter, index)["error"]
    assert log(changed) == []


@pytest.mark.parametrize(
    ("layer", "unit", "words"), [("none", 0, "no such layer"), ("row-0", 8, "has 8 units")]
)
def test_what_is_not_there_cannot_be_muted(layer: str, unit: int, words: str) -> None:
    changed = session()

    assert words in mute(changed, layer, unit)["error"]
    assert log(changed) == []


def test_in_the_middle_of_a_step_the_step_begins_again_with_the_same_batch() -> None:
    changed = session()
    for phase in ("zero_grad", "forward", "loss"):
        obey(changed, "phase", phase=phase)
    samples = changed.trainer.samples
    edit(changed)

    assert changed.trainer.phase is None
    assert obey(changed, "step_batch") == {}
    np.testing.assert_array_equal(changed.trainer.samples, samples)
    assert log(changed) == [Deed(0, "edit", 2.5, "0.weight", (1, 0)), Deed(0, "phases")]


def test_a_diverged_model_is_first_to_be_restored() -> None:
    broken = Session(trainer(line()), None)
    obey(broken, "step_batch")
    explode(broken)
    obey(broken, "step_batch")

    assert "restore" in edit(broken, "0.weight", (0, 0))["error"]
    obey(broken, "restore")
    assert edit(broken, "0.weight", (0, 0)) == {}


def test_restore_brings_back_the_weights_and_leaves_muted_units_muted() -> None:
    broken = session()
    mute(broken)
    good = broken.trainer.built.model[0].bias.detach().numpy().copy()
    edit(broken, "0.bias", (0,), 7.0)
    with torch.no_grad():
        broken.trainer.built.model[0].weight.fill_(float("nan"))
    obey(broken, "step_batch")
    assert broken.state == "diverged"

    obey(broken, "restore")

    np.testing.assert_array_equal(broken.trainer.built.model[0].bias.detach().numpy(), good)
    assert broken.hand.muted == {"row-1": [3]}


def test_a_run_does_not_remember_changes_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_DEEDS", 2)
    changed = session()
    edit(changed)
    mute(changed)

    assert "2 changes were made by hand" in edit(changed)["error"]
    assert "press Reset" in obey(changed, "set_lr", lr=3.0)["error"]
