"""The text that makes the data makes the same data."""

import numpy as np
import pytest

from playground.data.datasets import as_target
from playground.data.prepare import draw, prepare
from playground.data.registry import DATASETS
from playground.experiment.catalog import loss_class
from tests.playground.data.sources import run_source

WITH_DATA = [dataset for dataset in DATASETS.values() if dataset.source != "file"]


def no_files(sha256):
    return None


@pytest.mark.parametrize("dataset", WITH_DATA, ids=lambda d: d.name)
def test_the_text_of_every_preset_makes_the_prepared_arrays(dataset):
    target = loss_class(dataset.preset.loss.type).target
    made = prepare(dataset.preset.data, no_files)
    names = run_source(dataset.preset.data, target, no_files)

    assert np.array_equal(names["x_validation"], made.x_validation)
    assert np.array_equal(names["y_validation"], as_target(made.y_validation, target))
    if not made.facts.streaming:
        assert np.array_equal(names["x_train"], made.x_train)
        assert np.array_equal(names["y_train"], as_target(made.y_train, target))
        assert names["x_train"].dtype == np.float32


@pytest.mark.parametrize("target", ["class index", "0/1"])
def test_a_stream_draws_the_same_blocks_from_its_text(target):
    data = DATASETS["Stream"].preset.data
    x, y = draw(data, 20, np.random.default_rng(5))
    drawn = run_source(data, target, no_files)["draw"](20, np.random.default_rng(5))

    assert np.array_equal(drawn[0], x)
    assert np.array_equal(drawn[1], as_target(y, target))


@pytest.mark.parametrize("name", ["Iris", "Diabetes"])
def test_the_text_follows_when_standardising_is_off(name):
    data = DATASETS[name].preset.data.model_copy(update={"args": {"standardize": False}})
    target = loss_class(DATASETS[name].preset.loss.type).target
    made, names = prepare(data, no_files), run_source(data, target, no_files)

    assert "scaling" not in names
    assert np.array_equal(names["x_train"], made.x_train)
    assert np.array_equal(names["y_train"], made.y_train)


def test_the_text_says_the_arguments_by_name():
    names = run_source(DATASETS["Spiral"].preset.data, "class index", no_files)

    assert "x, y = spiral(samples=500, noise=0.1, rng=rng)" in names["text"]
    assert "column" not in names
