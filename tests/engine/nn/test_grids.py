"""Images looked up at any places, and activations written over their input: as PyTorch does."""

import numpy as np
import pytest

from ..side_by_side import assert_alike, assert_refused_alike, numbers
from .twins import TOLERANCES

INPLACE = ["relu_", "leaky_relu_", "elu_", "selu_", "celu_", "hardtanh_", "rrelu_"]


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("sizes", [(4, 3), (3, 2, 4)])
def test_an_image_can_be_looked_up_at_any_places(torch, mode, padding, align, sizes):
    def code(side):
        image = side.t(numbers(2, 2, *sizes))
        grid = side.t(numbers(2, *(5, 4, 3)[: len(sizes)], len(sizes)) * 1.3)
        return side.F.grid_sample(image, grid, mode, padding, align)

    for dtype in TOLERANCES:
        assert_alike(torch, code, dtype, TOLERANCES[dtype])


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_an_image_can_be_looked_up_by_cubic_curves(torch, padding, align):
    def code(side):
        image, grid = side.t(numbers(2, 3, 6, 5)), side.t(numbers(2, 4, 7, 2) * 1.3)
        return side.F.grid_sample(image, grid, "bicubic", padding, align)

    for dtype in TOLERANCES:
        assert_alike(torch, code, dtype, TOLERANCES[dtype])


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 3), (2, 1, 2, 3, 2)])
def test_matrices_say_where_each_place_looks(torch, align, size):
    dims = len(size) - 2

    def code(side):
        return side.F.affine_grid(side.t(numbers(2, dims, dims + 1)), size, align_corners=align)

    assert_alike(torch, code)


@pytest.mark.parametrize("name", INPLACE)
def test_an_activation_can_be_written_over_its_input(torch, name):
    def code(side):
        x = side.t(numbers(3, 4)) * 2
        out = getattr(side.F, name)(x)
        assert out is x
        return out

    assert_alike(torch, code)


def test_a_threshold_can_be_written_over_its_input(torch):
    assert_alike(torch, lambda s: s.F.threshold_(s.t(numbers(3, 4)) * 2, 0.5, 7.0))


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.F.grid_sample(s.lib.ones(1, 1, 2, 2), s.lib.ones(1, 2, 2, 2), padding_mode="circular"),
        lambda s: s.F.grid_sample(s.lib.ones(1, 1, 2, 2), s.lib.ones(1, 2, 2, 2), "cubic"),
        lambda s: s.F.relu_(s.lib.tensor(np.ones(2), requires_grad=True)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
