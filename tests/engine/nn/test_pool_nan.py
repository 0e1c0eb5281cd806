"""Max-pooling of windows with several NaN and with ties: indices and gradients are PyTorch's."""

import numpy as np
import pytest

import engine


@pytest.mark.parametrize("seed", range(8))
def test_the_last_nan_and_the_first_of_equals_are_chosen(torch, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(-2, 3, (1, 2, 6, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = np.nan
    kernel, stride = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    found = []
    for library in (engine, torch):
        x = library.tensor(values, requires_grad=True)
        out, where = library.nn.functional.max_pool2d(x, kernel, stride, 1, return_indices=True)
        weights = library.arange(1.0, 1 + out.numel()).reshape(tuple(out.shape))
        slopes = library.autograd.grad(out, x, weights)[0]
        found.append((where.numpy(), slopes.numpy()))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_array_equal(found[0][1], found[1][1])
