"""Padding layers and transposed convolutions: PyTorch's values, gradients, names and errors."""

import pytest

from engine import nn

from ..side_by_side import assert_refused_alike, numbers
from .twins import assert_same_face, assert_twins

WIDTHS = {1: (2, 1), 2: (1, 2, 0, 2), 3: (1, 1, 2, 0, 0, 1)}
KINDS = ["Zero", "Constant", "Reflection", "Replication", "Circular"]
PADS = [(kind, ndim, form) for kind in KINDS for ndim in (1, 2, 3) for form in ("one", "each")]


def padding(kind, ndim, form):
    widths = 1 if form == "one" else WIDTHS[ndim]
    value = (3.5,) if kind == "Constant" else ()
    return lambda m: getattr(m, f"{kind}Pad{ndim}d")(widths, *value)


@pytest.mark.parametrize(("kind", "ndim", "form"), PADS)
def test_a_padding_layer_is_torchs(torch, kind, ndim, form):
    make = padding(kind, ndim, form)
    assert_same_face(torch, make)

    def use(side, layer):
        x = side.t(numbers(2, 2, *(4, 3, 5)[:ndim]))
        return [layer(x), layer(x[0])]

    for dtype in ("float64", "float32"):
        assert_twins(torch, make, use, dtype=dtype)


@pytest.mark.parametrize("kind", KINDS)
def test_negative_widths_cut_off(torch, kind):
    value = (1.0,) if kind == "Constant" else ()

    def make(m):
        return getattr(m, f"{kind}Pad2d")((-1, 1, 2, -1), *value)

    assert_twins(torch, make, lambda side, layer: layer(side.t(numbers(1, 2, 4, 4))))


TRANSPOSED = {
    "1d": (lambda m: m.ConvTranspose1d(4, 6, 3), (2, 4, 5)),
    "1d wide steps": (lambda m: m.ConvTranspose1d(4, 6, 3, 3, 1, 2, dilation=2, bias=False), (2, 4, 5)),
    "2d": (lambda m: m.ConvTranspose2d(4, 6, (3, 2)), (2, 4, 3, 5)),
    "2d in groups": (lambda m: m.ConvTranspose2d(4, 6, 3, 2, 1, 1, 2), (2, 4, 3, 5)),
    "3d": (lambda m: m.ConvTranspose3d(2, 3, 2, (1, 2, 1), output_padding=(0, 1, 0)), (1, 2, 2, 3, 2)),
}


@pytest.mark.parametrize("name", TRANSPOSED)
def test_a_transposed_convolution_is_torchs(torch, name):
    make, shape = TRANSPOSED[name]
    assert_same_face(torch, make)

    def use(side, layer):
        x = side.t(numbers(*shape))
        return [layer(x), layer(x[0])]

    for dtype in ("float64", "float32"):
        assert_twins(torch, make, use, dtype=dtype)


@pytest.mark.parametrize("name", TRANSPOSED)
def test_its_shape_rule_is_what_its_forward_does(name):
    make, shape = TRANSPOSED[name]
    layer = make(nn)
    x = nn.Parameter(nn.Linear(shape[-1], 1).weight.expand(shape).clone().detach())
    assert tuple(layer(x).shape) == layer.output_shape(shape)


def test_the_size_that_a_stride_leaves_open_can_be_chosen(torch):
    def use(side, layer):
        x = side.t(numbers(2, 4, 3, 3))
        return [layer(x, [7, 8]), layer(x, output_size=(2, 6, 8, 8)), layer(x[0], output_size=(7, 7))]

    assert_twins(torch, lambda m: m.ConvTranspose2d(4, 6, 3, 2), use)


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.ConvTranspose2d(4, 6, 3, 2)(s.lib.ones(1, 4, 3, 3), output_size=(9, 9)),
        lambda s: s.nn.ConvTranspose2d(4, 6, 3, 2)(s.lib.ones(1, 4, 3, 3), output_size=(9, 9, 9)),
        lambda s: s.nn.ConvTranspose2d(4, 6, 3, padding_mode="reflect"),
        lambda s: s.nn.ConvTranspose2d(4, 6, 3)(s.lib.ones(1, 3, 3, 3)),
        lambda s: s.nn.ConvTranspose2d(4, 6, 3)(s.lib.ones(4, 3)),
        lambda s: s.nn.ReflectionPad1d(3)(s.lib.ones(1, 2, 3)),
        lambda s: s.nn.CircularPad1d(4)(s.lib.ones(1, 2, 3)),
        lambda s: s.nn.CircularPad2d(1)(s.lib.ones(2, 3)),
        lambda s: s.nn.ConvTranspose2d(1, 1, 1, padding=1)(s.lib.ones(1, 1, 1, 1)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
