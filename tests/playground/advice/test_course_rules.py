"""Faults that only training shows: each is named in a run, and its fix leaves a run without it."""

from dataclasses import dataclass
from typing import Any

import pytest

from playground.advice.rules import COURSE_RULES, PLAN_RULES, SAMPLES_RULES
from playground.experiment.fixes import SetEdit, apply
from playground.experiment.spec import Experiment
from playground.training.trainer import Trainer
from tests.playground.advice.planting import (
    RELU,
    SIGMOID,
    TANH,
    built,
    fixed,
    linear,
    mlp,
    name_of,
    of,
    row,
    said_during,
)


@dataclass(frozen=True)
class Planted:
    """An experiment with a fault, the rule that names it, words of its title, its fix."""

    rule: str
    experiment: Experiment
    title: str
    fix: str
    layer: str = ""


def line(**changes: Any) -> Experiment:
    return built(linear(1), data="Linear regression", loss="MSELoss", optimizer="SGD", **changes)


SGD = {"optimizer": "SGD", "epochs": 20}
NOISY = {"data": "Moons", "args": {"samples": 60, "noise": 0.3}, "validation_share": 0.5}
HIGH = "learning rate too high"
LOW = "learning rate too low"
PLANTED = [
    Planted(HIGH, built(*mlp(2), lr=10.0, **SGD), "rate 10 is", "Set the learning rate to 0.1"),
    Planted(HIGH, built(*mlp(2, TANH), lr=1.0, epochs=20), "rate 1 is", "Set the learning rate to 0.01"),
    Planted(HIGH, line(lr=2.0, epochs=40), "rate 2 is", "Set the learning rate to 0.1"),
    Planted(LOW, built(*mlp(2), lr=1e-5, **SGD), "rate 1e-05 is", "Set the learning rate to 0.09"),
    Planted(LOW, built(*mlp(2), lr=1e-6, epochs=20), "rate 1e-06 is", "Set the learning rate to 0.003"),
    Planted(
        "exploding gradients",
        line(lr=2.0, epochs=40),
        "in Linear 1",
        "Clip gradients at norm 1",
        "Linear 1",
    ),
    Planted(
        "vanishing gradients",
        built(*mlp(2, SIGMOID, depth=8), optimizer="SGD", lr=0.1),
        "to Linear 1",
        "Insert a batch norm before each activation",
        "Linear 1",
    ),
    Planted(
        "dead ReLUs",
        built(*mlp(2), optimizer="SGD", lr=10.0),
        "ReLU 2: 16 of 16",
        "Set the learning rate to 0.1",
        "ReLU 2",
    ),
    Planted(
        "unused parameters",
        built(linear(8), RELU, row("Dropout", p=1.0), linear(2)),
        "No gradient reaches Linear 1",
        "Take out Dropout 1",
        "Dropout 1",
    ),
    Planted(
        "unused parameters",
        built(linear(8), TANH, linear(1), row("LayerNorm"), linear(2)),
        "No gradient reaches Linear 1, Linear 2",
        "Take out LayerNorm 1",
        "LayerNorm 1",
    ),
    Planted(
        "unused parameters",
        built(*mlp(3, TANH, depth=1), data="Wine", args={"standardize": False}),
        "No gradient reaches Linear 1",
        "Insert BatchNorm1d before Tanh 1",
        "Tanh 1",
    ),
    Planted(
        "overfitting",
        built(*mlp(2, width=128), epochs=300, **NOISY),
        "Overfitting since epoch 10",
        "Set Epochs to 10",
    ),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule}: {planted.fix}")
def test_a_planted_fault_is_named_and_its_fix_silences_it(planted: Planted) -> None:
    found = of(planted.rule, list(said_during(planted.experiment).values()))

    assert planted.title in found.title
    assert name_of(planted.experiment, found) == planted.layer
    assert found.fix is not None and found.fix.label == planted.fix
    assert planted.rule not in said_during(fixed(planted.experiment, found))


def test_every_rule_has_a_fault_planted() -> None:
    assert {rule.name for rule in COURSE_RULES} == {planted.rule for planted in PLANTED}


