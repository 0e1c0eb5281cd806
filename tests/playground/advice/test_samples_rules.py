"""Faults in the data as the model is given it: named as soon as there is a run, and silent once mended."""

from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn
from playground.advice.samples import constant_loss
from playground.experiment.spec import Chosen, Experiment, Point
from playground.protocol.replies import Advice, Target
from playground.training.probes.advice import PROBE
from tests.playground.advice.planting import RELU, SIGMOID, TANH, built, conv, fixed, linear, mlp, of, row
from tests.playground.experiment.experiments import checked
from tests.playground.training.probes.looking import subject


def said(given: Experiment) -> list[Advice]:
    """What a run says before its first step."""
    measure = PROBE.make(subject(given))
    assert measure is not None
    return [Advice.model_validate(advice) for advice in measure()]


def drawn(*sizes: int) -> dict[str, Any]:
    """Drawn points, so many of each class."""
    points = [(label, place) for label, size in enumerate(sizes) for place in range(size)]
    return {
        "data": "Drawn points",
        "points": tuple(Point(x=label - 0.5, y=place / 100, label=label) for label, place in points),
        "validation_share": 0.0,
    }


RAW = {"standardize": False}
SUM = {"reduction": "sum"}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (built(*mlp(3), data="Wine", args=RAW), "proline"),
        (built(*mlp(3), data="Iris", args=RAW), "sepal length"),
        (built(*mlp(1), data="Diabetes", loss="MSELoss", args=RAW), "s1"),
        (built(*mlp(1), data="Breast cancer", loss="BCEWithLogitsLoss", args=RAW), "worst area"),
    ],
)
def test_unscaled_inputs_are_named_by_a_feature_and_scaled_by_the_fix(given: Experiment, names: str) -> None:
    found = of("unscaled inputs", said(given))

    assert names in found.reason
    assert found.fix is not None and found.fix.label == "Turn Standardize on"
    assert said(fixed(given, found)) == []


def test_inputs_that_no_switch_scales_get_a_batch_norm_in_front() -> None:
    far = tuple(Point(x=9 + i % 2, y=i / 40, label=i % 2) for i in range(40))
    given = built(*mlp(2), data="Drawn points", points=far)
    found = of("unscaled inputs", said(given))

    assert found.fix is not None and found.fix.label == "Insert BatchNorm1d before Linear 1"
    assert said(fixed(given, found)) == []


def test_inputs_that_are_all_tiny_are_not_scaled_either() -> None:
    tiny = tuple(Point(x=(i - 20) / 1e5, y=(i % 3) / 1e5, label=i % 2) for i in range(40))

    found = of("unscaled inputs", said(built(*mlp(2), data="Drawn points", points=tiny)))

    assert found.reason.startswith("No feature has values larger than about 0.000")


def test_large_targets_are_named_where_the_inputs_are_well() -> None:
    given = built(row("BatchNorm1d"), *mlp(1), data="Diabetes", loss="MSELoss", args=RAW)
    found = of("unscaled targets", said(given))

    assert found.reason.startswith("They are around 1")
    assert found.fix is not None and found.fix.label == "Turn Standardize on"
    assert said(fixed(given, found)) == []


def test_images_are_measured_by_channel_and_so_a_dark_corner_is_no_fault() -> None:
    assert said(built(conv(4), RELU, row("Flatten"), linear(10), data="Digits")) == []


@pytest.mark.parametrize(
    ("sizes", "rare"), [((40, 4), "“class 1” is rare: 4 samples to 40"), ((3, 30, 30), "“class 0” is rare")]
)
def test_a_rare_class_is_named_with_its_size(sizes: tuple[int, ...], rare: str) -> None:
    given = built(*mlp(len(sizes)), **drawn(*sizes))
    (found,) = said(given)

    assert found.rule == "class imbalance"
    assert found.title.startswith(rare)
    assert found.fix is not None and found.fix.label == "Weight each class by how rare it is"
    assert checked(fixed(given, found)).can_play
    assert said(fixed(given, found)) == []


def test_balanced_weights_let_all_classes_count_the_same() -> None:
    given = built(*mlp(3), **drawn(3, 30, 33))

    weights = fixed(given, of("class imbalance", said(given))).loss.args["weight"]

    assert weights == (7.33, 0.733, 0.667)
    assert np.multiply(weights, (3, 30, 33)) == pytest.approx(22, rel=2e-3)


def test_of_yes_and_no_the_yes_counts_as_often_as_there_are_more_of_no() -> None:
    given = built(*mlp(1), loss="BCEWithLogitsLoss", **drawn(42, 4))
    found = of("class imbalance", said(given))

    assert found.fix is not None and found.fix.label == "Set pos_weight to 10.5"
    assert fixed(given, found).loss.args == {"pos_weight": (10.5,)}
    assert said(fixed(given, found)) == []


