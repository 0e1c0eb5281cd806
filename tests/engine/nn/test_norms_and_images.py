"""More normalisations, bilinear maps, shuffles, patches and resizing: PyTorch's values, names, errors."""

import pytest

from engine import nn

from ..side_by_side import assert_alike, assert_refused_alike, numbers
from .twins import TOLERANCES, assert_same_face, assert_twins

IMAGE = (2, 4, 6, 4)
MAKERS = {
    "InstanceNorm1d": (lambda m: m.InstanceNorm1d(4), (2, 4, 6)),
    "InstanceNorm1d affine": (lambda m: m.InstanceNorm1d(4, affine=True), (2, 4, 6)),
    "InstanceNorm2d": (lambda m: m.InstanceNorm2d(4, 1e-3), IMAGE),
    "InstanceNorm2d tracking": (lambda m: m.InstanceNorm2d(4, 1e-5, 0.3, True, True), IMAGE),
    "InstanceNorm2d without bias": (lambda m: m.InstanceNorm2d(4, affine=True, bias=False), IMAGE),
    "InstanceNorm3d": (lambda m: m.InstanceNorm3d(2, track_running_stats=True), (2, 2, 3, 2, 2)),
    "BatchNorm3d": (lambda m: m.BatchNorm3d(2), (2, 2, 3, 2, 2)),
    "RMSNorm": (lambda m: m.RMSNorm(4), IMAGE),
    "RMSNorm of two": (lambda m: m.RMSNorm((6, 4), 1e-2, False), IMAGE),
    "LocalResponseNorm": (lambda m: m.LocalResponseNorm(2), (2, 4, 6)),
    "LocalResponseNorm of images": (lambda m: m.LocalResponseNorm(3, 0.5, 0.5, 2.0), IMAGE),
    "PixelShuffle": (lambda m: m.PixelShuffle(2), (2, 8, 3, 2)),
    "PixelUnshuffle": (lambda m: m.PixelUnshuffle(2), (3, 6, 4)),
    "ChannelShuffle": (lambda m: m.ChannelShuffle(2), IMAGE),
    "Unfold": (lambda m: m.Unfold(2), IMAGE),
    "Unfold padded": (lambda m: m.Unfold((3, 2), 2, (1, 2), (2, 1)), IMAGE),
    "Unfold of nothing": (lambda m: m.Unfold(2), (0, 3, 4, 4)),
    "Unfold one": (lambda m: m.Unfold(2, stride=2), (4, 5, 5)),
    "Fold": (lambda m: m.Fold((4, 5), 2), (2, 8, 12)),
    "Fold padded": (lambda m: m.Fold(5, (3, 2), 1, 1, 2), (12, 9)),
    "Upsample": (lambda m: m.Upsample(scale_factor=2), IMAGE),
    "Upsample to a size": (lambda m: m.Upsample((9, 3)), IMAGE),
    "Upsample linear": (lambda m: m.Upsample(9, mode="linear"), (2, 3, 4)),
    "Upsample linear by corners": (lambda m: m.Upsample(1, mode="linear", align_corners=True), (2, 3, 4)),
    "Upsample bilinear": (lambda m: m.Upsample(scale_factor=(1.5, 2.3), mode="bilinear"), IMAGE),
    "Upsample recomputed": (
        lambda m: m.Upsample(scale_factor=1.7, mode="bilinear", recompute_scale_factor=True), IMAGE
    ),
    "Upsample trilinear": (lambda m: m.Upsample((2, 5, 3), mode="trilinear"), (1, 2, 3, 2, 2)),
    "UpsamplingNearest2d": (lambda m: m.UpsamplingNearest2d(scale_factor=1.6), IMAGE),
    "UpsamplingBilinear2d": (lambda m: m.UpsamplingBilinear2d((3, 9)), IMAGE),
}
MODES = [
    {"size": (11, 3), "mode": "nearest-exact"}, {"size": (4, 9), "mode": "area"},
    {"size": (9, 7), "mode": "bicubic"}, {"scale_factor": 0.6, "mode": "bicubic"},
    {"size": (5, 11), "mode": "bicubic", "align_corners": True}, {"scale_factor": 0.55, "mode": "nearest"},
    {"scale_factor": 0.5, "mode": "bilinear"}, {"size": 7, "mode": "nearest"},
]


@pytest.mark.parametrize("name", MAKERS)
def test_it_looks_like_torchs(torch, name):
    assert_same_face(torch, MAKERS[name][0])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", MAKERS)
def test_it_does_what_torchs_does(torch, name, training):
    make, shape = MAKERS[name]

    def use(side, layer):
        x = side.t(numbers(*shape) * 2)
        return [layer(x), layer(x + 1)]

    assert_twins(torch, make, use, training)


