"""Each fault, planted in an otherwise sensible experiment, is named; its fix silences the rule."""

from dataclasses import dataclass

import pytest

from playground.advice.rules import PLAN_RULES
from playground.experiment.spec import Experiment
from tests.playground.advice.planting import (
    RELU,
    SIGMOID,
    TANH,
    built,
    conv,
    fixed,
    linear,
    mlp,
    name_of,
    of,
    row,
    said_before,
)
from tests.playground.experiment.experiments import checked


@dataclass(frozen=True)
class Planted:
    """An experiment with a fault: the rule that names it, the row it is about, its fix."""

    rule: str
    experiment: Experiment
    layer: str
    fix: str


NORM = row("BatchNorm1d")
PLANTED = [
    Planted(
        "Softmax before CrossEntropyLoss",
        built(*mlp(2), row("Softmax", dim=1)),
        "Softmax 1",
        "Take out Softmax 1",
    ),
    Planted(
        "Softmax before CrossEntropyLoss",
        built(row("Flatten"), *mlp(10), row("Softmax", dim=-1), row("Flatten"), data="Digits"),
        "Softmax 1",
        "Take out Softmax 1",
    ),
    Planted(
        "LogSoftmax before CrossEntropyLoss",
        built(*mlp(3), row("LogSoftmax", dim=1), data="Iris"),
        "LogSoftmax 1",
        "Take out LogSoftmax 1",
    ),
    Planted(
        "Sigmoid before BCEWithLogitsLoss",
        built(*mlp(1), SIGMOID, loss="BCEWithLogitsLoss", data="Moons"),
        "Sigmoid 1",
        "Take out Sigmoid 1",
    ),
    Planted(
        "Sigmoid before MSELoss",
        built(*mlp(1, SIGMOID), SIGMOID, loss="MSELoss", data="Plane"),
        "Sigmoid 3",
        "Take out Sigmoid 3",
    ),
    Planted("squeezed scores", built(*mlp(2), TANH), "Tanh 1", "Take out Tanh 1"),
    Planted(
        "squeezed scores", built(*mlp(1), RELU, loss="BCEWithLogitsLoss"), "ReLU 3", "Take out ReLU 3"
    ),
    Planted(
        "squeezed scores",
        built(*mlp(2), RELU, row("LogSoftmax", dim=1), loss="NLLLoss"),
        "ReLU 3",
        "Take out ReLU 3",
    ),
    Planted("squeezed scores", built(*mlp(1), TANH, SIGMOID, loss="BCELoss"), "Tanh 1", "Take out Tanh 1"),
    Planted(
        "missing activation", built(*mlp(2), loss="NLLLoss"), "Linear 3", "Insert LogSoftmax at the end"
    ),
    Planted(
        "missing activation",
        built(*mlp(3), row("Softmax", dim=1), loss="NLLLoss", data="Iris"),
        "Softmax 1",
        "Replace Softmax 1 with LogSoftmax",
    ),
    Planted("missing activation", built(*mlp(1), loss="BCELoss"), "Linear 3", "Insert Sigmoid at the end"),
    Planted(
        "missing activation",
        built(*mlp(1), row("Softmax", dim=1), loss="BCELoss"),
        "Softmax 1",
        "Replace Softmax 1 with Sigmoid",
    ),
    Planted(
        "dropout right before the output",
        built(*mlp(1), SIGMOID, row("Dropout", p=0.3), loss="BCELoss"),
        "Dropout 1",
        "Take out Dropout 1",
    ),
    Planted("climbing", built(*mlp(2), optimizer_args={"maximize": True}), "", "Turn maximize off"),
    Planted("wrong kind of target", built(*mlp(2), loss="MSELoss"), "", "Set the loss to CrossEntropyLoss"),
    Planted("wrong kind of target", built(*mlp(1), loss="MSELoss"), "", "Set the loss to BCEWithLogitsLoss"),
    Planted(
        "wrong kind of target",
        built(*mlp(2), data="Diabetes"),
        "",
        "Set the loss to MSELoss and out_features of Linear 3 to 1",
    ),
    Planted(
        "wrong kind of target",
        built(*mlp(2), row("LogSoftmax", dim=1), loss="NLLLoss", data="Diabetes"),
        "",
        "Set the loss to MSELoss and out_features of Linear 3 to 1, take out LogSoftmax 1",
    ),
    Planted(
        "wrong kind of target",
        built(*mlp(1), data="Wine", loss="BCEWithLogitsLoss"),
        "",
        "Set the loss to CrossEntropyLoss and out_features of Linear 3 to 3",
    ),
    Planted(
        "wrong shape of output",
        built(*mlp(2), data="Iris"),
        "Linear 3",
        "Set out_features of Linear 3 to 3",
    ),
    Planted(
        "wrong shape of output",
        built(*mlp(2), loss="BCEWithLogitsLoss"),
        "Linear 3",
        "Set out_features of Linear 3 to 1",
    ),
    Planted(
        "wrong shape of output",
        built(conv(4), RELU, linear(10), data="Digits"),
        "Linear 1",
        "Insert Flatten before Linear 1",
    ),
    Planted(
        "wrong shape of output",
        built(conv(4), RELU, data="Digits"),
        "ReLU 1",
        "Add Flatten and a Linear of 10 at the end",
    ),
    Planted(
        "wrong shape of output",
        built(conv(4), RELU, row("Flatten"), data="Digits"),
        "Flatten 1",
        "Add a Linear of 10 at the end",
    ),
    Planted(
        "silent broadcasting",
        built(*mlp(1), row("Flatten", start_dim=0), data="Plane", loss="MSELoss"),
        "Flatten 1",
        "Take out Flatten 1",
    ),
    Planted(
        "silent broadcasting",
        built(*mlp(4), data="Plane", loss="L1Loss"),
        "Linear 3",
        "Set out_features of Linear 3 to 1",
    ),
    Planted("missing non-linearity", built(linear(8), linear(2)), "Linear 2", "Insert ReLU before Linear 2"),
    Planted(
        "missing non-linearity",
        built(linear(8), linear(8), row("Dropout", p=0.2), linear(2)),
        "Linear 3",
        "Insert ReLU before Linear 2 and Dropout 1",
    ),
    Planted(
        "missing non-linearity",
        built(*(linear(8),) * 5, linear(2)),
        "Linear 6",
        "Insert ReLU before each of 5 layers",
    ),
    Planted(
        "missing non-linearity",
        built(linear(8), TANH, linear(8), row("Dropout", p=0.2), linear(2)),
        "Linear 3",
        "Insert Tanh before Dropout 1",
    ),
    Planted(
        "missing non-linearity",
        built(conv(8), conv(8), RELU, row("Flatten"), linear(10), data="Digits"),
        "Conv2d 2",
        "Insert ReLU before Conv2d 2",
    ),
    Planted(
        "missing non-linearity",
        built(conv(8, bias=False), row("BatchNorm2d"), row("Flatten"), linear(10), data="Digits"),
        "Linear 1",
        "Insert ReLU before Flatten 1",
    ),
    Planted(
        "batch-norm with batch of 1",
        built(linear(8, bias=False), NORM, RELU, linear(2), batch_size=1),
        "BatchNorm1d 1",
        "Set the batch size to 32",
    ),
    Planted(
        "batch-norm with batch of 1",
        built(linear(8, bias=False), NORM, RELU, linear(2), batch_size=349),
        "BatchNorm1d 1",
        "Turn drop_last on",
    ),
    Planted(
        "batch-norm with batch of 1",
        built(
            *(conv(4, bias=False), row("BatchNorm2d"), RELU, row("Flatten"), linear(10)),
            data="Digits",
            batch_size=1,
        ),
        "BatchNorm2d 1",
        "Set the batch size to 32",
    ),
    Planted(
        "dropout right before the output",
        built(*mlp(2), row("Dropout", p=0.3)),
        "Dropout 1",
        "Take out Dropout 1",
    ),
    Planted(
        "unscaled inputs",
        built(*mlp(3), data="Wine", args={"standardize": False}),
        "",
        "Turn Standardize on",
    ),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule}: {planted.fix}")
