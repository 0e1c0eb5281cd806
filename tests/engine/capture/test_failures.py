"""A replay that fails half-way leaves what the eager step would leave, and what follows is right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim
from engine.capture.replay.plan import Plan
from engine.nn import functional as F

Step = Callable[[Any, Any], Any]


@pytest.fixture(autouse=True, params=[256, 2], ids=["list", "one function"])
def often(request: Any) -> Iterator[None]:
    """Replays of the list of calls, and of plans written as one function after two of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[Plan.__module__], "OFTEN", request.param)
        yield


def network() -> Any:
    """A network that changes, in its running statistics, before its loss is known."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Dropout(0.2), nn.Linear(5, 4))


def batch(number: int, fails: bool) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    labels = rng.integers(0, 4, 6)
    labels[2] += 9 * fails
    return torch.from_numpy(rng.normal(size=(6, 3)).astype(np.float32)), torch.from_numpy(labels)


def train(step: Step, networks: list[Any]) -> list[Any]:
    """What there is after each of some steps, of which a few fail."""
    seen = []
    for i in range(20):
        try:
            seen.append(step(*batch(i, i in (6, 7, 13))).item())
        except IndexError as problem:
            seen.append(str(problem))
        for model in networks:
            seen += [value.tolist() for value in model.state_dict().values()]
            seen += [None if p.grad is None else p.grad.tolist() for p in model.parameters()]
    return seen


@pytest.mark.parametrize("forgets", ["first", "before backward", "last"])
def test_gradients_are_those_that_there_were_by_then(forgets: str) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        def step(x: Any, y: Any, model: Any = model, optimizer: Any = optimizer) -> Any:
            if forgets == "first":
                optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            if forgets == "before backward":
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if forgets == "last":
                optimizer.zero_grad()
            return loss

        run = decorate(step)
        found.append(train(run, [model]))
    assert found[0] == found[1]
    assert run.replays == 15


def test_the_first_of_two_networks_has_been_trained_when_the_second_one_fails() -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        models = [network(), network()]
        optimizers = [optim.SGD(model.parameters(), lr=0.1) for model in models]

        def step(x: Any, y: Any, models: Any = models, optimizers: Any = optimizers) -> Any:
            for model, optimizer, labels in zip(models, optimizers, (y % 4, y), strict=True):
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x), labels)
                loss.backward()
                optimizer.step()
            return loss

        run = decorate(step)
        found.append(train(run, models))
    assert found[0] == found[1]
    assert run.replays == 15


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_a_schedule_that_went_on_before_a_failure_does_so_once() -> None:
    rates = []
    for decorate in (lambda step: step, torch.capture):
        model = nn.Linear(3, 4)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)

        def step(x: Any, y: Any, around: Any = (model, optimizer, schedule)) -> Any:
            model, optimizer, schedule = around
            schedule.step()
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            return loss

        train(decorate(step), [])
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates[0] == rates[1] == 0.1 * 0.5**20


def test_an_interrupted_step_leaves_no_gradients_of_an_earlier_one() -> None:
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    @torch.capture
    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss

    def interrupted() -> None:
        if asked:
            raise KeyboardInterrupt
        call(*given)

    asked = False
    for i in range(3):
        step(*batch(i, False))
    calls = step._latest.calls
    (call, given), calls[1] = calls[1], (interrupted, ())
    for i in range(3, 6):
        step(*batch(i, False))
    asked = True
    with pytest.raises(KeyboardInterrupt):
        step(*batch(6, False))
    assert [p.grad for p in model.parameters()] == [None] * 6
