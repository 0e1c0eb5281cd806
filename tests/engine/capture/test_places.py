"""Arrays of a captured step share memory only while none of them is needed."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine import nn, optim
from engine.capture.replay import arena
from engine.capture.replay.arena import place
from engine.nn import functional as F

LIFE = st.tuples(st.integers(0, 5000), st.integers(0, 30), st.integers(0, 30)).map(
    lambda life: (life[0], min(life[1:]), max(life[1:]))
)


@given(st.lists(LIFE, max_size=25))
def test_no_two_blocks_that_live_at_the_same_time_overlap(lives: list[tuple[int, int, int]]) -> None:
    offsets, total = place(lives)
    blocks = list(zip(lives, offsets, strict=True))
    assert all(start % 64 == 0 and start + life[0] <= total for life, start in blocks)
    for (one, at), (other, there) in combinations(blocks, 2):
        if one[1] <= other[2] and other[1] <= one[2]:
            assert at + one[0] <= there or there + other[0] <= at or 0 in (one[0], other[0])


@given(st.lists(LIFE, max_size=60))
def test_many_blocks_get_the_places_that_few_would_get(lives: list[tuple[int, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arena, "_MANY", 0)
        many = place(lives)
    assert many == place(lives)


def test_lifetimes_that_do_not_meet_share() -> None:
    _, total = place([(640, 0, 3), (640, 4, 6), (320, 0, 1), (320, 2, 6)])
    assert total == 960


ONE: list[Any] = [
    torch.relu, torch.tanh, torch.sigmoid, torch.sin, F.gelu, lambda a: a * 2, lambda a: a.flip(0),
    lambda a: a - a.mean(0), lambda a: torch.softmax(a, 1), lambda a: a.t(), lambda a: a.clone(),
]
TWO: list[Any] = [
    torch.add, torch.sub, torch.mul, torch.maximum, lambda a, b: a @ b / 16, lambda a, b: a + b[0],
    lambda a, b: torch.where(a > b, a, b),
]
Graph = list[tuple[int, int, int]]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(ONE) + len(TWO) - 1), st.integers(1, 4), st.integers(1, 4)), min_size=4,
        max_size=12,
    ),
    st.integers(1, 3),
)
def test_large_arrays_that_take_the_places_of_others_hold_the_same_bits(graph: Graph, ends: int) -> None:
    def run(captured: bool) -> list[np.ndarray]:
        torch.manual_seed(0)
        weight = (torch.randn(160, 160) / 16).requires_grad_()

        def step(x: Any) -> tuple[Any, ...]:
            weight.grad = None
            values = [x @ weight, x * weight, x + 0]
            for number, first, second in graph:
                a, b = values[-min(first, len(values))], values[-min(second, len(values))]
                values.append(ONE[number](a) if number < len(ONE) else TWO[number - len(ONE)](a, b))
            loss = sum([torch.tanh(value).mean() for value in values[-ends:]], torch.zeros(()))
            if loss.requires_grad:
                loss.backward()
            return loss.detach(), values[-1].detach()

        made = torch.capture(step) if captured else step
        found = [part.numpy() for _ in range(5) for part in made(torch.randn(160, 160))]
        assert not captured or made.replays == 3, made.why_eager
        return [*found, weight.grad.numpy()] if weight.grad is not None else found

    for a, b in zip(run(False), run(True), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-37)  # denormal numbers are 0 in a replay


def test_what_nobody_needs_is_left_out_and_takes_no_others_place() -> None:
    def run(captured: bool) -> list[np.ndarray]:
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 5), nn.Sigmoid(),
            nn.AvgPool2d(2), nn.Flatten(), nn.LazyLinear(3),
        )
        model(torch.zeros(1, 1, 20, 20))
        optimizer = optim.Adam(model.parameters())

        def step(x: Any) -> Any:
            F.conv2d(x * 2, torch.ones(2, 1, 3, 3)).tanh().sum()
            optimizer.zero_grad()
            scores = model(x)
            (scores * 3).exp().sum()
            loss = scores.square().mean()
            loss.backward()
            optimizer.step()
            return loss

        made = torch.capture(step) if captured else step
        found = [made(torch.randn(64, 1, 20, 20)).detach().numpy() for _ in range(5)]
        return [*found, *(p.detach().numpy() for p in model.parameters())]

    for a, b in zip(run(False), run(True), strict=True):
        np.testing.assert_array_equal(a, b)


def test_arguments_and_gradients_lie_in_any_order_of_memory() -> None:
    def run(captured: bool) -> list[np.ndarray]:
        torch.manual_seed(0)
        weight = torch.randn(4, 2, 3).permute(1, 2, 0).clone().requires_grad_()

        def step(x: Any) -> Any:
            weight.grad = None
            (x * weight).square().sum().backward()
            return x[1] * 2 + weight.grad[1].detach()

        made = torch.capture(step) if captured else step
        found = [made(torch.randn(3, 2, 4).permute(1, 0, 2) * 1).numpy() for _ in range(5)]
        assert not captured or made.replays == 3, made.why_eager
        return [*found, weight.grad.numpy()]

    for a, b in zip(run(False), run(True), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_a_step_returns_may_be_written_into() -> None:
    @torch.capture
    def step(x: Any) -> tuple[Any, ...]:
        zeros, doubled = torch.zeros(2), x * 2
        return zeros, doubled, doubled + zeros

    for _ in range(5):
        zeros, doubled, total = step(torch.ones(2))
        assert [zeros.tolist(), doubled.tolist(), total.tolist()] == [[0, 0], [2, 2], [2, 2]]
        for result in (zeros, doubled, total):
            result.add_(1)
    assert step.replays == 3