@pytest.mark.parametrize("number", [1, 2])
def test_dead_units_are_named_in_the_layer_where_they_died(number: int) -> None:
    def kill(trained: Trainer) -> None:
        before = trained.built.layers[2 * number - 2].module
        before.bias.detach().numpy()[...] = -50.0

    said = said_during(built(*mlp(2), epochs=20), change=kill)

    assert said["dead ReLUs"].title == f"ReLU {number}: 16 of 16 units are dead"
    assert said["dead ReLUs"].fix is not None and "with LeakyReLU" in said["dead ReLUs"].fix.label
    assert "unused parameters" not in said


def test_units_that_a_person_has_muted_are_no_fault() -> None:
    given = built(*mlp(2), epochs=20)

    assert said_during(given, muted={"row-1": list(range(16))}) == {}


def test_a_run_that_diverges_in_a_few_steps_has_said_why() -> None:
    given = built(*mlp(1, TANH), data="Plane", loss="MSELoss", optimizer="SGD", lr=2.0)

    said = said_during(given)

    assert {HIGH, "exploding gradients"} <= said.keys()
    assert "Linear 3" in said["exploding gradients"].title


@pytest.mark.parametrize(
    "given",
    [
        built(*mlp(3, TANH, depth=1), data="Iris", lr=10.0, epochs=40),
        built(*mlp(10, TANH, depth=1), data="Stream", lr=3.0, epochs=2),
    ],
)
def test_what_comes_of_a_rate_that_is_far_too_high_is_not_said_beside_it(given: Experiment) -> None:
    assert said_during(given).keys() == {HIGH}


def test_units_that_died_of_a_high_rate_do_not_make_it_too_low() -> None:
    given = built(*mlp(3, width=8), data="Iris", optimizer="SGD", lr=30.0, epochs=20)

    assert said_during(given).keys() == {HIGH, "dead ReLUs"}


def test_a_rate_that_is_too_low_is_not_called_too_high_where_the_loss_begins_high() -> None:
    assert said_during(line(lr=1e-5, epochs=40)).keys() == {LOW}


def test_gradients_that_grow_while_the_outputs_grow_to_large_targets_do_not_explode() -> None:
    raw = {"data": "Diabetes", "args": {"standardize": False}, "loss": "MSELoss"}
    given = built(row("BatchNorm1d"), *mlp(1, width=32, depth=1), **raw, epochs=40)

    assert said_during(given).keys() == {"unscaled targets"}


def test_of_a_schedule_the_rate_that_was_chosen_is_named_and_set() -> None:
    given = built(*mlp(2, TANH), epochs=20)
    planned = apply(given, [SetEdit(where="training/schedule", value="OneCycleLR")])
    planned = apply(planned, [SetEdit(where="training/schedule/args/max_lr", value=5.0)])

    found = said_during(planned)[HIGH]

    assert found.title == "The learning rate 5 is far too high"
    assert found.fix is not None and found.fix.label == "Set max_lr to 0.01"
    assert HIGH not in said_during(fixed(planned, found))


def test_a_single_step_that_is_beyond_all_measure_is_enough() -> None:
    given = built(*mlp(2), optimizer="SGD", lr=1e6, epochs=1, batch_size=4096)

    assert said_during(given)[HIGH].reason.startswith("The first update was")


def test_every_rule_has_a_name_of_its_own_and_a_source() -> None:
    for rules in (PLAN_RULES, SAMPLES_RULES, COURSE_RULES):
        assert len({rule.name for rule in rules}) == len(rules)
    for rule in (*PLAN_RULES, *SAMPLES_RULES, *COURSE_RULES):
        assert rule.source
        assert rule.link.startswith(("https://", "http://yann.lecun.com/"))


def test_two_sentences_are_enough_for_every_reason() -> None:
    said = [said for planted in PLANTED[::3] for said in said_during(planted.experiment).values()]

    assert said
    assert [one.reason for one in said if one.reason.rstrip(".").count(". ") > 1] == []


def test_where_the_loss_is_made_to_grow_no_rate_is_blamed_for_it() -> None:
    assert said_during(line(lr=0.1, epochs=40, optimizer_args={"maximize": True})) == {}
