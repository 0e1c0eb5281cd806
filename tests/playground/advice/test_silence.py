"""Never nagging: whoever builds well, or takes a preset, is told nothing from the first step to the last."""

import pytest

from playground.data.registry import DATASETS
from playground.experiment.spec import Chosen, Experiment
from tests.playground.advice.planting import (
    RELU,
    SIGMOID,
    TANH,
    built,
    conv,
    linear,
    mlp,
    row,
    said_before,
    said_during,
)

PRESETS = {name: known.preset for name, known in DATASETS.items() if known.source != "file"}
"""A CSV's preset is made from the file."""

CNN = (
    *(conv(8, bias=False), row("BatchNorm2d"), RELU, row("MaxPool2d", kernel_size=2)),
    *(conv(16, bias=False), row("BatchNorm2d"), RELU, row("MaxPool2d", kernel_size=2)),
    *(row("Flatten"), row("Dropout", p=0.25), linear(32), RELU, row("Dropout", p=0.5), linear(10)),
)


def scheduled(given: Experiment, type: str, **args: float) -> Experiment:
    schedule = Chosen(type=type, args=args)
    return given.model_copy(update={"training": given.training.model_copy(update={"schedule": schedule})})


SGD = {"optimizer": "SGD", "optimizer_args": {"momentum": 0.9}}
WELL_BUILT = {
    "images, Adam": built(*CNN, data="Digits", lr=0.003, epochs=6),
    "images, SGD": built(*CNN, data="Digits", lr=0.05, epochs=5, batch_size=64, **SGD),
    "images, biases before batch norm": built(
        *(conv(8), row("BatchNorm2d"), RELU, row("MaxPool2d", kernel_size=2)),
        *(conv(16), row("BatchNorm2d"), RELU, row("Flatten"), linear(32), row("BatchNorm1d"), RELU),
        linear(10), data="Digits", lr=0.003, epochs=4,
    ),
    "images, no convolution": built(row("Flatten"), *mlp(10, width=64), data="Digits", lr=0.003, epochs=8),
    "moons, narrow": built(*mlp(2, TANH, width=8, depth=1), data="Moons", epochs=40),
    "moons, wide": built(*mlp(2, width=32), data="Moons", epochs=40, batch_size=16),
    "moons, noisy": built(*mlp(2, depth=1), data="Moons", epochs=40, args={"noise": 0.2}),
    "images, small batches": built(
        *(conv(8), RELU, row("MaxPool2d", kernel_size=2), conv(16), RELU, row("Flatten"), linear(32), RELU),
        linear(10), data="Digits", epochs=4, batch_size=16,
    ),
    "images, few": built(
        row("Flatten"), *mlp(10, width=64, depth=1), data="Digits", lr=0.003, epochs=30,
        batch_size=16, validation_share=0.9,
    ),
    "moons, ten layers": built(*mlp(2, width=32, depth=8), data="Moons", lr=0.001, epochs=30),
    "spiral, deep": built(*mlp(2, TANH, width=24, depth=3), lr=0.005, epochs=80, batch_size=16),
    "spiral, batch norm": built(
        *(linear(32, bias=False), row("BatchNorm1d"), RELU) * 2, linear(2), epochs=60
    ),
    "spiral, layer norm": built(
        *(linear(32), row("LayerNorm"), row("GELU")) * 2, linear(2), lr=0.005, epochs=60
    ),
    "circles, momentum": built(*mlp(2), data="Circles", lr=0.1, epochs=40, **SGD),
    "xor, plain SGD": built(*mlp(2, row("LeakyReLU")), data="XOR", optimizer="SGD", lr=0.3, epochs=80),
    "xor, hopeless": built(linear(2), data="XOR", optimizer="SGD", lr=0.1, epochs=40),
    "wine": built(
        *mlp(3, TANH, depth=1), data="Wine", optimizer="RMSprop", lr=0.003, epochs=30, batch_size=16
    ),
    "iris": built(*mlp(3, width=8), data="Iris", optimizer="AdamW", epochs=40, batch_size=16),
    "tumours": built(
        *mlp(1, depth=1),
        data="Breast cancer",
        loss="BCEWithLogitsLoss",
        optimizer="Adagrad",
        lr=0.03,
        epochs=20,
    ),
    "log-probabilities": built(*mlp(3), row("LogSoftmax", dim=1), loss="NLLLoss", data="Iris", epochs=40),
    "a probability": built(*mlp(1), SIGMOID, loss="BCELoss", data="Moons", epochs=40),
    "weighted classes": built(
        *mlp(3), row("LogSoftmax", dim=1), loss="NLLLoss", loss_args={"weight": (1.5, 0.8, 1.0)}, data="Wine",
    ),
    "a weighted yes": built(*mlp(1), loss="BCEWithLogitsLoss", loss_args={"pos_weight": (3.0,)}, epochs=60),
    "a line": built(linear(1), data="Linear regression", loss="MSELoss", optimizer="SGD", lr=0.1, epochs=40),
    "a surface": built(*mlp(1, width=32), data="Plane", loss="MSELoss", epochs=60),
    "a surface, absolute error": built(*mlp(1, TANH), data="Plane", loss="L1Loss", lr=0.005, epochs=60),
    "summed errors": built(
        linear(1), data="Diabetes", loss="MSELoss", loss_args={"reduction": "sum"}, lr=0.02, epochs=30
    ),
    "a stream": built(
        *mlp(2, width=32), data="Stream", lr=0.005, epochs=3, batch_size=64, style="iterable", shuffle=False
    ),
    "one cycle": scheduled(built(*mlp(2, width=32), lr=0.001, epochs=50), "OneCycleLR", max_lr=0.02),
    "cosine": scheduled(built(*mlp(2, TANH), lr=0.02, epochs=50), "CosineAnnealingLR", T_max=50),
    "clipped": built(*mlp(2), data="Moons", epochs=40).model_copy(
        update={"training": built(*mlp(2), epochs=40).training.model_copy(update={"clip_norm": 1.0})}
    ),
}  # fmt: skip


def seeded(given: Experiment, seed: int) -> Experiment:
    """Other weights, another order, other samples."""
    training = given.training.model_copy(update={"seed": seed})
    return given.model_copy(
        update={"training": training, "data": given.data.model_copy(update={"seed": seed})}
    )


@pytest.mark.parametrize("name", DATASETS)
def test_the_check_of_a_preset_has_no_advice(name: str) -> None:
    assert said_before(DATASETS[name].preset) == []


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_trained_from_first_to_last_step_without_advice(name: str) -> None:
    assert said_during(PRESETS[name], looks=80) == {}


@pytest.mark.parametrize("name", WELL_BUILT)
def test_a_well_built_experiment_is_trained_without_advice(name: str) -> None:
    given = seeded(WELL_BUILT[name], 3)

    assert said_before(given) == []
    assert said_during(given, looks=40) == {}
