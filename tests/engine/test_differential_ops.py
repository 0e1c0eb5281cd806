"""Argument forms that a sweep over PyTorch's own samples found wrong once: both libraries, one answer."""

import numpy as np
import pytest

from .side_by_side import assert_alike, assert_refused_alike, numbers

MASK = np.array([[True, False, True], [False, True, True]])

EDGES = [np.nan, -4.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, np.inf, -np.inf]

AGREED = {
    "relu lets the slope through at NaN": lambda s: s.F.relu(s.t([np.nan, -1.0, 0.0, 2.0, np.inf])),
    "elu lets the slope through at NaN": lambda s: s.F.elu(s.t([np.nan, -1.0, 0.0, 2.0]), 0.8),
    "softshrink lets the slope through at NaN": lambda s: s.F.softshrink(s.t([np.nan, -1.0, 0.0, 2.0])),
    **{
        f"{name} takes torch's slope at NaN and at its edges": lambda s, name=name: getattr(
            s.F, name
        )(s.t(EDGES))
        for name in ("hardtanh", "relu6", "hardsigmoid", "hardswish", "hardshrink")
    },
    "logit outside its range": lambda s: s.lib.logit(s.t([-1.0, 0.0, 0.5, 1.0, 2.0, np.nan])),
    "logit kept away from its ends": lambda s: s.lib.logit(s.t([-1.0, 1e-4, 0.5, 1.0, np.nan]), 1e-3),
    "entropy below 0, at 0 and far out": lambda s: s.lib.special.entr(
        s.t([-1.0, 0.0, 0.5, 1.0, np.inf, np.nan])
    ),
    "a quotient rounded down has slope 0": lambda s: s.lib.div(s.t(numbers(3)), 2.0, rounding_mode="floor"),
    "the next number has slope 1": lambda s: s.lib.nextafter(s.t(numbers(3)), s.t(numbers(3, seed=1))),
    "the larger of two, next to NaN": lambda s: s.lib.maximum(
        s.t([np.nan, 1.0, 2.0, 3.0]), s.t([0.0, np.nan, 2.0, 1.0])
    ),
    "the smaller of two, next to NaN": lambda s: s.lib.minimum(
        s.t([np.nan, 1.0, 2.0, 3.0]), s.t([0.0, np.nan, 2.0, 1.0])
    ),
    "logaddexp of large numbers": lambda s: s.lib.logaddexp(
        s.t([1e4, -9e3, np.inf, 3.0]), s.t([1e4 + 0.3, -9e3 - 0.2, 1.0, -np.inf])
    ),
    "the angle at the origin": lambda s: s.lib.atan2(s.t([0.0, 0.0, 1.0]), s.t([0.0, -1.0, 0.0])),
    "zero_ of a computed tensor": lambda s: (s.t(numbers(3)) * 9).zero_() + 1,
    "a floored quotient in place": lambda s: (s.t(numbers(3)) * 9).div_(2.0, rounding_mode="floor").detach(),
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
    "variance and mean, not corrected": lambda s: s.lib.var_mean(s.t(numbers(5, 4)), False),
    "deviation and mean by unbiased": lambda s: s.lib.std_mean(s.t(numbers(5, 4)), dim=1, unbiased=True),
    "the nuclear norm": lambda s: s.t(numbers(3, 4)).norm("nuc"),
    "a product of integers with a fraction as factor": lambda s: s.lib.addmv(
        s.t(np.arange(2)), s.t(np.ones((2, 3), np.int64)), s.t(np.arange(3)), beta=0.2, alpha=2.7
    ),
    "weighted covariance": lambda s: s.lib.cov(
        s.t(numbers(3, 4)), fweights=s.t(np.array([1, 2, 1, 3])), aweights=s.t(np.abs(numbers(4)))
    ),
    "covariance of one row": lambda s: s.lib.cov(s.t(numbers(1, 5))),
    "tensordot of a dimension of length 1": lambda s: s.lib.tensordot(
        s.t(numbers(2, 1)), s.t(numbers(3, 2, seed=1)), dims=([1], [0])
    ),
    "index_fill at a place named twice": lambda s: s.t(numbers(2, 3)).index_fill(
        1, s.t(np.array([1, 1])), s.t(np.array(3.0))
    ),
    "index_copy into a number": lambda s: s.t(np.array(1.0)).index_copy(
        0, s.t(np.array([0])), s.t(np.array(2.0))
    ),
    "masked_scatter of a smaller tensor": lambda s: s.t(numbers(3)).masked_scatter(
        s.t(MASK), s.t(numbers(6, seed=1))
    ),
    "scatter_reduce of truth values": lambda s: s.t(MASK).scatter_reduce(
        0, s.t(np.array([[0, 1, 0]])), s.t(~MASK), "amax", include_self=False
    ),
    "gather by no indices": lambda s: s.t(numbers(3)).gather(0, s.t(np.zeros((2, 0), np.int64))),
    "take_along_dim from the end": lambda s: s.lib.take_along_dim(
        s.t(numbers(2, 3)), s.t(np.array([[-1], [-3]])), 1
    ),
    "index_select of a number": lambda s: s.t(np.array(2.0)).index_select(0, s.t(np.array([0]))),
    "nonzero of a number": lambda s: s.t(np.array(2.0)).nonzero(as_tuple=True),
    "quantile of a number": lambda s: s.t(np.array(2.0)).quantile(0.3, dim=0, keepdim=True),
    "searchsorted with a sorter": lambda s: s.lib.searchsorted(
        s.t(np.array([3.0, 1.0, 2.0])), s.t(np.array([1.5, 9.0])), sorter=s.t(np.array([1, 2, 0]))
    ),
    "cat with an old-style empty tensor": lambda s: s.lib.cat(
        [s.t(np.zeros(0)), s.t(numbers(2, 3))], dim=1
    ),
    "tensor_split at indices in a tensor": lambda s: s.lib.tensor_split(
        s.t(numbers(5)), s.t(np.array([1, 3]))
    ),
    "linalg.vander": lambda s: s.lib.linalg.vander(s.t(numbers(2, 3)), N=4),
    "the rank with a limit": lambda s: s.lib.linalg.matrix_rank(
        s.t(np.diag([4.0, 2.0, 0.1])), atol=0.5, rtol=0.6
    ),
    "least squares": lambda s: s.lib.linalg.lstsq(
        s.t(numbers(4, 2)), s.t(numbers(4, 3, seed=1)), driver="gelsd"
    ),
    "R of a wide matrix": lambda s: s.lib.linalg.qr(s.t(numbers(2, 4)))[1].abs(),
    "no differences": lambda s: s.lib.diff(s.t(numbers(3)), 0, prepend=s.t(numbers(2))),
    "slopes at uneven places": lambda s: s.lib.gradient(
        s.t(numbers(5)), spacing=(s.t(np.array([0.0, 1.0, 3.0, 3.5, 6.0]), grad=False),), edge_order=2
    ),
    "slopes with a step for each dimension": lambda s: s.lib.gradient(
        s.t(numbers(3, 4)), spacing=[0.5, 2.0]
    ),
    "whole numbers from fractions": lambda s: s.lib.arange(0.1, -7.9, -4.0, dtype=s.lib.int64),
    "evenly spaced whole numbers": lambda s: s.lib.linspace(4.3, 50, 7, dtype=s.lib.int32),
    "rsub with a factor": lambda s: s.lib.rsub(s.t(numbers(2)), s.t(numbers(2, seed=1)), alpha=3),
    "squeeze_ of a view": lambda s: (s.t(numbers(2, 1, 3)) * 2)[:1].squeeze_(1).exp(),
}

