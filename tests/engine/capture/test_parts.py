"""Parts of arrays are joined, and their gradients added, where they belong, with the eager step's numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine import nn

ROWS, COLUMNS = 6, 300  # large enough for arrays that share memory
STRETCH = st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(1, 6))


def gradients(weight: Any, decorate: Callable[..., Any], step: Callable[..., Any]) -> tuple[Any, list[Any]]:
    run = decorate(step)
    found = []
    for i in range(4):
        x = torch.from_numpy(np.random.default_rng(i).normal(size=(ROWS, COLUMNS)).astype(np.float32))
        loss = run(x)
        found += [loss.item(), weight.grad.tolist()]
    return run, found


def same(form: Callable[[Any], Any]) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        weight = torch.linspace(-1, 1, ROWS * COLUMNS).view(ROWS, COLUMNS).requires_grad_()

        def step(x: Any, weight: Any = weight) -> Any:
            weight.grad = None
            loss = form(torch.tanh(weight) * x)
            loss.backward()
            return loss

        run, numbers = gradients(weight, decorate, step)
        found.append(numbers)
    assert found[0] == found[1]
    assert run.replays == 2, run.why_eager


@settings(max_examples=40)
@given(st.lists(STRETCH, min_size=1, max_size=6))
def test_stretches_that_may_overlap(stretches: list[tuple[int, int, int]]) -> None:
    def form(x: Any) -> Any:
        total = 0.0
        for dim, start, length in stretches:
            part = x.narrow(dim, start, min(length, 6 - start))
            total = total + (part * part).sum()
        return total

    same(form)


@pytest.mark.parametrize("form", [
    lambda x: sum((part * part * (i + 1)).sum() for i, part in enumerate(x.chunk(4, 1))),
    lambda x: sum((part.exp()).mean() for part in x.split([1, 2, 3])) + x.sum(),
    lambda x: sum((row * row).sum() for row in x.unbind(0)) + x[0].sum() + x[:, 1::2].prod(1).sum(),
    lambda x: (x.chunk(2)[0] * 2).sum() + (x.chunk(2)[0] * x.chunk(2)[1]).sum(),
    lambda x: (x[:2] + x[2:4]).sum() + (x[0] * x[-1]).sum() + x[1, 2] * x[2, 1],
])  # fmt: skip
def test_parts_of_every_kind(form: Callable[[Any], Any]) -> None:
    same(form)


@pytest.mark.parametrize("join", [
    lambda a, b: torch.cat([a, b, a], -1), lambda a, b: torch.cat([torch.zeros(0), a.double(), b]),
    lambda a, b: torch.stack([a, b], -1), lambda a, b: torch.stack([a.t(), b.t()]),
])  # fmt: skip
def test_joined_arrays(join: Callable[[Any, Any], Any]) -> None:
    step = torch.capture(lambda a, b: join(a * 2, b) * 3)
    for i in range(4):
        a, b = torch.full((5, 6), i + 0.5), torch.arange(30.0).view(5, 6)
        joined, expected = step(a, b), join(a * 2, b) * 3
        assert joined.dtype == expected.dtype
        assert joined.tolist() == expected.tolist()
    assert step.replays == 2


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_recurrent_layers(kind: Any) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(0)
        layer = kind(5, 16, 2, batch_first=True)

        def step(x: Any, layer: Any = layer) -> Any:
            layer.zero_grad()
            loss = layer(x)[0].pow(2).mean()
            loss.backward()
            return loss

        run = decorate(step)
        losses = [run(torch.randn(4, 7, 5)).item() for _ in range(4)]
        found.append([losses, [p.grad.tolist() for p in layer.parameters()]])
    assert found[0] == found[1]
    assert run.replays == 2, run.why_eager
