"""Values put, added or multiplied in by index or mask, and what of it PyTorch refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .side_by_side import Side, assert_alike, assert_refused_alike

COUNT = np.arange(6.0).reshape(2, 3) + 1


def index(side: Side) -> Any:
    return side.lib.tensor([[0, 1, 1], [1, 0, 0]])


def flat(side: Side) -> Any:
    return side.t(COUNT, grad=False)


VALUES: dict[str, Callable[[Side], Any]] = {
    "multiplied": lambda s: flat(s).scatter(0, index(s), flat(s) * 2, reduce="multiply"),
    "multiplied by a number": lambda s: flat(s).scatter(0, index(s), 2.5, reduce="multiply"),
    "multiplied in place": lambda s: flat(s).scatter_(0, index(s), flat(s) * 2, reduce="multiply"),
    "a number multiplied in place": lambda s: flat(s).long().scatter_(
        0, index(s), value=3, reduce="multiply"),
    "added in place": lambda s: flat(s).scatter_(0, index(s), flat(s) * 2, reduce="add"),
    "put": lambda s: s.t(COUNT).scatter(1, s.lib.tensor([[2], [0]]), s.t(-COUNT[:, :1])),
    "put from a part of the source": lambda s: flat(s).scatter(1, s.lib.tensor([[2], [0]]), -flat(s)),
    "added": lambda s: s.t(COUNT).scatter_add(0, index(s), s.t(-COUNT)),
    "a single number": lambda s: s.t(1.0).scatter(0, s.lib.tensor(0), s.t(5.0)),
    "a diagonal": lambda s: s.lib.zeros(5, 2).fill_diagonal_(1.0),
    "a diagonal begun again": lambda s: s.lib.zeros(7, 2).fill_diagonal_(1.0, wrap=True),
    "a diagonal of a cube": lambda s: s.lib.zeros(2, 2, 2).fill_diagonal_(1.0),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_is_placed_is_where_torch_places_it(torch: Any, name: str) -> None:
    assert_alike(torch, VALUES[name])


REFUSED: dict[str, Callable[[Side], Any]] = {
    "another way to combine": lambda s: flat(s).scatter(0, index(s), flat(s), reduce="sum"),
    "another way in place": lambda s: flat(s).scatter_(0, index(s), flat(s), reduce="prod"),
    "an index of other rank": lambda s: flat(s).scatter(0, s.lib.tensor([0, 1]), flat(s)),
    "an index beyond the source": lambda s: flat(s).scatter(0, s.lib.zeros(3, 3).long(), flat(s)),
    "an index beyond the input": lambda s: flat(s).scatter(0, s.lib.zeros(2, 4).long(), s.lib.zeros(2, 4)),
    "a place that is not there": lambda s: flat(s).scatter(0, index(s) + 5, flat(s)),
    "a source of another type": lambda s: flat(s).scatter(0, index(s), flat(s).double()),
    "rows of another type added": lambda s: flat(s).index_add(0, s.lib.tensor([0]), flat(s)[:1].double()),
    "a row that is not there added": lambda s: flat(s).index_add(0, s.lib.tensor([7]), flat(s)[:1]),
    "a row that is not there copied": lambda s: flat(s).index_copy(0, s.lib.tensor([7]), flat(s)[:1]),
    "a row that is not there filled": lambda s: flat(s).index_fill(0, s.lib.tensor([7]), 1.0),
    "a place beyond the end taken": lambda s: flat(s).take(s.lib.tensor([7])),
    "a place that is no integer taken": lambda s: flat(s).take(s.lib.tensor([1.0])),
    "fractions as positions": lambda s: flat(s)[s.lib.tensor([1.0])],
    "a step of 0": lambda s: flat(s)[::0],
    "a row of values under a mask": lambda s: flat(s).masked_fill(s.lib.tensor(True), s.lib.ones(1)),
    "numbers as a mask to fill": lambda s: flat(s).masked_fill(s.lib.tensor([1, 0, 1]), 1.0),
    "numbers as a mask to select": lambda s: flat(s).masked_select(s.lib.tensor([1, 0, 1])),
    "a mask of another shape": lambda s: flat(s).masked_select(s.lib.tensor([True, False])),
    "numbers as a mask to scatter": lambda s: flat(s).masked_scatter(flat(s), flat(s)),
    "too few values for a mask": lambda s: flat(s).masked_scatter(flat(s) > 0, flat(s)[0]),
    "values of another type for a mask": lambda s: flat(s).masked_scatter(flat(s) > 0, flat(s).double()),
    "rows of another type copied": lambda s: flat(s).index_copy(0, s.lib.tensor([0]), flat(s)[:1].double()),
    "rows of another width copied": lambda s: flat(s).index_copy(0, s.lib.tensor([0]), flat(s)[:1, :2]),
    "rows combined in an unknown way": lambda s: flat(s).index_reduce(
        0, s.lib.tensor([0]), flat(s)[:1], "sum"),
    "rows of another type combined": lambda s: flat(s).index_reduce(
        0, s.lib.tensor([0]), flat(s)[:1].double(), "prod"),
    "two values for one place": lambda s: flat(s).put(s.lib.tensor([0]), s.lib.ones(2)),
    "values of another type put": lambda s: flat(s).put(s.lib.tensor([0]), s.lib.ones(1).double()),
    "a slice of another shape": lambda s: s.lib.select_scatter(flat(s), s.lib.ones(2), 0, 0),
    "an index of small integers": lambda s: flat(s).scatter(0, index(s).byte(), flat(s)),
    "an index of small integers along": lambda s: s.lib.take_along_dim(flat(s), index(s).int(), 0),
    "a reduction beyond the source": lambda s: flat(s).scatter_reduce(0, index(s), flat(s)[:1], "amax"),
    "the diagonal of a row": lambda s: s.lib.zeros(3).fill_diagonal_(1.0),
    "the diagonal of a box": lambda s: s.lib.zeros(2, 3, 2).fill_diagonal_(1.0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_place_is_refused_in_torchs_words(torch: Any, name: str) -> None:
    assert_refused_alike(torch, REFUSED[name])


def test_a_product_by_index_has_no_derivative(torch: Any) -> None:
    def code(side: Side) -> Any:
        side.t(COUNT).scatter(0, index(side), 2.0, reduce="multiply").sum().backward()

    assert_refused_alike(torch, code)
