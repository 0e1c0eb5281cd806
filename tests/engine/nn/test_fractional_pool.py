"""Max-pooling over windows at drawn places: with the draws given, as PyTorch's."""

import numpy as np
import pytest

import engine

from ..side_by_side import assert_alike, assert_refused_alike, numbers

DRAWS = np.random.default_rng(5).uniform(size=(2, 3, 3))


@pytest.mark.parametrize("size", [(4, 5), 3, (1, 2)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_windows_of_images_lie_where_torch_puts_them(torch, size, dtype):
    def code(side):
        draws = side.t(DRAWS[..., :2], grad=False)
        pooled = side.F.fractional_max_pool2d(
            side.t(numbers(2, 3, 9, 11)), (2, 3), size, return_indices=True, _random_samples=draws
        )
        return list(pooled)

    assert_alike(torch, code, dtype)


def test_windows_of_volumes_lie_where_torch_puts_them(torch):
    def code(side):
        draws = side.t(DRAWS, grad=False)
        layer = side.nn.FractionalMaxPool3d(2, output_ratio=(0.5, 0.6, 0.7), _random_samples=draws)
        return layer(side.t(numbers(2, 3, 6, 7, 8)))

    assert_alike(torch, code)


def test_of_several_nan_the_last_is_chosen(torch):
    def code(side):
        x = numbers(1, 1, 6, 6)
        x[0, 0, 1, 1] = x[0, 0, 1, 2] = np.nan
        draws = side.t(DRAWS[:1, :1, :2], grad=False)
        return list(side.F.fractional_max_pool2d(
            side.t(x, grad=False), 3, 2, return_indices=True, _random_samples=draws
        ))

    assert_alike(torch, code)


def test_without_draws_every_number_of_the_result_is_one_of_the_input():
    x = engine.rand(2, 7, 7)
    out, where = engine.nn.FractionalMaxPool2d(2, output_ratio=0.5, return_indices=True)(x)
    assert tuple(out.shape) == (2, 3, 3)
    assert (x.flatten(1).gather(1, where.flatten(1)) == out.flatten(1)).all()


@pytest.mark.parametrize("code", [
    lambda side: side.nn.FractionalMaxPool2d(2),
    lambda side: side.nn.FractionalMaxPool2d(2, output_size=2, output_ratio=0.5),
    lambda side: side.nn.FractionalMaxPool2d(2, output_ratio=1.5),
    lambda side: side.F.fractional_max_pool2d(side.t(numbers(1, 1, 4, 4)), 2, output_size=4),
    lambda side: side.F.fractional_max_pool3d(side.t(numbers(1, 1, 4, 4, 4)), 2, output_size=4),
    lambda side: side.F.fractional_max_pool2d(side.t(numbers(4, 4)), 2, 2),
    lambda side: side.F.fractional_max_pool2d(side.t(np.ones((1, 0, 4, 4))), 2, 2),
    lambda side: side.F.fractional_max_pool2d(side.t(np.ones((1, 1, 4, 4), int)), 2, 2),
    lambda side: side.F.fractional_max_pool2d(side.t(numbers(1, 1, 4, 4)), 2),
], ids=range(9))
def test_what_does_not_fit_is_refused_in_torchs_words(torch, code):
    assert_refused_alike(torch, code)
