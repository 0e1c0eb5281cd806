"""What surrounds a step may change between its calls, and all that it does has its effect, as eagerly."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim
from engine.nn import functional as F

Make = Callable[[Callable[..., Any]], Callable[..., Any]]


def both(run: Callable[[Make], list[Any]], replays: bool = True) -> None:
    """What `run` gives is the same with a step made by `capture` and with the step itself, to the bit."""
    found: list[list[Any]] = []
    steps: list[Any] = []

    def captured(step: Callable[..., Any]) -> Any:
        steps.append(torch.capture(step))
        return steps[-1]

    for make in (lambda step: step, captured):
        torch.manual_seed(0)
        random.seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append([np.asarray(value) for value in run(make)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (steps[0].replays > 0) is replays, steps[0].why_eager


def network() -> Any:
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))


def batch(seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x, y = (torch.tensor(rng.standard_normal((6, width))).float() for width in (3, 1))
    return x, y


def weights(model: Any) -> list[Any]:
    return [p.detach().numpy().copy() for p in model.parameters()]


def trainer(make: Make, model: Any, optimizer: Any) -> Any:
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return make(step)


def changed_meanwhile(change: Callable[[Any, Any, int], None]) -> Callable[[Make], list[Any]]:
    """A training during which `change` is called before each step."""

    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        step, found = trainer(make, model, optimizer), []
        for i in range(24):
            change(model, optimizer, i)
            found.append(step(*batch(i)).item())
        return [*found, *weights(model)]

    return run


def test_layers_added_and_replaced_in_between_are_used() -> None:
    def change(model: Any, optimizer: Any, i: int) -> None:
        if i == 8:
            model[1] = nn.ReLU()
        if i == 16:
            model.append(nn.Tanh())

    both(changed_meanwhile(change))


def test_a_hook_of_a_parameter_is_called_from_then_on() -> None:
    handles: list[Any] = []

    def change(model: Any, optimizer: Any, i: int) -> None:
        if i == 8:
            handles.append(model[0].weight.register_hook(lambda grad: grad * 2))
        if i == 16:
            handles.pop().remove()

    both(changed_meanwhile(change))


def test_momentum_may_be_given_up_and_taken_up_again() -> None:
    def change(model: Any, optimizer: Any, i: int) -> None:
        optimizer.param_groups[0]["momentum"] = 0 if 8 <= i < 16 else 0.9

    both(changed_meanwhile(change))


def test_gradients_forgotten_at_the_end_of_a_step() -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        @make
        def step(x: Any, y: Any) -> Any:
            loss = F.mse_loss(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.05)
            optimizer.step()
            model.zero_grad()
            return loss

        return [*(step(*batch(i)).item() for i in range(8)), *weights(model)]

    both(run)


def test_a_step_that_fails_now_and_then_stays_captured() -> None:
    def run(make: Make) -> list[Any]:
        model = nn.Linear(3, 4)
        optimizer = optim.Adam(model.parameters())

        @make
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            return loss

        found: list[Any] = []
        for i in range(24):
            target = torch.full((6,), 9 if i % 3 == 2 else i % 4)
            try:
                found.append(step(batch(i)[0], target).item())
            except IndexError as error:
                found.append(str(error))
        return [*found, *weights(model)]

    both(run)


def test_a_parameter_that_is_updated_by_hand() -> None:
    def run(make: Make) -> list[Any]:
        weight = torch.ones(3, requires_grad=True)

        @make
        def step(x: Any, y: Any) -> Any:
            loss = F.mse_loss((x * weight).sum(1, keepdim=True), y)
            loss.backward()
            with torch.no_grad():
                weight.sub_(0.1 * weight.grad)
            weight.grad = None
            return loss

        return [*(step(*batch(i)).item() for i in range(8)), weight.detach()]

    both(run)


def test_gradients_cleared_by_the_model_and_then_clipped() -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        @make
        def step(x: Any, y: Any) -> Any:
            model.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.05)
            optimizer.step()
            return loss

        return [*(step(*batch(i)).item() for i in range(8)), *weights(model)]

    both(run)


def test_a_gradient_that_is_assigned_is_the_one_that_counts() -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        @make
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            for p in model.parameters():
                p.grad = p.grad.clamp(-0.1, 0.1)
            optimizer.step()
            return loss

        return [*(step(*batch(i)).item() for i in range(8)), *weights(model)]

    both(run, replays=False)


def test_data_assigned_in_a_step_are_the_next_steps_data() -> None:
    def run(make: Make) -> list[Any]:
        mean = torch.zeros(3)

        @make
        def step(x: Any) -> Any:
            mean.data = 0.9 * mean + 0.1 * x.mean(0)
            return x - mean

        return [*(step(batch(i)[0]) for i in range(8)), mean]

    both(run, replays=False)


def test_a_gradient_held_while_the_next_one_is_made_keeps_its_numbers() -> None:
    def run(make: Make) -> list[Any]:
        weight = torch.ones(3, requires_grad=True)

        @make
        def step(x: Any) -> Any:
            weight.grad = None
            (weight * x).sum().backward()
            first = weight.grad
            weight.grad = None
            (weight * weight * x).sum().backward()
            return first * weight.grad + first

        return [step(batch(i)[0]) for i in range(8)]

    both(run, replays=False)


def test_the_gradient_that_backward_is_given_is_read_at_each_replay() -> None:
    def run(make: Make) -> list[Any]:
        weight, gradient = torch.ones(3, requires_grad=True), torch.ones(3)

        @make
        def step(x: Any) -> Any:
            weight.grad = None
            (weight * x[0]).backward(gradient)
            return weight.grad.clone()

        found = []
        for i in range(8):
            gradient.fill_(i)
            found.append(step(batch(i)[0]))
        return found

    both(run)


def test_a_number_added_times_another_is_a_constant() -> None:
    def run(make: Make) -> list[Any]:
        step = make(lambda x: torch.add(x, 3, alpha=0.1).sub_(2, alpha=0.5))
        return [step(batch(i)[0]) for i in range(6)]

    both(run)


def test_an_optimizers_step_alone_is_captured() -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        update = make(lambda: optimizer.step())
        for i in range(8):
            optimizer.zero_grad()
            x, y = batch(i)
            F.mse_loss(model(x), y).backward()
            update()
        return weights(model)

    both(run)


def test_what_an_optimizer_keeps_may_be_forgotten_and_replaced() -> None:
    def change(model: Any, optimizer: Any, i: int) -> None:
        if i == 6:
            optimizer.state.clear()
        if i == 12:
            optimizer.state = dict(optimizer.state) | {model[0].weight: {}}
        if i == 18:
            del optimizer.state[model[0].bias]

    both(changed_meanwhile(change))


@pytest.mark.parametrize("read", [lambda w: w.detach(), lambda w: w.data, lambda w: w.data.detach().t()])
def test_memory_read_past_a_parameter_is_that_which_it_has(read: Callable[[Any], Any]) -> None:
    def run(make: Make) -> list[Any]:
        model = nn.Linear(3, 3)
        step = make(lambda x: x @ read(model.weight))
        found = []
        for i in range(12):
            if i == 4:
                model.weight.data = torch.ones(3, 3)
            if i == 8:
                model.load_state_dict({"weight": torch.eye(3), "bias": torch.ones(3)}, assign=True)
            found.append(step(batch(i)[0]))
        return found

    both(run)
