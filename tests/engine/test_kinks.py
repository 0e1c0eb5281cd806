"""Gradients where a function has a corner, a tie or no slope: PyTorch's choices, point by point."""

import math

import pytest

import engine

KINKS = {
    "abs at 0": lambda e, x: x.abs(),
    "relu at 0": lambda e, x: x.relu(),
    "sign": lambda e, x: x.sign(),
    "sqrt at 0": lambda e, x: (x * 0).sqrt(),
    "clamp at its edges": lambda e, x: x.clamp(-1, 1),
    "clamp from below only": lambda e, x: x.clamp(min=0),
    "power 0": lambda e, x: x**0,
    "power 1": lambda e, x: x**1,
    "power 2": lambda e, x: x**2,
    "power of itself, positive base": lambda e, x: (x.abs() + 1) ** x,
    "maximum with 0": lambda e, x: e.maximum(x, e.zeros(5)),
    "maximum with itself": lambda e, x: e.maximum(x, x * 1),
    "minimum with a tie": lambda e, x: e.minimum(x, e.tensor([-1.0, 0.0, 0.0, 1.0, 1.0])),
    "largest of all, tied": lambda e, x: x.max(),
    "smallest of all": lambda e, x: x.min(),
    "largest along a dimension, tied": lambda e, x: x.max(0).values,
    "amax, tied": lambda e, x: x.amax(0),
    "median": lambda e, x: x.median(),
    "norm 2 at 0": lambda e, x: (x * 0).norm(),
    "norm 1": lambda e, x: x.norm(1),
    "norm inf, tied": lambda e, x: x.norm(float("inf")),
    "product with one zero": lambda e, x: x[1:].prod(),
    "product with two zeros": lambda e, x: (x[1:3].repeat(2)).prod(),
    "std of a constant": lambda e, x: (x * 0 + 1).std(unbiased=False),
    "where keeps nan out": lambda e, x: e.where(x > 0, x, x * 0),
    "round": lambda e, x: x.round(),
    "floor": lambda e, x: x.floor(),
    "remainder": lambda e, x: x.remainder(1.0),
    "fmod": lambda e, x: x.fmod(0.75),
    "copysign of 0": lambda e, x: e.copysign(x, e.ones(5)),
    "hypot at 0": lambda e, x: e.hypot(x + 1e-3, x * 0),
    "atan2": lambda e, x: e.atan2(x, e.ones(5)),
    "heaviside is flat": lambda e, x: x + e.heaviside(x.detach(), e.zeros(5)),
    "logsumexp of -inf": lambda e, x: e.logsumexp(e.cat([x, e.full((1,), -math.inf)]), 0),
    "cummax, tied": lambda e, x: e.cummax(x, 0).values,
    "sort, tied": lambda e, x: e.sort(x, stable=True).values,
    "nan_to_num": lambda e, x: (x / x.detach().abs()).nan_to_num(0.0),
    "xlogy at 0": lambda e, x: e.xlogy(x.detach() * 0, x + 5),
    "sinc at 0": lambda e, x: e.sinc(x),
    "erfinv": lambda e, x: e.erfinv(x / 2),
}


@pytest.mark.parametrize("name", list(KINKS))
def test_the_gradient_at_a_kink_is_that_of_torch(torch, name):
    found = []
    for library in (engine, torch):
        x = library.tensor([-1.0, 0.0, 0.5, 1.0, 1.0], requires_grad=True)
        KINKS[name](library, x).sum().backward()
        found.append(x.grad.tolist())
    assert found[0] == pytest.approx(found[1], nan_ok=True, rel=1e-5, abs=1e-7)


def test_known_choices():
    x = engine.tensor([0.0, 1.0], requires_grad=True)
    x.clamp(0, 1).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    tied = engine.tensor([2.0, 2.0], requires_grad=True)
    tied.max().backward()
    assert tied.grad.tolist() == [0.5, 0.5]
    tied.grad = None
    tied.max(0).values.backward()
    assert tied.grad.tolist() == [1.0, 0.0]
