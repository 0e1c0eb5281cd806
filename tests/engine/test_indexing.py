"""Indexing and writing by index do what PyTorch does, for any index."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine

from .compare import assert_same

SHAPE = (4, 3, 5)


def slices(size):
    bounds = st.one_of(st.none(), st.integers(-size - 1, size + 1))
    return st.builds(slice, bounds, bounds, st.one_of(st.none(), st.integers(1, 3)))


def part(size):
    whole = st.integers(-size, size - 1)
    return st.one_of(
        whole, slices(size), st.lists(whole, min_size=1, max_size=3).map(lambda v: np.array(v)),
        st.lists(st.booleans(), min_size=size, max_size=size).map(lambda v: np.array(v, bool)),
    )


@st.composite
def indices(draw):
    """A tuple of up to three parts, perhaps with None and an ellipsis; at most one array, so shapes agree."""
    count = draw(st.integers(0, 3))
    parts = [draw(part(SHAPE[d])) for d in range(count)]
    arrays = [i for i, p in enumerate(parts) if isinstance(p, np.ndarray)]
    for i in arrays[1:]:
        parts[i] = 0
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), None)
    if draw(st.booleans()):
        parts.append(Ellipsis)
    return tuple(parts)


def built(index, library):
    return tuple(library.from_numpy(p) if isinstance(p, np.ndarray) else p for p in index)


@given(index=indices())
@settings(max_examples=200, deadline=None)
def test_reading_and_its_gradient(torch, index):
    results = []
    for library in (engine, torch):
        x = library.arange(60.0, dtype=library.float64).reshape(SHAPE).clone().requires_grad_()
        y = x[built(index, library)]
        (y * y).sum().backward()
        results.append((y, x.grad))
    assert_same(results[0], results[1])


@given(index=indices())
@settings(max_examples=200, deadline=None)
def test_writing_and_its_gradients(torch, index):
    results = []
    for library in (engine, torch):
        x = library.arange(60.0, dtype=library.float64).reshape(SHAPE).clone().requires_grad_()
        value = library.tensor(0.5, dtype=library.float64, requires_grad=True)
        y = x * 2
        y[built(index, library)] = value
        (y * x).sum().backward()
        results.append((y, x.grad, value.grad))
    for ours, theirs in zip(results[0][:2], results[1][:2], strict=True):
        assert_same(ours, theirs)
    if results[1][2] is not None:
        assert results[0][2].item() == results[1][2].item()


@given(index=indices())
@settings(max_examples=100, deadline=None)
def test_a_part_reached_by_steps_shares_memory_and_any_other_does_not(index):
    x = engine.zeros(SHAPE)
    y = x[built(index, engine)]
    basic = not any(isinstance(p, np.ndarray) for p in index)
    if y.numel():
        y.add_(1)
        assert bool((x != 0).any()) == basic


REFUSED = [
    (lambda x: x[5], IndexError, "index 5 is out of bounds for dimension 0 with size 3"),
    (lambda x: x[0, 0, 0], IndexError, "too many indices for tensor of dimension 2"),
    (lambda x: x[[5]], IndexError, "index 5 is out of bounds for dimension 0 with size 3"),
    (lambda x: x[::-1], ValueError, "step must be greater than zero"),
    (lambda x: x[1.5], IndexError, "only integers, slices"),
    (lambda x: x.sum()[0], IndexError, "invalid index of a 0-dim tensor|too many indices"),
    (lambda x: list(x.sum()), TypeError, "iteration over a 0-d tensor"),
    (lambda x: x[x.new_ones(4, 2).bool()], IndexError, "The shape of the mask"),
]


@pytest.mark.parametrize(("action", "kind", "words"), REFUSED)
def test_wrong_indices_are_refused_in_the_words_of_torch(torch, action, kind, words):
    for library in (engine, torch):
        with pytest.raises(kind, match=words):
            action(library.ones(3, 2))


def test_iterating_unpacking_and_membership():
    rows = list(engine.tensor([[1, 2], [3, 4]]))
    assert [row.tolist() for row in rows] == [[1, 2], [3, 4]]
    first, second = engine.tensor([1.0, 2.0])
    assert (first.item(), second.item()) == (1.0, 2.0)
    assert 2 in engine.tensor([1, 2]) and 5 not in engine.tensor([1, 2])
    assert [10, 20, 30][engine.tensor(1)] == 20
