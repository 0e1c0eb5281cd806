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


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch: Any, name: str) -> None:
    assert_refused_alike(torch, REFUSED[name])


@pytest.mark.parametrize("dim", [{}, {"dim": 0}], ids=str)
def test_linalg_crosses_the_last_dimension_where_none_is_named(torch: Any, dim: dict[str, int]) -> None:
    a, b = numbers(3, 3), numbers(3, 3, seed=1)
    assert_alike(torch, lambda s: s.lib.linalg.cross(s.t(a), s.t(b), **dim))
    assert_alike(torch, lambda s: s.lib.cross(s.t(a), s.t(b), **dim))
