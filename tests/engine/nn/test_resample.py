"""Images of another size: smoothed where they shrink, and bytes in whole numbers, as PyTorch does."""

import numpy as np
import pytest

from ..side_by_side import assert_alike, assert_refused_alike, numbers
from .twins import TOLERANCES

SIZES = [((5, 7), (8, 9)), ((16, 16), (7, 5)), ((9, 8), (9, 16)), ((6, 6), (3, 12)), ((10, 3), (4, 3))]
MODES = [("bilinear", False), ("bicubic", False), ("bilinear", True), ("bicubic", True), ("lanczos", True)]


@pytest.mark.parametrize(("old", "new"), SIZES, ids=str)
@pytest.mark.parametrize(("mode", "antialias"), MODES)
def test_bytes_are_rounded_as_torch_rounds_them(torch, mode, antialias, old, new):
    image = np.random.default_rng(0).integers(0, 256, (2, 3, *old), dtype=np.uint8)
    for align in (None,) if mode == "lanczos" else (False, True):
        assert_alike(torch, lambda side, align=align: side.F.interpolate(
            side.t(image), new, mode=mode, align_corners=align, antialias=antialias
        ), tolerance=0)


@pytest.mark.parametrize(("old", "new"), SIZES, ids=str)
@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_a_smaller_image_can_be_smoothed(torch, mode, old, new):
    for dtype, tolerance in TOLERANCES.items():
        assert_alike(torch, lambda side: side.F.interpolate(
            side.t(numbers(2, 2, *old)), new, mode=mode, antialias=True
        ), dtype, tolerance)


@pytest.mark.parametrize("factor", [0.6, (0.5, 1.3), 2])
@pytest.mark.parametrize("align", [True, False])
def test_a_factor_can_be_given_instead_of_a_size(torch, factor, align):
    assert_alike(torch, lambda side: side.F.interpolate(
        side.t(numbers(1, 2, 9, 8)), scale_factor=factor, mode="bilinear", align_corners=align, antialias=True
    ))


@pytest.mark.parametrize("code", [
    lambda s: s.F.interpolate(s.lib.ones(1, 1, 4, 4), 2, mode="nearest", antialias=True),
    lambda s: s.F.interpolate(s.lib.ones(1, 1, 4), 2, mode="linear", antialias=True),
    lambda s: s.F.interpolate(s.lib.ones(1, 1, 4, 4), 2, mode="lanczos"),
    lambda s: s.F.interpolate(s.lib.ones(1, 1, 4, 4), 2, mode="lanczos", antialias=True, align_corners=True),
])
def test_what_does_not_fit_is_refused_in_torchs_words(torch, code):
    assert_refused_alike(torch, code)
