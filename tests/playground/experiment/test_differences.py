"""What two experiments have not in common is said setting by setting, and what goes on as the same run."""

from typing import Any

import pytest

from playground.data.registry import DATASETS
from playground.experiment.differences import differences, goes_on
from playground.experiment.spec import Chosen, Experiment, Layer
from tests.playground.training.experiments import spiral

HERE = spiral(epochs=10)
Told = list[tuple[str, str, str | None, str | None]]


def told(there: Experiment, here: Experiment) -> Told:
    return [(d.where, d.label, d.there, d.here) for d in differences(here, there)]


def part(name: str, /, **changes: Any) -> Experiment:
    return HERE.model_copy(update={name: getattr(HERE, name).model_copy(update=changes)})


def stacked(*layers: Layer) -> Experiment:
    return HERE.model_copy(update={"layers": layers})


FIRST, RELU, LAST = HERE.layers
WIDER = FIRST.model_copy(update={"args": {"out_features": 16}})

CASES: list[tuple[Experiment, Told]] = [
    (part("data", batch_size=16), [("data/batch_size", "Batch size", "8", "16")]),
    (part("data", shuffle=False), [("data/shuffle", "Shuffle", "on", "off")]),
    (part("data", args={"samples": 80}), [("data/args/samples", "Samples", "40", "80")]),
    (part("data", name="Moons"), [("data/name", "Data", "Spiral", "Moons")]),
    (part("training", epochs=20), [("training/epochs", "Epochs", "10", "20")]),
    (part("training", clip_norm=0.5), [("training/clip_norm", "Clip gradients", None, "0.5")]),
    (
        part("training", schedule=Chosen(type="StepLR")),
        [("training/schedule", "Schedule", None, "StepLR")],
    ),
    (part("optimizer", args={"lr": 0.3}), [("optimizer/args/lr", "Learning rate", "0.05", "0.3")]),
    (
        part("optimizer", args={"lr": 0.05, "momentum": 0.9}),
        [("optimizer/args/momentum", "momentum", "0", "0.9")],
    ),
    (part("optimizer", type="Adam", args={"lr": 0.05}), [("optimizer", "Optimizer", "SGD", "Adam")]),
    (
        part("loss", args={"weight": (1.0, 4.5)}),
        [("loss/args/weight", "weight", None, "(1.0, 4.5)")],
    ),
    (part("loss", type="MSELoss"), [("loss", "Loss", "CrossEntropyLoss", "MSELoss")]),
    (
        stacked(WIDER, RELU, LAST),
        [("layers/row-0/args/out_features", "Linear 1 out_features", "8", "16")],
    ),
    (
        stacked(FIRST, RELU.model_copy(update={"type": "Tanh"}), LAST),
        [("layers/row-1", "Layer 2", "ReLU", "Tanh")],
    ),
    (stacked(FIRST, LAST), [("layers/row-1", "Layer 2", "ReLU", None)]),
    (
        stacked(FIRST, RELU, Layer(id="new", type="Dropout", args={"p": 0.5}), LAST),
        [("layers/new", "Layer 3", None, "Dropout(p=0.5)")],
    ),
    (
        stacked(FIRST, RELU.model_copy(update={"muted": True}), LAST),
        [("layers/row-1/muted", "ReLU 1", "on", "off")],
    ),
    (
        stacked(RELU, FIRST, LAST),
        [("layers", "Order of layers", "Linear → ReLU → Linear", "ReLU → Linear → Linear")],
    ),
]


@pytest.mark.parametrize(("here", "expected"), CASES)
def test_each_difference_is_told_at_its_place_with_both_values(here: Experiment, expected: Told) -> None:
    assert told(HERE, here) == expected


@pytest.mark.parametrize("name", list(DATASETS))
def test_an_experiment_does_not_differ_from_itself(name: str) -> None:
    preset = DATASETS[name].preset
    assert differences(preset, preset) == []
    assert goes_on(preset, preset)


def test_a_default_that_is_written_out_is_no_difference() -> None:
    assert told(part("optimizer", args={"lr": 0.05, "momentum": 0, "nesterov": False}), HERE) == []


def test_a_muted_row_that_is_nothing_is_compared_all_the_same() -> None:
    odd = Layer(id="odd", type="Nothing", args={"x": 1}, muted=True)
    other = odd.model_copy(update={"args": {"x": 2}})
    assert told(stacked(FIRST, odd, LAST), stacked(FIRST, other, LAST)) == [
        ("layers/odd/args/x", "Nothing 1 x", "1", "2")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"optimizer": Chosen(type="SGD", args={"lr": 0.3})}, True),
        ({"training": HERE.training.model_copy(update={"epochs": 40})}, True),
        ({"training": HERE.training.model_copy(update={"seed": 1})}, False),
        ({"optimizer": Chosen(type="SGD", args={"lr": 0.05, "momentum": 0.5})}, False),
        ({"layers": (WIDER, RELU, LAST)}, False),
    ],
)
def test_a_run_goes_on_where_only_its_rate_or_its_length_differ(
    change: dict[str, Any], expected: bool
) -> None:
    assert goes_on(HERE.model_copy(update=change), HERE) is expected


def test_a_schedule_over_the_whole_run_does_not_go_on_in_a_longer_one() -> None:
    training = HERE.training.model_copy(update={"schedule": Chosen(type="OneCycleLR", args={"max_lr": 0.1})})
    there = HERE.model_copy(update={"training": training})
    here = HERE.model_copy(update={"training": training.model_copy(update={"epochs": 40})})

    assert goes_on(there, there)
    assert not goes_on(here, there)
