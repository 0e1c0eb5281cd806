"""Preparing: what is announced is what is made, and validation rows teach nothing."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.utils.data import DataLoader
from playground.data import prepare as preparing
from playground.data.datasets import training_set
from playground.data.errors import DataError
from playground.data.prepare import batch_sizes, facts, prepare, split_sizes
from playground.data.registry import DATASETS
from playground.data.steps import scaling, split
from playground.experiment.spec import CsvFile, Data, Point

WITH_DATA = [dataset for dataset in DATASETS.values() if dataset.source != "file"]


def no_files(sha256):
    return None


@pytest.mark.parametrize("dataset", WITH_DATA, ids=lambda d: d.name)
def test_facts_announce_what_prepare_makes(dataset):
    data = dataset.preset.data
    known, made = facts(data, no_files), prepare(data, no_files)

    assert made.facts == known
    assert made.x_train.shape[1:] == made.x_validation.shape[1:] == tuple(known.input_shape)
    assert len(made.x_validation) == len(made.y_validation) == known.validation_samples
    assert len(made.x_train) == len(made.y_train) == (0 if known.streaming else known.training_samples)
    assert made.x_train.dtype == np.float32
    assert made.y_train.dtype == (np.int64 if known.task == "classification" else np.float32)


@pytest.mark.parametrize("dataset", WITH_DATA, ids=lambda d: d.name)
def test_every_class_and_feature_has_a_name(dataset):
    data = dataset.preset.data
    known, made = facts(data, no_files), prepare(data, no_files)

    assert len(known.features) == np.prod(known.input_shape)
    if known.task == "classification":
        assert set(made.y_validation) <= set(range(len(known.classes)))


@pytest.mark.parametrize("name", ["Spiral", "Iris", "Diabetes", "Stream"])
def test_the_data_seed_decides_samples_and_split(name):
    data = DATASETS[name].preset.data
    first, again = prepare(data, no_files), prepare(data, no_files)
    other = prepare(data.model_copy(update={"seed": data.seed + 1}), no_files)

    assert np.array_equal(first.x_validation, again.x_validation)
    assert not np.array_equal(first.x_validation, other.x_validation)


@pytest.mark.parametrize("name", ["Wine", "Diabetes"])
def test_standardised_training_columns_have_mean_0_and_deviation_1(name):
    made = prepare(DATASETS[name].preset.data, no_files)

    assert np.allclose(made.x_train.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(made.x_train.std(axis=0), 1, atol=1e-5)


def test_scaling_does_not_see_the_validation_rows(monkeypatch):
    data = DATASETS["Wine"].preset.data
    clean = prepare(data, no_files)
    x, y = DATASETS["Wine"].make()
    _, validation = split(len(x), data.validation_share, np.random.default_rng(data.seed))
    x = x.copy()
    x[validation] *= 1000
    monkeypatch.setattr(preparing, "make", lambda declared, data, rng: (x, y))

    assert np.array_equal(prepare(data, no_files).x_train, clean.x_train)


def test_standardising_can_be_switched_off():
    data = DATASETS["Iris"].preset.data.model_copy(update={"args": {"standardize": False}})
    made = prepare(data, no_files)

    assert made.x_train.min() > 0 and made.x_train.max() == pytest.approx(7.9, abs=0.3)


def test_rows_in_the_units_of_the_data_lead_to_inputs_and_back():
    made = prepare(DATASETS["Breast cancer"].preset.data, no_files)
    rows = made.rows(made.x_validation)

    assert np.allclose(made.inputs(rows), made.x_validation, atol=1e-5)
    assert rows[:, 0].min() > 5, "mean radius is in its own unit"


def test_values_of_a_standardised_regression_come_back_in_their_units():
    made = prepare(DATASETS["Diabetes"].preset.data, no_files)

    assert 20 < made.values(made.y_train).min() < 40
    assert "units of the target's deviation" in made.notes[0]


@given(samples=st.integers(1, 200), share=st.floats(0, 0.9), seed=st.integers(0, 100))
def test_a_split_takes_every_sample_once_and_leaves_one_to_train_on(samples, share, seed):
    train, validation = split(samples, share, np.random.default_rng(seed))

    assert sorted([*train, *validation]) == list(range(samples))
    assert len(train) >= 1
    assert (len(train), len(validation)) == split_sizes(samples, share)


@given(
    samples=st.integers(10, 60),
    batch_size=st.integers(1, 40),
    drop_last=st.booleans(),
    style=st.sampled_from(["map", "iterable"]),
)
def test_the_announced_batches_are_those_of_the_data_loader(samples, batch_size, drop_last, style):
    data = Data(
        name="Gaussians",
        args={"samples": samples},
        batch_size=batch_size,
        drop_last=drop_last,
        style=style,
        shuffle=False,
    )
    made = prepare(data, no_files)
    loader = DataLoader(training_set(made, data, "class index"), batch_size=batch_size, drop_last=drop_last)
    sizes = [len(x) for x, _ in loader]

    assert (len(sizes), min(sizes, default=batch_size)) == batch_sizes(len(made.x_train), data)


def test_workers_of_an_iterable_set_end_with_a_short_batch_each():
    data = Data(name="Spiral", batch_size=4, num_workers=2, style="iterable", shuffle=False)

    assert batch_sizes(10, data) == (4, 1)
    assert batch_sizes(10, data.model_copy(update={"drop_last": True})) == (2, 4)


def test_a_constant_column_keeps_its_scale():
    mean, deviation = scaling(np.array([[1.0, 5.0], [3.0, 5.0]]))

    assert mean.tolist() == [2, 5] and deviation.tolist() == [1, 1]


def test_an_unknown_data_set_is_named_with_those_there_are():
    with pytest.raises(DataError) as raised:
        facts(Data(name="Spiralle"), no_files)

    assert raised.value.problem.where == "data/name"
    assert "'Spiralle'" in raised.value.problem.message and "Moons" in str(raised.value.problem.fix)


def test_drawn_points_are_the_samples():
    points = tuple(Point(x=i, y=-i, label=i % 3) for i in range(9))
    made = prepare(Data(name="Drawn points", points=points, validation_share=0.3), no_files)

    assert made.facts.classes == ["class 0", "class 1", "class 2"]
    assert sorted(np.concatenate([made.x_train, made.x_validation])[:, 0]) == list(range(9))


def test_points_of_a_single_class_are_asked_to_be_more():
    with pytest.raises(DataError, match="at least two classes"):
        facts(Data(name="Drawn points", points=(Point(x=0, y=0, label=1),)), no_files)


def test_a_csv_that_is_not_here_is_asked_for_by_name_and_size():
    csv = CsvFile(
        name="penguins.csv",
        size=1234,
        sha256=hashlib.sha256(b"").hexdigest(),
        target="species",
        task="classification",
    )
    with pytest.raises(DataError) as raised:
        facts(Data(name="CSV", csv=csv), no_files)

    assert raised.value.problem.where == "data/csv"
    assert "penguins.csv (1,234 bytes)" in raised.value.problem.message