def test_a_loss_that_takes_no_weight_gives_way_to_the_one_that_does() -> None:
    given = built(*mlp(1), SIGMOID, loss="BCELoss", **drawn(42, 4))
    found = of("class imbalance", said(given))
    mended = fixed(given, found)

    assert found.fix is not None
    assert found.fix.label == "Take out Sigmoid 1, use BCEWithLogitsLoss, set pos_weight to 10.5"
    assert mended.loss == Chosen(type="BCEWithLogitsLoss", args={"pos_weight": (10.5,)})
    assert checked(mended).can_play
    assert said(mended) == []


def test_weights_of_any_kind_silence_it() -> None:
    assert said(built(*mlp(2), loss_args={"weight": (1.0, 2.0)}, **drawn(40, 4))) == []


def test_a_class_that_is_held_out_whole_is_given_back() -> None:
    given = built(*mlp(3), **{**drawn(60, 2, 60), "validation_share": 0.5, "seed": 1})
    found = of("class imbalance", said(given))

    assert found.title == "“class 1” is rare: 0 samples to 33"
    assert found.fix is not None and found.fix.label == "Set the validation share to 0"
    assert of("class imbalance", said(fixed(given, found))).title == "“class 1” is rare: 2 samples to 60"


def test_a_class_that_is_nowhere_is_not_missed() -> None:
    assert said(built(*mlp(3), **drawn(30, 0, 30))) == []

    given = built(*mlp(4), **drawn(30, 0, 40, 3))
    weights = fixed(given, of("class imbalance", said(given))).loss.args["weight"]
    assert weights == (0.811, 1.0, 0.608, 8.11)


@pytest.mark.parametrize("sizes", [(40, 11), (30, 18), (9, 1), (26, 6, *[20] * 6)])
def test_sizes_that_differ_little_or_may_be_chance_are_silent(sizes: tuple[int, ...]) -> None:
    assert said(built(*mlp(len(sizes)), **drawn(*sizes))) == []


@pytest.mark.parametrize(
    ("given", "layer"),
    [
        (built(*mlp(1), TANH, data="Diabetes", loss="MSELoss"), "Tanh 1"),
        (built(*mlp(1), RELU, data="Linear regression", loss="L1Loss"), "ReLU 3"),
        (built(*mlp(1), row("Softmax", dim=1), data="Plane", loss="MSELoss"), "Softmax 1"),
    ],
)
def test_targets_that_the_last_activation_cannot_reach_are_counted(given: Experiment, layer: str) -> None:
    found = of("target out of range", said(given))

    assert found.title.startswith(f"{layer} cannot reach")
    assert found.fix is not None and found.fix.label == f"Take out {layer}"
    assert said(fixed(given, found)) == []


def test_targets_within_reach_are_silent() -> None:
    assert said(built(*mlp(1, TANH), TANH, data="Plane", loss="MSELoss")) == []


def test_the_constant_to_beat_is_the_mean_the_median_or_the_shares() -> None:
    values = np.array([[0.0], [0.0], [3.0]], np.float32)
    labels = np.array([0, 1, 1, 1])

    assert constant_loss(values, "real", "MSELoss") == pytest.approx(2.0)
    assert constant_loss(values, "real", "L1Loss") == pytest.approx(1.0)
    assert constant_loss(labels, "class index", "CrossEntropyLoss") == pytest.approx(0.5623, abs=1e-4)
    assert constant_loss(labels, "0/1", "BCEWithLogitsLoss", batch=10) == pytest.approx(5.623, abs=1e-3)


@pytest.mark.parametrize(
    ("loss", "target", "args", "weights"),
    [
        (nn.CrossEntropyLoss, "class index", {"weight": torch.tensor([1.0, 4.5])}, (1.0, 4.5)),
        (nn.CrossEntropyLoss, "class index", {"weight": torch.tensor([0.1, 0.2]), **SUM}, (0.1, 0.2)),
        (nn.BCEWithLogitsLoss, "0/1", {"pos_weight": torch.tensor([3.0])}, (3.0,)),
        (nn.BCEWithLogitsLoss, "0/1", {"pos_weight": torch.tensor([0.2]), **SUM}, (0.2,)),
    ],
)
def test_with_weights_no_constant_answer_is_better(
    loss: type, target: Target, args: dict[str, Any], weights: tuple[float, ...]
) -> None:
    y = np.array([0, 1, 1, 1])
    criterion = loss(**args)
    wanted = torch.from_numpy(y if target == "class index" else y[:, None].astype(np.float32))
    losses = []
    for score in np.linspace(-5, 5, 2001).tolist():
        row = [0.0, score] if target == "class index" else [score]
        losses.append(criterion(torch.tensor([row] * 4), wanted).item())

    batch = 4 if args.get("reduction") == "sum" else None
    assert constant_loss(y, target, loss.__name__, batch, weights) == pytest.approx(min(losses), rel=1e-4)
