"""Each way of computing a convolution or a max-pooling gives what the definition says."""

import numpy as np
import pytest

import engine
import engine.nn.functional as F

# samples, channels, outputs, size, stride, padding, dilation, groups: small and large images, few samples …
SHAPES = [
    (8, 1, 3, 8, 1, 1, 1, 1),
    (8, 5, 3, 6, 1, 1, 1, 1),
    (6, 4, 6, 9, 2, 1, 1, 1),
    (5, 4, 2, 10, 1, 2, 2, 1),
    (4, 4, 3, 16, 1, 1, 1, 1),
    (3, 2, 3, 17, 1, 0, 1, 1),
    (2, 1, 4, 20, 2, 1, 1, 1),
    (1, 6, 4, 7, 1, 1, 1, 1),
    (9, 4, 6, 7, 1, 1, 1, 2),
    (4, 6, 6, 5, 1, 1, 1, 6),
]


def by_definition(x, weight, stride, padding, dilation, groups):
    """The sum over channels and kernel places, one after the other."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    samples, (outputs, channels, height, width) = len(x), weight.shape
    reach = dilation * (height - 1) + 1
    places = [(n - reach) // stride + 1 for n in x.shape[2:]]
    out = np.zeros((samples, outputs, *places))
    per_group = outputs // groups
    for o in range(outputs):
        first = o // per_group * channels
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    part = x[:, first + c, i * dilation:, j * dilation:][:, ::stride, ::stride]
                    out[:, o] += weight[o, c, i, j] * part[:, : places[0], : places[1]]
    return out


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_convolution_of_any_size_is_the_sum_that_defines_it(shape):
    samples, channels, outputs, size, stride, padding, dilation, groups = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((samples, channels, size, size))
    weight = rng.standard_normal((outputs, channels // groups, 3, 3))
    bias = rng.standard_normal(outputs)
    settings = (stride, padding, dilation, groups)
    given = [engine.tensor(a, dtype=engine.float64, requires_grad=True) for a in (x, weight, bias)]
    out = F.conv2d(*given, *settings)
    expected = by_definition(x, weight, *settings) + bias.reshape(-1, 1, 1)
    np.testing.assert_allclose(out.detach().numpy(), expected, atol=1e-12)

    # It is linear in each input, so a gradient times a direction is the change along that direction.
    g = rng.standard_normal(expected.shape)
    out.backward(engine.tensor(g, dtype=engine.float64))
    along_x, along_weight = rng.standard_normal(x.shape), rng.standard_normal(weight.shape)
    for tensor, along, change in (
        (given[0], along_x, by_definition(along_x, weight, *settings)),
        (given[1], along_weight, by_definition(x, along_weight, *settings)),
    ):
        assert np.isclose((tensor.grad.numpy() * along).sum(), (g * change).sum())
    np.testing.assert_allclose(given[2].grad.numpy(), g.sum((0, 2, 3)))


def pooled_gradient(x, g):
    """Each window's gradient at the first of its largest numbers, or its last NaN, in scan order."""
    expected = np.zeros_like(x)
    for n, c, i, j in np.ndindex(g.shape):
        window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        at = np.flatnonzero(np.isnan(window))[-1] if np.isnan(window).any() else window.argmax()
        expected[n, c, 2 * i + at // 2, 2 * j + at % 2] += g[n, c, i, j]
    return expected


@pytest.mark.parametrize("size", [(4, 4), (5, 7), (2, 3)], ids=str)
@pytest.mark.parametrize("special", [[], [np.nan], [np.inf, -np.inf]], ids=["finite", "nan", "inf"])
def test_pooling_by_two_sends_gradients_to_the_first_of_equal_numbers(size, special):
    rng = np.random.default_rng(0)
    x = rng.choice([0.0, 1.0, 2.0, *special], (3, 2, *size))
    tensor = engine.tensor(x, requires_grad=True)
    out = F.max_pool2d(tensor, 2)
    g = rng.standard_normal(tuple(out.shape)).astype(np.float32)
    g.reshape(-1)[:2] = np.inf, np.nan
    out.backward(engine.tensor(g))
    np.testing.assert_array_equal(tensor.grad.numpy(), pooled_gradient(x.astype(np.float32), g))
