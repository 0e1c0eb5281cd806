"""Play runs captured steps, the stepper the five phases: both give the same numbers."""

import numpy as np
import pytest

from playground.data.registry import DATASETS
from playground.experiment.spec import Argument, Chosen
from playground.training.trainer import PHASES, DivergedError, Trainer
from tests.playground.training.experiments import trainer

STEPS = 7


def state(of: Trainer) -> list[np.ndarray]:
    return [value.numpy().copy() for value in of.built.model.state_dict().values()]


@pytest.mark.parametrize("name", ["Spiral", "Linear regression", "Digits", "Stream"])
def test_play_and_the_phases_give_the_same_numbers(name: str) -> None:
    played, stepped = (trainer(DATASETS[name].preset) for _ in range(2))
    for _ in range(STEPS):
        loss = played.run_step()
        for phase in PHASES:
            stepped.run_phase(phase)
        assert loss == stepped.loss
        assert (played.step, played.epoch, played.batch) == (stepped.step, stepped.epoch, stepped.batch)
    for a, b in zip(state(played), state(stepped), strict=True):
        np.testing.assert_array_equal(a, b)
    assert played.replays > 0
    assert stepped.replays == 0


@pytest.mark.parametrize(
    ("name", "loss", "args"),
    [
        ("Spiral", "CrossEntropyLoss", {"weight": (1.0, 4.5)}),
        ("Spiral", "CrossEntropyLoss", {"weight": (0.5, 2.0), "label_smoothing": 0.1}),
        ("Gaussians", "BCEWithLogitsLoss", {"pos_weight": (3.0,)}),
    ],
)
def test_steps_with_class_weights_are_captured_too(name: str, loss: str, args: dict[str, Argument]) -> None:
    preset = DATASETS[name].preset.model_copy(update={"loss": Chosen(type=loss, args=args)})
    played, stepped = trainer(preset), trainer(preset)
    for _ in range(STEPS):
        played.run_step()
        for phase in PHASES:
            stepped.run_phase(phase)
        assert played.loss == stepped.loss
    assert played.replays > 0


def test_a_loss_that_is_not_finite_updates_nothing() -> None:
    played = trainer(DATASETS["Spiral"].preset)
    for _ in range(4):
        played.run_step()
    before = state(played)
    played.built.model[0].weight.data.fill_(float("inf"))
    before[0][...] = np.inf
    with pytest.raises(DivergedError, match="In step 5"):
        played.run_step()
    for a, b in zip(before, state(played), strict=True):
        np.testing.assert_array_equal(a, b)
