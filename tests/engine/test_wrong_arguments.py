"""Arguments of the wrong kind and numbers out of range are refused with PyTorch's errors, in its words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine

REFUSED: dict[str, Callable[[Any], Any]] = {
    "tensors of several numbers in a list": lambda t: t.tensor([t.ones(2), t.ones(2)]),
    "an empty tensor in a list": lambda t: t.tensor([t.ones(0)]),
    "a list among numbers": lambda t: t.tensor([1, [2]]),
    "a list among floats": lambda t: t.tensor([1.0, [2.0]]),
    "a tuple among numbers": lambda t: t.tensor((1, (2, 3))),
    "a number among lists": lambda t: t.tensor([[1, 2], 3]),
    "a list that is deeper": lambda t: t.tensor([[1], [[2]]]),
    "a list that is less deep": lambda t: t.tensor([[[1]], [2]]),
    "a pixel of 256": lambda t: t.tensor([255, 256], dtype=t.uint8),
    "half a pixel below 0": lambda t: t.tensor([-0.5], dtype=t.uint8),
    "too much for 8 bits": lambda t: t.tensor(-129, dtype=t.int8),
    "NaN as a whole number": lambda t: t.tensor([float("nan")], dtype=t.int64),
    "infinity as a whole number": lambda t: t.tensor([1.0, float("inf")], dtype=t.int32),
    "pixels filled with 300": lambda t: t.full((2,), 300, dtype=t.uint8),
    "pixels filled with 300 in place": lambda t: t.zeros(2, dtype=t.uint8).fill_(300),
    "300 put into a pixel": lambda t: t.zeros(2, dtype=t.uint8).__setitem__(0, 300),
    "300 put into pixels": lambda t: t.zeros(2, dtype=t.uint8).__setitem__([0, 1], 300),
    "NaN put among whole numbers": lambda t: t.zeros(2, dtype=t.int32).__setitem__(0, float("nan")),
    "a list to be followed": lambda t: t.zeros_like([1, 2]),
    "a list to be followed by draws": lambda t: t.randn_like([1, 2]),
    "no count": lambda t: t.arange(),
    "no shape": lambda t: t.zeros(),
    "a tensor for a shape": lambda t: t.zeros(t.tensor([3, 2])),
    "fractions for a shape": lambda t: t.ones([t.tensor(2.0)]),
    "a size that is a number": lambda t: t.randint(0, 5, 2),
    "no size": lambda t: t.randint(0, 5),
    "a spread below 0": lambda t: t.normal(0.0, -1.0, size=(2,)),
    "spreads below 0": lambda t: t.normal(t.zeros(2), -t.ones(2)),
    "weights spread by less than 0": lambda t: t.nn.init.normal_(t.empty(3), 0, -1),
    "weights from a range the wrong way round": lambda t: t.nn.init.uniform_(t.empty(3), 2, 1),
    "chances that are whole numbers": lambda t: t.bernoulli(t.tensor([1, 0])),
    "a dimension that is not there": lambda t: t.ones(2, 3).size(5),
    "a name for a default type": lambda t: t.set_default_dtype("float64"),
    "a slice between fractions": lambda t: t.ones(3)[0:2.5],
    "half a row": lambda t: t.ones(2, 3).view(2, 3.0),
    "less than nothing repeated": lambda t: t.ones(2, 3).repeat(-1, 1),
    "tensors that are not in a list": lambda t: t.cat(t.ones(2), t.ones(2)),
    "one tensor for a list": lambda t: t.stack(t.ones(2, 2)),
    "numbers to be stacked": lambda t: t.stack([1, 2]),
    "a list as an index": lambda t: t.index_select(t.ones(3), 0, [0]),
    "the length of whole numbers": lambda t: t.tensor([3, 4]).norm(),
    "the inverse of whole numbers": lambda t: t.linalg.inv(t.tensor([[1, 2], [3, 4]])),
    "equations of other shapes": lambda t: t.linalg.solve(t.eye(3), t.ones(2)),
    "the largest truth": lambda t: t.argmax(t.tensor([True, False])),
    "GELU of whole numbers": lambda t: t.nn.functional.gelu(t.tensor([1])),
    "SiLU of whole numbers": lambda t: t.nn.functional.silu(t.tensor([1])),
    "Softplus of whole numbers": lambda t: t.nn.functional.softplus(t.tensor([1])),
    "an array for a layer": lambda t: t.nn.Linear(3, 2)(np.ones((2, 3))),
    "an array of the right type for a layer": lambda t: t.nn.Linear(3, 2)(np.ones((2, 3), np.float32)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_as_torch_refuses_it(torch: Any, case: str) -> None:
    with pytest.raises(Exception) as theirs:
        REFUSED[case](torch)
    with pytest.raises(Exception) as ours:
        REFUSED[case](engine)
    assert ours.type is theirs.type
    assert str(ours.value) in str(theirs.value)


TAKEN: dict[str, Callable[[Any], Any]] = {
    "tensors of one number in a list": lambda t: t.tensor([t.ones(1), t.ones(1, 1), 2.5]),
    "rows of such tensors": lambda t: t.tensor([[t.ones(1)], [t.zeros(1)]]),
    "a tensor among rows": lambda t: t.tensor([[1.0, 2.0], t.ones(2)]),
    "a pixel of -1": lambda t: t.tensor([-1, 3], dtype=t.uint8),
    "fractions as whole numbers": lambda t: t.tensor([1.7, -1.7], dtype=t.int32),
    "NaN as a truth value": lambda t: t.tensor([float("nan")], dtype=t.bool),
    "an array with other numbers": lambda t: t.tensor(np.array([300, -1]), dtype=t.uint8),
    "pixels filled with -1": lambda t: t.full((2,), -1, dtype=t.uint8),
    "a tensor for a size": lambda t: t.zeros(t.tensor(3)),
    "a shape of nothing": lambda t: t.ones(()),
    "a count by name": lambda t: t.arange(end=3),
}


@pytest.mark.parametrize("case", TAKEN)
def test_it_is_taken_as_torch_takes_it(torch: Any, case: str) -> None:
    ours, theirs = TAKEN[case](engine), TAKEN[case](torch)
    assert (ours.tolist(), str(ours.dtype), ours.shape) == (theirs.tolist(), str(theirs.dtype), theirs.shape)


LISTS: dict[str, Callable[[Any], Any]] = {
    "two lists": lambda t: [[0, 1], [1, 2]],
    "one list": lambda t: [[0, 1]],
    "tensors": lambda t: [t.tensor(0), t.tensor(1)],
    "tensors of places": lambda t: [t.tensor([0, 1]), t.tensor([1, 2])],
    "arrays": lambda t: [np.array([0, 1]), np.array([0, 2])],
    "a slice and a number": lambda t: [slice(0, 2), 1],
    "None": lambda t: [0, None],
    "the rest and a number": lambda t: [..., 0],
    "a mask": lambda t: [t.tensor([True, False, True])],
    "a number and places": lambda t: [0, [1, 2]],
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_more_than_numbers_is_an_index_for_each_dimension_and_warned_of(
    torch: Any, case: str
) -> None:
    found = []
    for t in (engine, torch):
        x = t.arange(9.0).reshape(3, 3)
        with pytest.warns(UserWarning, match="Using a non-tuple sequence") as caught:
            seen = x[LISTS[case](t)].clone()
        assert caught[0].filename == __file__
        with pytest.warns(UserWarning, match="Using a non-tuple sequence"):
            x[LISTS[case](t)] = -1
        found.append((seen.tolist(), x.tolist()))
    assert found[0] == found[1]


@pytest.mark.parametrize("index", [[0, 2], [True, False, True], [-1], []])
def test_a_list_of_numbers_or_truths_is_one_index(torch: Any, index: list[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [t.arange(9.0).reshape(3, 3)[index].tolist() for t in (engine, torch)]
    assert found[0] == found[1]


def test_a_spread_of_one_number_is_warned_of(torch: Any) -> None:
    said = []
    for t in (engine, torch):
        with pytest.warns(UserWarning, match="degrees of freedom is <= 0") as caught:
            assert t.tensor([1.0]).std().isnan() and t.ones(2).var(correction=2).isnan()
        shown = [w for w in caught if w.category is UserWarning]
        said.append([str(w.message).split(" (Triggered")[0] for w in shown])
        assert {w.filename for w in shown} == {__file__}
    assert said[0] == said[1]
