"""Argument forms that a sweep over PyTorch's own samples found wrong once: both libraries, one answer."""

import numpy as np
import pytest

from .side_by_side import assert_alike, assert_refused_alike, numbers

MASK = np.array([[True, False, True], [False, True, True]])

AGREED = {
    "where as a method takes the condition first": lambda s: s.t(numbers(2, 3)).where(
        s.t(MASK), s.t(numbers(2, 3, seed=1))
    ),
    "where keeps an infinite slope to the side chosen": lambda s: s.lib.where(
        s.t(MASK), s.t(np.zeros((2, 3))), s.t(np.ones((2, 3)))
    ).sqrt(),
    "erf of a number": lambda s: s.lib.erf(s.t(np.array(0.7))),
    "erf of a small number": lambda s: s.lib.erf(s.t(np.array(0.2))),
    "erfc of a number": lambda s: s.lib.erfc(s.t(np.array(2.7))),
    "gelu of a number": lambda s: s.F.gelu(s.t(np.array(0.7))),
    "cosine similarity of shapes that broadcast": lambda s: s.F.cosine_similarity(
        s.t(numbers(1, 2, 3)), s.t(numbers(2, 1, 3, seed=1)), dim=-2
    ),
    "cross entropy where every target is ignored": lambda s: s.F.cross_entropy(
        s.t(numbers(2, 3)), s.t(np.array([1, 1])), ignore_index=1
    ),
    "transposed convolution with more output padding than stride": lambda s: s.F.conv_transpose2d(
        s.t(numbers(2, 2, 4, 4)), s.t(numbers(2, 2, 4, 5, seed=1)), s.t(numbers(4, seed=2)),
        stride=(3, 2), padding=(1, 2), output_padding=(2, 3), groups=2, dilation=(4, 4),
    ),
    "circular padding that also cuts": lambda s: s.F.pad(
        s.t(numbers(1, 3, 4, 4)), (-1, 1, -2, 1), "circular"
    ),
    "transpose_ of a computed tensor": lambda s: (s.t(numbers(2, 3)) * 2).transpose_(0, 1) * 3,
    "t_ of a computed tensor": lambda s: (s.t(numbers(2, 3)) * 2).t_(),
    "squeeze_ of a view": lambda s: (s.t(numbers(2, 1, 3)) * 2)[:1].squeeze_(1).exp(),
}

REFUSED = {
    "where of numbers as condition": lambda s: s.lib.where(
        s.t(numbers(2)), s.t(numbers(2)), s.t(numbers(2))
    ),
}


@pytest.mark.parametrize("code", AGREED.values(), ids=AGREED.keys())
def test_agrees_with_torch(torch, code):
    assert_alike(torch, code)


@pytest.mark.parametrize("code", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_like_torch(torch, code):
    assert_refused_alike(torch, code)
