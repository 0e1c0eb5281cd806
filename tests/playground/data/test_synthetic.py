"""Generators: shapes, determinism, and that the classes are where their descriptions say."""

import inspect

import numpy as np
import pytest

from playground.data import synthetic
from playground.data.registry import DATASETS

GENERATED = [dataset for dataset in DATASETS.values() if dataset.source == "generated"]


def made(dataset, samples, seed=0, **changed):
    arguments = {p.name: p.default for p in dataset.parameters} | {"samples": samples} | changed
    return dataset.make(**arguments, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("dataset", GENERATED, ids=lambda d: d.name)
@pytest.mark.parametrize("samples", [10, 11, 500])
def test_samples_have_the_declared_shape_and_type(dataset, samples):
    x, y = made(dataset, samples)

    assert x.shape == (samples, *dataset.input_shape)
    assert x.dtype == np.float32
    if dataset.task == "classification":
        assert (y.shape, y.dtype) == ((samples,), np.int64)
        assert set(y) == set(range(len(dataset.classes)))
    else:
        assert (y.shape, y.dtype) == ((samples, 1), np.float32)


@pytest.mark.parametrize("dataset", GENERATED, ids=lambda d: d.name)
def test_the_same_seed_draws_the_same_samples_and_another_seed_others(dataset):
    first, again, other = made(dataset, 50, 1), made(dataset, 50, 1), made(dataset, 50, 2)

    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("dataset", [d for d in GENERATED if d.kind == "plane"], ids=lambda d: d.name)
def test_without_noise_a_plane_stays_inside_the_square(dataset):
    x, _ = made(dataset, 2_000, noise=0.2 if dataset.name == "Gaussians" else 0.0)

    assert np.abs(x).max() <= (1.4 if dataset.name == "Gaussians" else 1.1)


def test_spiral_arms_are_each_other_turned_by_half_a_turn():
    x, y = synthetic.spiral(400, 0, np.random.default_rng(0))
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    # On the arm of class 0 the angle is 2.1 · 3.4 · radius; the other arm is π further.
    phase = (angle - 2.1 * 3.4 * radius) / np.pi

    assert np.allclose(np.cos(np.pi * (phase - y)), 1, atol=1e-4)


def test_circles_keep_a_gap_between_disc_and_ring():
    x, y = synthetic.circles(1_000, 0, np.random.default_rng(0))
    radius = np.hypot(*x.T)

    assert radius[y == 1].max() < 0.45 < 0.6 < radius[y == 0].min()


def test_xor_is_the_sign_of_the_product_of_the_coordinates():
    x, y = synthetic.xor(1_000, 0, np.random.default_rng(0))

    assert np.array_equal(y, x[:, 0] * x[:, 1] > 0)


def test_linear_regression_without_noise_lies_on_its_line():
    x, y = synthetic.linear_regression(100, 0, slope=-3, intercept=0.5, rng=np.random.default_rng(0))

    assert np.allclose(y, -3 * x + 0.5, atol=1e-6)


def test_noise_has_the_standard_deviation_it_says():
    x, y = synthetic.linear_regression(20_000, 0.3, slope=2, intercept=1, rng=np.random.default_rng(0))

    assert np.std(y - (2 * x + 1)) == pytest.approx(0.3, rel=0.03)


def test_ring_has_both_classes_in_comparable_numbers():
    _, y = synthetic.ring(5_000, 0, np.random.default_rng(0))

    assert 0.3 < y.mean() < 0.7


@pytest.mark.parametrize(
    "function", [f for _, f in inspect.getmembers(synthetic, inspect.isfunction)], ids=lambda f: f.__name__
)
def test_generators_use_nothing_but_numpy_so_that_a_script_can_show_them(function):
    names = {"np"} | set(dir(__builtins__))

    assert set(function.__code__.co_names) - set(dir(np)) - set(dir(np.random.Generator)) <= names | {
        "random", "astype", "shape", "pi",
    }  # fmt: skip