def test_a_planted_fault_is_named_alone_and_its_fix_leaves_a_sound_experiment(planted: Planted) -> None:
    said = said_before(planted.experiment)

    assert [one.rule for one in said] == [planted.rule]
    assert name_of(planted.experiment, said[0]) == planted.layer
    assert planted.layer in said[0].title
    assert said[0].fix is not None and said[0].fix.label == planted.fix

    sound = fixed(planted.experiment, said[0])
    assert said_before(sound) == []
    assert checked(sound).can_play
    assert checked(sound).problems == []


def test_every_rule_has_a_fault_planted() -> None:
    assert {rule.name for rule in PLAN_RULES} == {planted.rule for planted in PLANTED}


def test_two_stretches_without_a_nonlinearity_are_two_cards() -> None:
    given = built(linear(8), linear(8), linear(8), RELU, linear(8), linear(2))

    assert [one.title for one in said_before(given)] == [
        "There is no activation from Linear 1 to Linear 3",
        "There is no activation between Linear 4 and Linear 5",
    ]


def test_a_muted_layer_is_absent_from_advice() -> None:
    given = built(*mlp(2), row("Softmax", dim=1))
    muted = given.layers[-1].model_copy(update={"muted": True})

    assert said_before(given.model_copy(update={"layers": (*given.layers[:-1], muted)})) == []


