"""Captured networks of convolutions give the bits of the eager ones, however their arrays lie in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
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
    "pooling of pairs apart": lambda n: [nn.MaxPool2d(2, dilation=2), nn.ReLU()],
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


def layers_that_pool(*channels: int) -> list[Any]:
    kinds = [(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)) for i, o in pairwise(channels)]
    return [layer for layers in kinds for layer in layers]


@pytest.mark.parametrize("samples", [4, 9, 64])
@pytest.mark.parametrize("size", [8, 20, 28])
@pytest.mark.parametrize("frozen", ["nothing", "weight", "bias", "0."])
def test_pooled_convolutions_train_to_the_same_bits(samples: int, size: int, frozen: str) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(*layers_that_pool(1, 4, 6), nn.Flatten(), nn.Linear(6 * (size // 4) ** 2, 3))
    for name, parameter in model.named_parameters():
        if frozen in name:
            parameter.requires_grad_(False)
    batches = [pictures(i, samples, 1, size) for i in range(5)]
    eager = train(copy.deepcopy(model), OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, False)
    assert_same(eager, train(model, OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, True))


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_pooled_convolutions_send_gradients_to_the_same_places_among_special_numbers(special: float) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(*layers_that_pool(1, 4, 6))

    def step(x: Any) -> tuple[Any, Any]:
        model.zero_grad()
        out = model(x)
        out.sum().backward()
        return out.detach(), [p.grad.clone() for p in model.parameters()]

    captured = torch.capture(step)
    for number in range(5):
        x = pictures(number, 8, 1, 8)[0]
        if number > 1:
            x[1, 0, 4, 4] = x[3, 0, 0, 1] = special
        expected = step(x)
        found = captured(x)
        for a, b in zip([expected[0], *expected[1]], [found[0], *found[1]], strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert captured.replays == 3


def test_inference_of_pooled_convolutions_is_captured_to_the_same_bits() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(*layers_that_pool(1, 4, 6)).eval()
    captured = torch.capture(model.forward)
    with torch.no_grad():
        for number in range(4):
            x = pictures(number, 32, 1, 16)[0]
            np.testing.assert_array_equal(captured(x).numpy(), model(x).numpy())
    assert captured.replays == 2