REFUSED = {
    "minus of truth values": lambda s: -s.t(MASK),
    "rotation in one dimension": lambda s: s.t(numbers(2, 2)).rot90(dims=[0]),
    "a roll along a dimension that is not there": lambda s: s.t(numbers(3)).roll(1, 2),
    "more shifts than dimensions": lambda s: s.t(numbers(2, 2)).roll((1, 2), (0,)),
    "diagonals in one dimension": lambda s: s.t(numbers(2, 2)).diag_embed(0, 1, 1),
    "an identity of negative size": lambda s: s.lib.eye(-1),
    "cat of nothing": lambda s: s.lib.cat([]),
    "cat with None": lambda s: s.lib.cat([s.t(numbers(2)), None]),
    "a dot product of two types": lambda s: s.t(np.arange(2)).dot(s.t(numbers(2))),
    "isclose to a number": lambda s: s.lib.isclose(s.t(numbers(2)), 1.0),
    "isclose with a negative limit": lambda s: s.lib.isclose(s.t(numbers(2)), s.t(numbers(2)), atol=-0.5),
    "einsum of sizes that differ": lambda s: s.lib.einsum("ij,jk", s.t(numbers(2, 3)), s.t(numbers(2, 3))),
    "a random order of nothing": lambda s: s.lib.utils.data.RandomSampler([]),
    "clamp_max_ that would grow": lambda s: (s.t(numbers(2, 1)) * 2).clamp_max_(s.t(numbers(2, 3))),
    "logit_ of integers": lambda s: s.t(np.arange(3)).logit_(),
    "hstack of nothing": lambda s: s.lib.hstack([]),
    "differences of a negative order": lambda s: s.lib.diff(s.t(numbers(3)), -1),
    "slopes of an unknown order": lambda s: s.lib.gradient(s.t(numbers(3)), edge_order=3),
    "a covariance of blocks": lambda s: s.lib.cov(s.t(numbers(2, 2, 2))),
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
