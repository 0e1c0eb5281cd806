"""Options of an optimizer that change under a captured step, by schedules or by hand, are followed."""

from __future__ import annotations

from typing import Any

import pytest

import engine as torch
from engine import nn, optim
from tests.engine.capture.test_training import STEPS, both, data, network, plain_step, weights


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("make", [lambda p: optim.Adam(p), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)])
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_a_schedule_of_rates_and_momenta_is_followed(make: Any, first: bool) -> None:
    def run(decorate: Any, inside: bool) -> Any:
        model = network()
        optimizer = make(model.parameters())
        schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=40)

        @decorate
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            if inside and first:
                schedule.step()
            optimizer.step()
            if inside and not first:
                schedule.step()
            return loss

        for i in range(STEPS):
            step(*data(i))
            if not inside:
                schedule.step()
        return weights(model)

    both(lambda decorate: run(decorate, True))
    both(lambda decorate: run(decorate, False))


def test_options_changed_by_hand_take_effect_at_the_next_step() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        step = decorate(plain_step(model, optimizer))
        for i in range(3 * STEPS):
            group = optimizer.param_groups[0]
            if i == STEPS:
                group["betas"] = (0.5, 0.9)
            if i == STEPS + 3:
                group |= {"weight_decay": 0.1, "lr": 0.02}
            if i == STEPS + 6:
                group.update(eps=1e-3)
                group.pop("foreach")
            step(*data(i))
        return weights(model)

    both(run)


OTHER_STATE = {
    "momentum": (lambda p: optim.RMSprop(p, lr=0.01), {"momentum": 0.5}),
    "centered": (lambda p: optim.RMSprop(p, lr=0.01, momentum=0.5), {"centered": True}),
    "amsgrad": (lambda p: optim.Adam(p, lr=0.01), {"amsgrad": True}),
}


@pytest.mark.parametrize("name", OTHER_STATE)
@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_options_that_need_more_state_have_it(name: str, scheduled: bool) -> None:
    make, options = OTHER_STATE[name]

    def run(decorate: Any) -> Any:
        model = network()
        optimizer = make(model.parameters())
        schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)

        @decorate
        def step(x: Any, y: Any) -> Any:
            if scheduled:
                schedule.step()  # before the update, which is then not a list of calls
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            return loss

        for i in range(2 * STEPS):
            if i == STEPS:
                optimizer.param_groups[0].update(options)
            step(*data(i))
        return weights(model)

    both(run)


def test_options_that_need_more_memory_to_work_in_have_it() -> None:
    def run(decorate: Any) -> Any:
        model = nn.Sequential(nn.Linear(4, 512), nn.ReLU(), nn.Linear(512, 2))
        for number, p in enumerate(model.parameters()):
            nn.init.normal_(p, generator=torch.Generator().manual_seed(number))
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        step = decorate(plain_step(model, optimizer))
        for i in range(3 * STEPS):
            if i in (STEPS, 2 * STEPS):
                optimizer.param_groups[0].update(weight_decay=0.5 * (i == STEPS), maximize=i > STEPS)
            step(*data(i))
        return weights(model)

    both(run)


@pytest.mark.parametrize("width", [4, 130])  # one run of small parameters, and a large one by itself
@pytest.mark.parametrize("way", ["schedule", "by hand", "with a gradient assigned"])
def test_options_change_while_there_are_no_gradients_or_others(width: int, way: str) -> None:
    def run(decorate: Any) -> Any:
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(4, 130), nn.Tanh(), nn.Linear(130, width), nn.Linear(width, 2))
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=40)

        @decorate
        def step(x: Any, y: Any) -> Any:
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            return loss

        found = []
        for i in range(3 * STEPS):
            if way == "schedule":
                schedule.step()
            elif i % STEPS == 4:
                optimizer.param_groups[0]["weight_decay"] = 0.1 * i
                if way != "by hand":
                    for p in model.parameters():
                        p.grad = torch.ones_like(p)
            found.append(step(*data(i)).item())
        return [*found, *weights(model)]

    both(run)


def test_a_group_is_given_other_parameters_while_only_zero_grad_is_captured() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        def back(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = (model(x) - y).square().mean()
            loss.backward()
            return loss

        step, found = decorate(back), []
        for i in range(STEPS):
            if i == 4:
                optimizer.load_state_dict(optimizer.state_dict())
            if i == 6:
                optimizer.param_groups[0]["params"] = optimizer.param_groups[0]["params"][:1]
            step(*data(i))
            found += [p.grad.numpy().copy() for p in model.parameters()]
        return found

    both(run)
