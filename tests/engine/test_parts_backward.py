"""Gradients of parts of a tensor are added where they belong, whoever else uses it and in whatever order."""

import tracemalloc

import numpy as np
import pytest
import torch as reference
from hypothesis import given, settings
from hypothesis import strategies as st

import engine

USES = {
    "rows": lambda x: x[1:3].tanh().sum(),
    "every second column": lambda x: (x[:, ::2] * 2).sum(),
    "an entry": lambda x: x[2, 1] * 3,
    "a new dimension": lambda x: (x[None, 1] * 5).sum(),
    "entries": lambda x: sum((row * i).sum() for i, row in enumerate(x.unbind(0))),
    "pieces": lambda x: sum((part * i).sum() for i, part in enumerate(x.chunk(3, 1), 1)),
    "a stretch": lambda x: (x.narrow(1, -2, 2) ** 2).sum(),
    "a column": lambda x: x.select(1, 0).exp().sum(),
    "a part of a part": lambda x: x[1:][:, 1:].sum() * 0.5,
    "all of it": lambda x: (x * x).sum(),
    "its sum": lambda x: x.sum(),
    "itself in another order": lambda x: (x.t() * 7).sum(),
}


@settings(max_examples=60)
@given(uses=st.lists(st.sampled_from(sorted(USES)), min_size=1, max_size=7), inner=st.booleans())
def test_they_are_pytorchs(uses, inner):
    found = []
    for library in (engine, reference):
        leaf = library.tensor(np.linspace(-1, 1, 20, dtype=np.float32).reshape(4, 5), requires_grad=True)
        x = leaf.sigmoid() if inner else leaf
        loss = sum(USES[name](x) for name in uses)
        loss.backward(retain_graph=True)
        loss.backward()
        found.append(leaf.grad.numpy())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5, atol=1e-6)


def test_hooks_see_the_gradient_of_each_part_and_of_the_whole():
    seen = []
    leaf = engine.ones(3, requires_grad=True)
    x = leaf * 2
    x.retain_grad()
    first, second = x[:2], x[1:]
    first.register_hook(lambda g: seen.append(g.tolist()))
    second.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: seen.append(g.tolist()))
    (first.sum() + second.sum() + x[0]).backward()
    assert seen == [[1, 1], [2, 11, 10]]
    assert x.grad.tolist() == [2, 11, 10]
    assert leaf.grad.tolist() == [4, 22, 20]


def test_a_gradient_that_is_passed_on_is_not_written_into():
    given = engine.ones(3)
    a = engine.ones(3, requires_grad=True)
    b = engine.ones(3, requires_grad=True)
    x, y = a * 1, b * 1
    total = x + y       # both get the same array
    engine.autograd.backward([total, x[:1], x[1:]], [given, engine.ones(1), engine.ones(2)])
    assert [a.grad.tolist(), b.grad.tolist(), given.tolist()] == [[2] * 3, [1] * 3, [1] * 3]


@pytest.mark.parametrize("captured", [False, True])
def test_many_parts_take_the_memory_of_one_whole(captured):
    leaf = engine.ones(150, 2000, requires_grad=True)

    def step(x):
        leaf.grad = None
        loss = sum((row * x).sum() for row in leaf.tanh().unbind(0))
        loss.backward()
        return loss

    run = engine.capture(step) if captured else step
    x = engine.ones(2000)
    tracemalloc.start()
    for _ in range(3):
        run(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * leaf.nbytes
    assert not captured or run.replays == 1