@pytest.mark.parametrize("name", MAKERS)
def test_float32_stays_float32(torch, name):
    make, shape = MAKERS[name]
    assert_twins(torch, make, lambda side, layer: layer(side.t(numbers(*shape))), dtype="float32")


@pytest.mark.parametrize("kind", ["InstanceNorm1d", "InstanceNorm2d tracking"])
def test_instance_normalisation_needs_no_batch_dimension(torch, kind):
    make, shape = MAKERS[kind]
    assert_twins(torch, make, lambda side, layer: layer(side.t(numbers(*shape[1:]))))


@pytest.mark.parametrize("bias", [True, False])
def test_a_bilinear_map_is_torchs(torch, bias):
    def make(m):
        return m.Bilinear(3, 4, 5, bias)

    def use(side, layer):
        return [
            layer(side.t(numbers(*lead, 3)), side.t(numbers(*lead, 4, seed=1))) for lead in ((2,), (2, 3), ())
        ]

    assert_same_face(torch, make)
    assert_twins(torch, make, use)
    drawn = nn.Bilinear(100, 50, 20).weight.detach().numpy()
    assert 0.0999 < drawn.max() <= 0.1


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", MODES)
def test_every_mode_of_interpolation_is_torchs(torch, options, dtype):
    assert_alike(
        torch, lambda s: s.F.interpolate(s.t(numbers(*IMAGE)), **options), dtype, TOLERANCES[dtype]
    )


def test_images_grow_under_the_old_names_too(torch):
    def code(side):
        x = side.t(numbers(*IMAGE))
        return [
            side.F.upsample(x, scale_factor=2), side.F.upsample_nearest(x, (7, 9)),
            side.F.upsample_bilinear(x, scale_factor=2),
        ]

    assert_alike(torch, code)


def test_what_was_unfolded_folds_back_with_torchs_gradients(torch):
    def code(side):
        x = side.t(numbers(1, 2, 5, 6))
        columns = side.F.unfold(x, 2, stride=2)
        return [columns, side.F.fold(columns, (5, 6), 2, stride=2)]

    assert_alike(torch, code)


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.InstanceNorm1d(4)(s.lib.ones(2)),
        lambda s: s.nn.InstanceNorm2d(4, affine=True)(s.lib.ones(2, 3, 4, 4)),
        lambda s: s.nn.InstanceNorm1d(4)(s.lib.ones(2, 4, 1)),
        lambda s: s.nn.BatchNorm3d(4)(s.lib.ones(2, 4, 1, 1)),
        lambda s: s.nn.LocalResponseNorm(4)(s.lib.ones(2, 4)),
        lambda s: s.nn.Bilinear(0, 2, 3),
        lambda s: s.nn.Bilinear(1, 2, 3)(s.lib.ones(2, 2), s.lib.ones(2, 2)),
        lambda s: s.nn.Bilinear(1, 2, 3)(s.lib.ones(2, 1), s.lib.ones(3, 2)),
        lambda s: s.nn.PixelShuffle(2)(s.lib.ones(1, 3, 2, 2)),
        lambda s: s.nn.PixelShuffle(2)(s.lib.ones(2, 2)),
        lambda s: s.nn.PixelUnshuffle(2)(s.lib.ones(1, 3, 2)),
        lambda s: s.nn.PixelUnshuffle(-2)(s.lib.ones(1, 3, 2)),
        lambda s: s.nn.Fold((4, 5), 2)(s.lib.ones(1, 7, 12)),
        lambda s: s.nn.Fold((4, 5), 2)(s.lib.ones(1, 8, 10)),
        lambda s: s.nn.Unfold(2)(s.lib.ones(1, 1, 1, 3)),
        lambda s: s.nn.Upsample(scale_factor=0.5)(s.lib.ones(1, 1, 1)),
        lambda s: s.nn.Upsample(scale_factor=0.5)(s.lib.ones(1, 1, 1, 3)),
        lambda s: s.nn.Upsample()(s.lib.ones(1, 1, 2)),
        lambda s: s.nn.Upsample(2, 2)(s.lib.ones(1, 1, 2)),
        lambda s: s.nn.Upsample(2, align_corners=True)(s.lib.ones(1, 1, 2)),
        lambda s: s.nn.Upsample(2, mode="bilinear")(s.lib.ones(1, 1, 2)),
        lambda s: s.nn.Upsample((2, 2))(s.lib.ones(1, 1, 2)),
        lambda s: s.nn.Upsample(scale_factor=(2, 2))(s.lib.ones(1, 1, 2)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
