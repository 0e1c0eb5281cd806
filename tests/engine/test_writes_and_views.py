"""Programs of views and writes: values, gradients and refusals are PyTorch's."""

import numpy as np
import pytest

import engine

from .side_by_side import assert_alike, assert_refused_alike, numbers


def written(change):
    """A case in which `change` writes into a tensor with a graph; it, and what `change` gives, come out."""

    def case(s):
        x, w = s.t(numbers(3, 3)), s.t(numbers(3, 3, seed=1))
        y = x * 1
        more = change(s, y, w)
        return [y, *([] if more is None else more)]

    return case


def frozen(s, y, w):
    other = s.t(numbers(3, 3, seed=2))
    product = other * w
    other.requires_grad_(False)
    return [product]


def turned(name, *args):
    def change(s, y, w):
        part, whole = y[1], y.T
        y.mul_(w)
        getattr(y, name)(*args)
        last = y[..., 0]
        y.add_(1)
        return [part, whole, last, y.sin()]

    return change


CASES = {
    "a row by a row of one more dimension": lambda s, y, w: y.__setitem__(0, w[:1]),
    "a row by a row of two more dimensions": lambda s, y, w: y.__setitem__(0, w[:1][None]),
    "one element by a vector of one": lambda s, y, w: y.__setitem__((0, 0), w[0, :1]),
    "everything by more dimensions": lambda s, y, w: y.__setitem__(slice(None), w[None, None]),
    "everything by itself": lambda s, y, w: y.__setitem__(slice(None), y),
    "rows by position by more dimensions": lambda s, y, w: y.__setitem__(s.lib.tensor([0]), w[None, :1]),
    "where a mask holds": lambda s, y, w: y.__setitem__(y > 0, 0.5),
    "where a mask holds, by as many": lambda s, y, w: y.__setitem__(y == y, w.reshape(1, 9)),
    "a leaf that is frozen after its use": frozen,
    "the other factor by the product": lambda s, y, w: [(z := w * 1).mul_(y), z],
    "a shape changed in place: t_": turned("t_"),
    "a shape changed in place: unsqueeze_": turned("unsqueeze_", 0),
    "a shape changed in place: transpose_": turned("transpose_", 0, 1),
    "an expanded view written": lambda s, y, w: [(e := y[:1].expand(1, 3)).mul_(w[:1]), e],
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_has_torchs_values_and_gradients(torch, name):
    assert_alike(torch, written(CASES[name]))


def saved_then_written(s, call):
    x = s.t(numbers(3, 3)) * 1
    out = call(s, x)
    x.add_(1)
    out.sum().backward()


REFUSED = {
    "amax": lambda s: saved_then_written(s, lambda s, x: x.amax(0)),
    "a product": lambda s: saved_then_written(s, lambda s, x: x @ x),
    "a product with itself": lambda s: (x := s.t(numbers(3)) * 1).mul_(x).sum().backward(),
    "a quotient by itself": lambda s: (x := s.t(numbers(3)) * 1).div_(x).sum().backward(),
    "a leaf by a mask": lambda s: (x := s.t(numbers(3))).__setitem__(x > 0, 1.0),
    "a leaf by positions": lambda s: s.t(numbers(3)).__setitem__(s.lib.tensor([0]), 1.0),
    "a matrix for a row": lambda s: s.lib.zeros(2, 3).__setitem__(0, s.lib.ones(2, 3)),
    "a row of another length": lambda s: s.lib.zeros(2, 3).__setitem__(0, s.lib.ones(2)),
    "too many for positions": lambda s: s.lib.zeros(2, 3).__setitem__(([0, 1], 0), s.lib.ones(3)),
    "too few for a mask": lambda s: (y := s.lib.zeros(2, 3)).__setitem__(y < 1, s.lib.ones(4)),
    "a list": lambda s: s.lib.zeros(2, 3).__setitem__(0, [1, 2, 3]),
    "an array": lambda s: s.lib.zeros(2, 3).__setitem__(0, np.ones(3)),
    "a copy of more dimensions": lambda s: s.lib.zeros(2, 3).copy_(s.lib.ones(1, 2, 3)),
    "a copy of another length": lambda s: s.lib.zeros(2, 3).copy_(s.lib.ones(4)),
    "a copy into one": lambda s: s.lib.zeros(1).copy_(s.lib.ones(3)),
    "a copy into a number": lambda s: s.lib.zeros(()).copy_(s.lib.ones(1)),
    "the last of a number": lambda s: s.lib.ones(())[..., 0],
    "some of a number": lambda s: s.lib.ones(())[:1],
    "positions of a number": lambda s: s.lib.ones(())[s.lib.tensor([0])],
    "the first of a number": lambda s: s.lib.ones(())[0],
    "the first of a number, set": lambda s: s.lib.ones(()).__setitem__(0, 1.0),
    "the third of a number": lambda s: s.lib.ones(())[2],
    "positions that do not go together": lambda s: s.lib.ones(2, 3)[[0, 1], [0, 1, 2]],
    "a position in nothing": lambda s: s.lib.ones(0, 3)[[0]],
    "too far at the end": lambda s: s.lib.ones(2, 3)[..., 3],
    "too far back": lambda s: s.lib.ones(2, 3).select(-1, 5),
    "pieces of a number": lambda s: s.lib.ones(()).split(1),
    "chunks of a number": lambda s: s.lib.ones(()).chunk(1),
    "a vector as a matrix": lambda s: s.lib.ones(3).mT,
    "too few positions": lambda s: s.lib.ones(3, 2).index_add_(0, s.lib.tensor([0]), s.lib.ones(2, 2)),
    "strides beyond the end": lambda s: s.lib.ones(3).as_strided((2, 2), (1, 2)),
    "a batch times a matrix": lambda s: s.lib.ones(2, 4, 3) @ s.lib.ones(2, 2),
    "expanding to fewer": lambda s: s.lib.ones(2, 3).double().expand(3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_torchs_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


NUMBERS = {
    "dimensions moved": lambda x: x.movedim(0, 0),
    "the transposed": lambda x: x.mT,
    "places filled in order": lambda x: x.masked_scatter(x > 0, x.reshape(1) * 2),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_a_tensor_without_dimensions(torch, name):
    ours, theirs = (NUMBERS[name](lib.tensor(3.0)) for lib in (engine, torch))
    assert (ours.tolist(), tuple(ours.shape)) == (theirs.tolist(), tuple(theirs.shape))


def test_a_leaf_that_declines_its_gradient_after_its_use_gets_none(torch):
    for lib in (engine, torch):
        x, w = lib.ones(2, requires_grad=True), lib.ones(2, requires_grad=True)
        total = (x * w).sum()
        x.requires_grad_(False)
        total.backward()
        assert x.grad is None and w.grad.tolist() == [1, 1]
