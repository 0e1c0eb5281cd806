"""The data sets: what they declare is what they are, and their presets learn."""

import numpy as np
import pytest
import sklearn.datasets

from playground.data.registry import DATASETS
from playground.experiment.check import check
from playground.settings import Limits
from tests.playground.data.training import trained

NAMES = [
    *("Spiral", "Circles", "XOR", "Gaussians", "Moons", "Linear regression", "Plane", "Stream", "Digits"),
    *("Iris", "Wine", "Breast cancer", "Diabetes", "CSV", "Drawn points"),
]
BUNDLED = [dataset for dataset in DATASETS.values() if dataset.source == "bundled"]
PLAYABLE = [dataset for dataset in DATASETS.values() if dataset.source != "file"]
# Validation accuracy or R² that each preset has to reach.
SENSIBLE = {
    "Spiral": 0.95, "Circles": 0.95, "XOR": 0.95, "Gaussians": 0.95, "Moons": 0.95, "Linear regression": 0.9,
    "Plane": 0.9, "Stream": 0.88, "Digits": 0.95, "Iris": 0.85, "Wine": 0.9, "Breast cancer": 0.92,
    "Diabetes": 0.3, "Drawn points": 0.95,
}  # fmt: skip


def test_all_data_sets_are_there_in_the_order_of_the_page():
    assert list(DATASETS) == NAMES


@pytest.mark.parametrize("dataset", BUNDLED, ids=lambda d: d.name)
def test_declared_facts_are_those_of_the_bundled_data(dataset):
    x, y = dataset.make()

    assert x.shape == (dataset.samples, *dataset.input_shape)
    assert np.isfinite(x).all()
    if dataset.task == "classification":
        assert set(y) == set(range(len(dataset.classes)))
    else:
        assert y.shape == (dataset.samples, 1)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_feature_names_are_those_of_scikit_learn(name):
    declared = DATASETS[name.replace("_", " ").capitalize()]
    bundle = getattr(sklearn.datasets, f"load_{name}")()

    assert declared.features == tuple(map(str, bundle.feature_names))


def test_digits_are_scaled_to_0_1():
    x, _ = DATASETS["Digits"].make()

    assert (x.min(), x.max()) == (0, 1)


@pytest.mark.parametrize("dataset", PLAYABLE, ids=lambda d: d.name)
def test_every_preset_can_be_played(dataset):
    found = check(dataset.preset, lambda sha256: None, Limits())

    assert found.problems == []
    assert found.can_play


def test_the_preset_of_csv_asks_for_a_file():
    found = check(DATASETS["CSV"].preset, lambda sha256: None, Limits())

    assert [problem.where for problem in found.problems] == ["data/csv"]


@pytest.mark.parametrize("dataset", PLAYABLE, ids=lambda d: d.name)
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_every_preset_trains_to_a_sensible_result(dataset, seed):
    assert trained(dataset.preset, seed, data_seed=seed).score >= SENSIBLE[dataset.name]


@pytest.mark.parametrize("name", ["Spiral", "Circles", "XOR", "Gaussians", "Moons"])
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_the_data_first_seen_are_learned_from_other_weights_too(name, seed):
    assert trained(DATASETS[name].preset, seed, data_seed=1).score >= SENSIBLE[name]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_linear_regression_finds_slope_and_intercept(seed):
    line = trained(DATASETS["Linear regression"].preset, seed, data_seed=seed).model[0]

    assert line.weight.item() == pytest.approx(2, abs=0.1)
    assert line.bias.item() == pytest.approx(1, abs=0.1)