def test_a_fault_is_named_although_a_later_layer_cannot_be_built() -> None:
    given = built(linear(8), linear(8), row("Conv2d", out_channels=4, kernel_size=3))

    assert name_of(given, of("missing non-linearity", said_before(given))) == "Linear 2"


@pytest.mark.parametrize(
    "between",
    [(RELU,), (row("LayerNorm"),), (row("Dropout", p=0.1), TANH), (RELU, row("Dropout", p=0.5))],
)
def test_what_bends_is_a_nonlinearity(between: tuple[object, ...]) -> None:
    assert said_before(built(linear(8), *between, linear(2))) == []  # type: ignore[arg-type]


def test_dropout_before_the_last_weights_is_common_and_silent() -> None:
    assert said_before(built(linear(32), RELU, row("Dropout", p=0.5), linear(2))) == []


def test_dropout_that_drops_nothing_is_silent() -> None:
    assert said_before(built(*mlp(2), row("Dropout", p=0.0))) == []


def test_softmax_inside_the_network_is_silent() -> None:
    assert said_before(built(linear(8), row("Softmax", dim=1), linear(2))) == []


def test_an_empty_stack_has_no_advice() -> None:
    given = built(linear(2)).model_copy(update={"layers": ()})

    assert said_before(given) == []


def test_a_batch_that_a_flatten_has_joined_is_kept_apart_there_whatever_comes_behind() -> None:
    joined = (*mlp(1), row("Flatten", start_dim=0), row("Dropout", p=0.0))
    given = built(*joined, data="Plane", loss="MSELoss")
    found = of("silent broadcasting", said_before(given))

    assert found.fix is not None and found.fix.label == "Take out Flatten 1"
    assert said_before(fixed(given, found)) == []


def test_a_flatten_at_the_front_that_joins_the_batch_is_told_to_keep_it() -> None:
    given = built(row("Flatten", start_dim=0), linear(10), data="Digits")
    (found,) = said_before(given)

    assert found.fix is not None and found.fix.label == "Set start_dim of Flatten 1 to 1"
    assert said_before(fixed(given, found)) == []


def test_batch_norm_of_images_is_not_said_to_leave_nothing_of_them() -> None:
    rows = (conv(4, bias=False), row("BatchNorm2d"), RELU, row("Flatten"), linear(10))
    (found,) = said_before(built(*rows, data="Digits", batch_size=1))

    assert "that image's own mean" in found.reason
