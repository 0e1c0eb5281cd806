"""Captured networks of convolutions give the bits of the eager ones, however their arrays lie in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine import nn, optim
from tests.engine.capture.test_numbers import OPTIMIZERS, assert_same, train

BETWEEN: dict[str, Callable[[int], list[Any]]] = {
    "nothing": lambda n: [],
    "ReLU": lambda n: [nn.ReLU()],
    "ReLU and pooling": lambda n: [nn.ReLU(), nn.MaxPool2d(2)],
    "pooling and ReLU": lambda n: [nn.MaxPool2d(2), nn.ReLU()],
    "pooling": lambda n: [nn.MaxPool2d(2)],
    "pooling that overlaps": lambda n: [nn.ReLU(), nn.MaxPool2d(3, 1, 1)],
    "batch norm": lambda n: [nn.BatchNorm2d(n), nn.ReLU()],
    "Tanh": lambda n: [nn.Tanh()],
    "a shortcut": lambda n: [Shortcut(n)],
}


class Shortcut(nn.Module):
    """A convolution added to what it was given."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(n, n, 3, padding=1)

    def forward(self, x: Any) -> Any:
        return torch.relu(x + self.conv(torch.relu(x)))


def pictures(number: int, samples: int, channels: int, size: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    x = rng.normal(size=(samples, channels, size, size)).round(1).astype(np.float32)  # with ties
    return torch.from_numpy(x), torch.from_numpy(rng.integers(0, 3, samples))


@settings(max_examples=30, deadline=None)
@given(
    samples=st.integers(1, 40),
    channels=st.lists(st.integers(1, 9), min_size=3, max_size=3),
    size=st.integers(22, 26),
    kernels=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 1), st.integers(1, 2)), min_size=2, max_size=2
    ),
    between=st.lists(st.sampled_from(sorted(BETWEEN)), min_size=2, max_size=2),
    bias=st.booleans(),
)
def test_random_convolutional_networks_train_to_the_same_bits(
    samples: int, channels: list[int], size: int, kernels: list[tuple[int, int, int]], between: list[str],
    bias: bool,
) -> None:
    torch.manual_seed(3)
    layers: list[Any] = []
    for inputs, outputs, (kernel, padding, stride), then in zip(
        channels, channels[1:], kernels, between, strict=False
    ):
        layers += [nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias), *BETWEEN[then](outputs)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(3))
    batches = [pictures(i, samples + 1, channels[0], size) for i in range(5)]
    model(batches[0][0])
    eager = train(copy.deepcopy(model), OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, False)
    assert_same(eager, train(model, OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, True))


def test_a_step_may_return_what_goes_between_convolutions() -> None:
    torch.manual_seed(0)
    first, second = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
    optimizer = optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)

    def step(x: Any) -> tuple[Any, Any]:
        optimizer.zero_grad()
        shown = torch.relu(first(x))
        second(shown).square().mean().backward()
        return shown.detach(), second(torch.relu(first(x)).detach()).detach()

    captured = torch.capture(step)
    for number in range(4):
        shown, again = captured(pictures(number, 8, 1, 8)[0])
        assert shown.is_contiguous() and again.is_contiguous()
        assert shown.stride() == (256, 64, 8, 1)
    assert captured.replays == 2
