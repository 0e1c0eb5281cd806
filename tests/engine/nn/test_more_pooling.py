"""Pooling of volumes, by norms, to a size by maximum, unpooling, and the other dropouts: as PyTorch does."""

import numpy as np
import pytest

import engine
from engine import nn

from ..side_by_side import assert_refused_alike, numbers
from .twins import assert_same_face, assert_twins

SIGNAL, IMAGE, VOLUME = (2, 3, 7), (2, 3, 5, 7), (2, 2, 4, 5, 3)
MAKERS = {
    "MaxPool3d": (lambda m: m.MaxPool3d(2), VOLUME),
    "MaxPool3d strided": (lambda m: m.MaxPool3d((2, 3, 1), 2, (1, 1, 0), 1, True, True), VOLUME),
    "AvgPool3d": (lambda m: m.AvgPool3d(2, 1, 1, count_include_pad=False), VOLUME),
    "AvgPool3d divided": (lambda m: m.AvgPool3d((2, 1, 3), divisor_override=2), VOLUME),
    "AdaptiveAvgPool3d": (lambda m: m.AdaptiveAvgPool3d((2, None, 2)), VOLUME),
    "MaxPool1d of pairs apart": (lambda m: m.MaxPool1d(2, 2, dilation=2), SIGNAL),
    "MaxPool2d of pairs apart": (lambda m: m.MaxPool2d(2, dilation=(1, 2)), IMAGE),
    "MaxPool3d of pairs apart": (lambda m: m.MaxPool3d(2, dilation=2), VOLUME),
    "AdaptiveMaxPool1d": (lambda m: m.AdaptiveMaxPool1d(3), SIGNAL),
    "AdaptiveMaxPool1d to one": (lambda m: m.AdaptiveMaxPool1d(1, True), SIGNAL),
    "AdaptiveMaxPool2d": (lambda m: m.AdaptiveMaxPool2d((2, 3)), IMAGE),
    "AdaptiveMaxPool2d with places": (lambda m: m.AdaptiveMaxPool2d((None, 4), True), IMAGE),
    "AdaptiveMaxPool2d larger": (lambda m: m.AdaptiveMaxPool2d(9), IMAGE),
    "AdaptiveMaxPool3d": (lambda m: m.AdaptiveMaxPool3d((3, 2, 2), True), VOLUME),
    "LPPool1d": (lambda m: m.LPPool1d(2, 3), SIGNAL),
    "LPPool1d of four": (lambda m: m.LPPool1d(4.0, 2, stride=1), SIGNAL),
    "LPPool1d of no number": (lambda m: m.LPPool1d(1.5, 2), SIGNAL),
    "LPPool2d": (lambda m: m.LPPool2d(2, (2, 3), ceil_mode=True), IMAGE),
    "LPPool2d largest": (lambda m: m.LPPool2d(float("inf"), 2), IMAGE),
    "LPPool3d": (lambda m: m.LPPool3d(2, 2), VOLUME),
    "Dropout3d": (lambda m: m.Dropout3d(0.0), VOLUME),
    "AlphaDropout": (lambda m: m.AlphaDropout(0.0), SIGNAL),
    "FeatureAlphaDropout": (lambda m: m.FeatureAlphaDropout(0.0), SIGNAL),
}


@pytest.mark.parametrize("name", MAKERS)
def test_it_looks_like_torchs(torch, name):
    assert_same_face(torch, MAKERS[name][0])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", MAKERS)
def test_it_does_what_torchs_does(torch, name, dtype):
    make, shape = MAKERS[name]

    def use(side, layer):
        x = side.t(numbers(*shape))
        return [layer(x), layer(x[0])]

    assert_twins(torch, make, use, dtype=dtype)


@pytest.mark.parametrize("pool", ["AdaptiveMaxPool1d", "AdaptiveMaxPool2d"])
def test_of_equal_numbers_the_first_is_the_largest(torch, pool):
    def use(side, layer):
        return layer(side.t(np.ones((1, 2, 5, 5)[: int(pool[-2]) + 2])))

    assert_twins(torch, lambda m: getattr(m, pool)(3, return_indices=True), use)


@pytest.mark.parametrize(("ndim", "shape"), [(1, SIGNAL), (2, IMAGE), (3, VOLUME)])
def test_maxima_are_put_back_where_they_were(torch, ndim, shape):
    def make(m):
        return m.Sequential(
            getattr(m, f"MaxPool{ndim}d")(2, return_indices=True), getattr(m, f"MaxUnpool{ndim}d")(2)
        )

    def use(side, layers):
        x = side.t(numbers(*shape))
        pooled, places = layers[0](x)
        one, where = layers[0](x[0])
        return [layers[1](pooled, places, output_size=x.shape), layers[1](one, where, shape[2:])]

    assert_same_face(torch, lambda m: make(m)[1])
    assert_twins(torch, make, use)


def test_alpha_dropout_keeps_mean_and_variance():
    engine.manual_seed(0)
    x = engine.randn(200, 500)
    out = nn.AlphaDropout(0.3)(x).numpy()
    assert abs(out.mean()) < 0.02
    assert abs(out.std() - 1) < 0.02
    assert np.array_equal(nn.AlphaDropout(0.3).eval()(x).numpy(), x.numpy())
    assert not nn.AlphaDropout(1.0)(x).numpy().any()


@pytest.mark.parametrize("kind", ["Dropout3d", "FeatureAlphaDropout"])
def test_channels_are_dropped_as_a_whole(kind):
    out = getattr(nn, kind)(0.5)(engine.ones(20, 30, 2, 2, 2)).numpy().reshape(600, 8)
    assert (out == out[:, :1]).all()
    assert len(np.unique(out)) == 2
    assert 0.4 < (out[:, 0] == out.min()).mean() < 0.6


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.AlphaDropout(2.0),
        lambda s: s.nn.Dropout3d(-1),
        lambda s: s.F.alpha_dropout(s.lib.ones(2), 1.5),
        lambda s: s.nn.MaxUnpool2d(2)(
            s.lib.ones(1, 1, 2, 2), s.lib.tensor(np.zeros((1, 1, 2, 2), np.int64)), (9, 9)
        ),
        lambda s: s.nn.MaxUnpool2d(2)(
            s.lib.ones(1, 1, 2, 2), s.lib.tensor(np.zeros((1, 1, 2, 2), np.int64)), (4,)
        ),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
