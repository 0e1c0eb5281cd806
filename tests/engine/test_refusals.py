"""What PyTorch refuses of shapes, counts and kinds, refused with the same type and the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .side_by_side import Side, assert_alike, assert_refused_alike, numbers

BOX = np.arange(24.0).reshape(2, 3, 4)

REFUSED: dict[str, Callable[[Side], Any]] = {
    "hsplit of a number": lambda s: s.t(1.0).hsplit(1),
    "vsplit of a row": lambda s: s.lib.vsplit(s.t([1.0, 2.0]), 1),
    "dsplit of a row": lambda s: s.lib.dsplit(s.t([1.0, 2.0]), 1),
    "movedim of other counts": lambda s: s.t(BOX).movedim((2, -2), (1, 0, -1)),
    "movedim from a place twice": lambda s: s.t(BOX).movedim((0, -3), (1, 0)),
    "movedim to a place twice": lambda s: s.t(BOX).movedim((0, 1), (2, -1)),
    "roll by nothing": lambda s: s.lib.roll(s.t(BOX), ()),
    "roll of a number": lambda s: s.lib.roll(s.t(1.0), 1, 0),
    "flipud of a number": lambda s: s.lib.flipud(s.t(1.0)),
    "unbind of a number": lambda s: s.t(1.0).unbind(),
    "narrow of a number": lambda s: s.t(1.0).narrow(0, 0, 1),
    "vstack of nothing": lambda s: s.lib.vstack([]),
    "dstack of nothing": lambda s: s.lib.dstack([]),
    "column_stack of nothing": lambda s: s.lib.column_stack([]),
    "aminmax of nothing": lambda s: s.lib.aminmax(s.lib.zeros(2, 0)),
    "aminmax along nothing": lambda s: s.lib.aminmax(s.lib.zeros(2, 0), dim=1),
    "cross of short vectors": lambda s: s.lib.linalg.cross(s.t(numbers(5, 2)), s.t(numbers(5, 2))),
    "cross of other ranks": lambda s: s.lib.linalg.cross(s.t(numbers(2, 5, 3)), s.t(numbers(5, 3))),
    "cross along no dimension": lambda s: s.lib.linalg.cross(s.t(numbers(5, 3)), s.t(numbers(5, 3)), dim=2),
    "cov with a matrix of counts": lambda s: s.t(numbers(5)).cov(fweights=s.lib.ones(5, 5).long()),
    "cov with fractions of counts": lambda s: s.t(numbers(5)).cov(fweights=s.lib.ones(5)),
    "cov with other counts": lambda s: s.t(numbers(5)).cov(fweights=s.lib.ones(2).long()),
    "cov with negative counts": lambda s: s.t(numbers(5)).cov(fweights=-s.lib.ones(5).long()),
    "cov with whole weights": lambda s: s.t(numbers(5)).cov(aweights=s.lib.ones(5).long()),
    "dot of other types": lambda s: s.lib.dot(s.lib.ones(1), s.lib.ones(3).double()),
    "renorm of a row": lambda s: s.lib.renorm(s.lib.ones(3), 2, 0, 1),
    "rows of a box": lambda s: s.F.embedding(s.lib.tensor([0]), s.t(BOX)),
    "slopes in a table": lambda s: s.F.prelu(s.t(BOX), s.lib.ones(3, 1)),
    "norm over nothing": lambda s: s.F.rms_norm(s.t(BOX), ()),
    "norm with other weights": lambda s: s.F.rms_norm(s.t(BOX), (4,), s.lib.ones(3)),
    "mean in whole numbers": lambda s: s.t(BOX).mean(dtype=s.lib.int64),
    "mean of whole numbers": lambda s: s.lib.ones(2).long().mean(),
    "lstsq of numbers": lambda s: s.lib.linalg.lstsq(s.t(1.0), s.t(1.0)),
    "shares in a box": lambda s: s.lib.multinomial(s.t(BOX), 1),
    "whole shares": lambda s: s.lib.multinomial(s.lib.ones(3).long(), 1),
    "none to draw": lambda s: s.lib.multinomial(s.lib.ones(3), 0),
    "more than there are": lambda s: s.lib.multinomial(s.lib.ones(3), 4),
    "a negative share, several drawn": lambda s: s.lib.multinomial(s.t([1.0, -1.0]), 2, replacement=True),
    "a share of NaN, several drawn": lambda s: s.lib.multinomial(s.t([1.0, np.nan]), 2, replacement=True),
    "a negative share, one drawn": lambda s: s.lib.multinomial(s.t([1.0, -1.0]), 1),
}


IMAGE, ROWS = np.ones((1, 2, 7, 6)), np.ones((1, 2, 7))
KERNEL, TURNED = np.ones((4, 2, 3, 3)), np.ones((2, 4, 3, 3))
REFUSED.update({
    f"conv2d with {name}": lambda s, o=options: s.F.conv2d(s.t(IMAGE), s.t(KERNEL), **o(s))
    for name, options in {
        "one bias for all": lambda s: {"bias": s.t([1.0])},
        "too few biases": lambda s: {"bias": s.t([1.0, 2.0, 3.0])},
        "a column of biases": lambda s: {"bias": s.t(np.ones((4, 1)))},
        "no groups": lambda s: {"groups": 0},
        "more groups than kernels": lambda s: {"groups": 9},
        "no step": lambda s: {"stride": 0},
        "a border taken away": lambda s: {"padding": -1},
        "no spread": lambda s: {"dilation": 0},
        "steps in three dimensions": lambda s: {"stride": (1, 1, 1)},
    }.items()
})
REFUSED.update({
    f"conv_transpose2d with {name}": lambda s, o=options: s.F.conv_transpose2d(
        s.t(IMAGE), s.t(TURNED), **o(s))
    for name, options in {
        "one bias for all": lambda s: {"bias": s.t([1.0])},
        "no groups": lambda s: {"groups": 0},
        "a step back": lambda s: {"stride": -1},
        "a border taken away": lambda s: {"padding": -1},
        "no spread": lambda s: {"dilation": 0},
        "a name for a border": lambda s: {"padding": "same"},
        "more added than a step": lambda s: {"output_padding": 1},
        "less than nothing added": lambda s: {"output_padding": -1},
    }.items()
})
REFUSED.update({
    "kernels of other groups": lambda s: s.F.conv2d(s.t(IMAGE), s.t(np.ones((5, 1, 3, 3))), groups=2),
    "kernels of nothing": lambda s: s.F.conv2d(s.t(IMAGE), s.t(np.ones((4, 2, 0, 0)))),
    "kernels in a row": lambda s: s.F.conv2d(s.t(IMAGE), s.t(np.ones(4))),
    "kernels of a dimension less": lambda s: s.F.conv2d(s.t(IMAGE), s.t(np.ones((4, 2, 3)))),
    "a turned kernel of another type": lambda s: s.F.conv_transpose2d(
        s.t(IMAGE), s.lib.ones(2, 4, 3, 3, dtype=s.lib.float64)),
    "no tensor to turn": lambda s: s.F.conv_transpose1d(None, s.t(ROWS)),
})

WHOLE = np.array([4, -5, 6])
REFUSED.update({
    "integers divided by 0": lambda s: s.lib.tensor(WHOLE) // 0,
    "what is left of integers over 0": lambda s: s.lib.remainder(
        s.lib.tensor(WHOLE), s.lib.tensor([1, 0, 2])),
    "integers over 0, rounded": lambda s: s.lib.div(s.lib.tensor(WHOLE), 0, rounding_mode="trunc"),
    "elu of integers": lambda s: s.F.elu(s.lib.tensor(WHOLE)),
    "leaky_relu of integers": lambda s: s.F.leaky_relu(s.lib.tensor(WHOLE)),
    "a number along a dimension": lambda s: s.t(1.0).cummax(2),
    "a number's kth": lambda s: s.t(1.0).kthvalue(2),
    "a number gathered": lambda s: s.lib.gather(s.t(1.0), 2, s.lib.tensor(0)),
    "no pieces": lambda s: s.t(WHOLE * 1.0).tensor_split(0),
    "a number in pieces": lambda s: s.t(1.0).tensor_split(1),
    "pairs of a table": lambda s: s.lib.combinations(s.t(np.ones((2, 2)))),
    "a grid of types": lambda s: s.lib.meshgrid(s.lib.ones(2), s.lib.ones(2).long(), indexing="ij"),
    "vecdot of types": lambda s: s.lib.linalg.vecdot(s.lib.ones(2), s.lib.ones(2).double()),
    "vecdot of integers": lambda s: s.lib.linalg.vecdot(s.lib.tensor(WHOLE), s.lib.tensor(WHOLE)),
    "solve of types": lambda s: s.lib.linalg.solve(s.lib.eye(2), s.lib.ones(2, 1).double()),
    "svdvals of integers": lambda s: s.lib.linalg.svdvals(s.lib.ones(2, 2).long()),
    "a driver nobody knows": lambda s: s.lib.linalg.lstsq(s.lib.eye(2), s.lib.ones(2, 1), driver="gels2"),
})


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch: Any, name: str) -> None:
    assert_refused_alike(torch, REFUSED[name])


@pytest.mark.parametrize("dim", [{}, {"dim": 0}], ids=str)
def test_linalg_crosses_the_last_dimension_where_none_is_named(torch: Any, dim: dict[str, int]) -> None:
    a, b = numbers(3, 3), numbers(3, 3, seed=1)
    assert_alike(torch, lambda s: s.lib.linalg.cross(s.t(a), s.t(b), **dim))
    assert_alike(torch, lambda s: s.lib.cross(s.t(a), s.t(b), **dim))
