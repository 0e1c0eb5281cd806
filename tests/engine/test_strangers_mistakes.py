"""Mistakes of somebody who is new: each is refused with PyTorch's type of error and in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine


def view_of_no_grad(t: Any) -> Any:
    x = t.ones(3, requires_grad=True)
    with t.no_grad():
        seen = x.view(3)
    return seen.add_(1)


def no_backward(t: Any) -> Any:
    class Twice(t.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

    return Twice


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "int of several": lambda t: int(t.ones(2)),
    "float of none": lambda t: float(t.ones(0)),
    "a format for several": lambda t: f"{t.ones(2):.2f}",
    "bits of floats": lambda t: t.ones(2) & t.ones(2),
    "shifts of floats": lambda t: t.ones(2) << 1,
    "not of floats": lambda t: ~t.ones(2),
    "bins of floats": lambda t: t.bincount(t.tensor([1.5])),
    "a histogram of integers": lambda t: t.histc(t.arange(3)),
    "a quantile of 1.5": lambda t: t.quantile(t.ones(3), 1.5),
    "repeats of another length": lambda t: t.repeat_interleave(t.ones(2), t.tensor([1, 2, 3])),
    "boundaries of other rows": lambda t: t.searchsorted(t.ones(2, 2), t.ones(3, 2)),
    "two sides": lambda t: t.searchsorted(t.ones(2), t.ones(3), right=True, side="left"),
    "a third side": lambda t: t.searchsorted(t.ones(2), t.ones(3), side="top"),
    "an angle between different lengths": lambda t: t.cosine_similarity(t.ones(2, 3), t.ones(2, 4)),
    "a share above 1": lambda t: t.ones(2).bernoulli_(2.0),
    "a range the wrong way round": lambda t: t.ones(2).uniform_(3, 1),
    "an empty range": lambda t: t.ones(2).random_(5, 3),
    "a rate of 0": lambda t: t.ones(2).exponential_(0),
    "a chance of 2": lambda t: t.ones(2).geometric_(2),
    "a width below 0": lambda t: t.ones(2).cauchy_(0, -1),
    "a spread below 0": lambda t: t.ones(2).log_normal_(0, -1),
    "a negative rate": lambda t: t.poisson(t.tensor([-1.0])),
    "an order of less than nothing": lambda t: t.randperm(-1),
    "gradients of several numbers by a constant": lambda t: t.autograd.grad(
        t.ones(2, requires_grad=True) * 2, t.ones(1)),
    "a gradient of another type": lambda t: setattr(
        t.ones(2, requires_grad=True), "grad", t.ones(2, dtype=t.float64)),
    "a view made while nothing was recorded": view_of_no_grad,
    "a function without a backward": lambda t: no_backward(t).apply(
        t.ones(1, requires_grad=True)).backward(),
    "a function made instead of applied": lambda t: no_backward(t)()(t.ones(2)),
    "text for a number": lambda t: t.ones(3).__setitem__(0, "a"),
    "None for a number": lambda t: t.ones(3).__setitem__(0, None),
    "a list for numbers": lambda t: t.ones(3).__setitem__(slice(None), [1, 2, 3]),
    "an array for a tensor": lambda t: t.ones(3).copy_(np.ones(3)),
    "too many for a mask": lambda t: t.ones(3).__setitem__(t.tensor([True, False, True]), t.ones(3)),
    "too many for places": lambda t: t.ones(3).__setitem__([0, 1], t.ones(3)),
    "too many for a row": lambda t: t.ones(2, 3).__setitem__(0, t.ones(4)),
    "rows for a row": lambda t: t.ones(2, 3).__setitem__(0, t.ones(2, 3)),
    "more dimensions than there are": lambda t: t.ones(3).copy_(t.ones(1, 3)),
    "memory of a tensor that wants a gradient": lambda t: np.from_dlpack(t.ones(2, requires_grad=True)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_as_torch_refuses_it(torch: Any, mistake: str) -> None:
    with pytest.raises(Exception) as theirs:
        MISTAKES[mistake](torch)
    with pytest.raises(Exception) as ours:
        MISTAKES[mistake](engine)
    assert ours.type is theirs.type
    assert str(ours.value).rstrip(".") in str(theirs.value)


def test_what_is_put_somewhere_may_have_more_dimensions_of_length_1(torch: Any) -> None:
    for key in (0, (0, 0), [0, 1], (slice(None), 1)):
        found = []
        for t in (engine, torch):
            x, put = t.zeros(2, 2), t.full((1, 1, 1), 3.0, requires_grad=True)
            x[key] = put
            x.sum().backward()
            found.append((x.tolist(), put.grad.tolist()))
        assert found[0] == found[1]


def test_limits_of_types_are_printed(torch: Any) -> None:
    for name in ("float16", "float32", "float64"):
        assert repr(engine.finfo(getattr(engine, name))) == repr(torch.finfo(getattr(torch, name)))
    for name in ("uint8", "int32"):
        assert repr(engine.iinfo(getattr(engine, name))) == repr(torch.iinfo(getattr(torch, name)))
    assert repr(engine.linalg.slogdet(engine.eye(2))) == repr(torch.linalg.slogdet(torch.eye(2)))


def test_products_may_be_written_with_numbers_for_letters(torch: Any) -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    for form in (
        lambda t, x, y: t.einsum(x, [0, 1], y, [1, 2], [0, 2]),
        lambda t, x, y: t.einsum(x, [0, 30], y, [30, 2]),
        lambda t, x, y: t.einsum(x, [..., 1], [1, ...]),
    ):
        found = [form(t, t.tensor(a), t.tensor(b)).tolist() for t in (engine, torch)]
        assert found[0] == found[1]
