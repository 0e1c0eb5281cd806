"""Of an optimizer, also one of the user's own, state, groups, hooks and methods may change between steps."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import engine as torch
from engine import optim
from tests.engine.capture.test_surroundings import Make, batch, both, network, trainer, weights

Change = Callable[[Any, Any], Any]


class Signed(optim.Optimizer):
    """An algorithm as users write them, with a running mean."""

    factor = 1.0

    def __init__(self, params: Any, lr: float) -> None:
        super().__init__(params, {"lr": lr, "mode": "gradient"})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "mean" not in state:
                    state["mean"] = torch.zeros_like(p)
                state["mean"].mul_(0.9).add_(p.grad)
                slope = state["mean"] if group["mode"] == "gradient" else state["mean"].sign()
                p.add_(slope, alpha=-group["lr"] * self.factor)


def changed_by(changes: list[Change], make_optimizer: Any, replays: bool = True) -> None:
    """A training with one of the changes every eighth step is the same eagerly and captured."""

    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = make_optimizer(model.parameters())
        step, found = trainer(make, model, optimizer), []
        for i in range(8 + 8 * len(changes)):
            if i and i % 8 == 0:
                changes[i // 8 - 1](model, optimizer)
            found.append(step(*batch(i)).item())
        return [*found, *weights(model)]

    both(run, replays)


def state(name: str, value: Callable[[Any], Any]) -> Change:
    """Something else as what is kept of every parameter."""

    def change(model: Any, optimizer: Any) -> None:
        for p in model.parameters():
            optimizer.state[p][name] = value(p)

    return change


def test_a_tensor_of_the_state_may_be_replaced() -> None:
    changed_by(
        [
            state("exp_avg", torch.ones_like), state("step", lambda p: torch.tensor(1.0)),
            lambda model, optimizer: optimizer.state[model[0].bias].update(exp_avg_sq=torch.ones(8)),
        ],
        lambda params: optim.Adam(params, lr=0.01),
    )
    changed_by(
        [
            state("momentum_buffer", torch.ones_like),
            lambda model, optimizer: optimizer.state[model[0].weight].clear(),
            lambda model, optimizer: optimizer.state[model[0].bias].pop("momentum_buffer"),
        ],
        lambda params: optim.SGD(params, lr=0.05, momentum=0.9),
    )


@pytest.mark.parametrize(
    "make", [lambda p: optim.SGD(p, lr=0.05, momentum=0.5), optim.Adafactor, lambda p: optim.RMSprop(p)]
)
def test_groups_and_their_parameters_may_be_edited(make: Any) -> None:
    def plain(model: Any, optimizer: Any) -> None:
        optimizer.param_groups = [dict(group) for group in optimizer.param_groups]

    changed_by(
        [
            lambda model, optimizer: optimizer.param_groups[0]["params"].pop(),
            lambda model, optimizer: optimizer.param_groups[0].update(params=[*model.parameters()][1:]),
            lambda model, optimizer: optimizer.param_groups[0].__setitem__("params", [*model.parameters()]),
            lambda model, optimizer: optimizer.param_groups.append(
                {**optimizer.param_groups[0], "params": []}
            ),
            lambda model, optimizer: optimizer.param_groups.pop(),
            plain,
            lambda model, optimizer: optimizer.param_groups[0].update(lr=0.5),
        ],
        make,
    )


def test_hooks_and_a_step_of_ones_own_are_called_from_then_on() -> None:
    handles: list[Any] = []

    def halve(model: Any) -> None:
        with torch.no_grad():
            model[0].bias.mul_(0.5)

    def wrapped(model: Any, optimizer: Any) -> None:
        step = optimizer.step
        optimizer.step = lambda: (step(), halve(model))

    changed_by(
        [
            lambda model, optimizer: handles.append(
                optimizer.register_step_post_hook(lambda *_: halve(model))
            ),
            lambda model, optimizer: handles.pop().remove(),
            lambda model, optimizer: handles.append(
                optimizer.register_step_pre_hook(lambda *_: model[0].bias.grad.zero_())
            ),
            lambda model, optimizer: handles.pop().remove(),
            wrapped,
            lambda model, optimizer: delattr(optimizer, "step"),
        ],
        lambda params: optim.SGD(params, lr=0.05),
    )


def test_an_optimizer_of_the_users_own_reads_its_options_and_state_anew() -> None:
    with pytest.MonkeyPatch.context() as patch:
        changed_by(
            [
                lambda model, optimizer: optimizer.param_groups[0].update(lr=0.01),
                lambda model, optimizer: optimizer.param_groups[0].__setitem__("mode", "sign"),
                state("mean", torch.ones_like),
                lambda model, optimizer: optimizer.state.clear(),
                lambda model, optimizer: setattr(optimizer, "factor", 0.5),
                lambda model, optimizer: patch.setattr(Signed, "step", lambda self: None),
                lambda model, optimizer: patch.undo(),
            ],
            lambda params: Signed(params, lr=0.05),
        )


def test_a_step_that_reads_or_sets_an_option_itself() -> None:
    def run(make: Make, sets: bool) -> list[Any]:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.05)

        @make
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = (model(x) - y).pow(2).mean() * optimizer.param_groups[0]["lr"]
            loss.backward()
            if sets:
                optimizer.param_groups[0]["lr"] = 0.02
            optimizer.step()
            return loss

        found = []
        for i in range(20):
            optimizer.param_groups[0]["lr"] = 0.1 if i < 10 else 0.2
            found.append(step(*batch(i)).item())
        return [*found, *weights(model)]

    both(lambda make: run(make, False))
    both(lambda make: run(make, True), replays=False)


def test_a_scheduler_made_later_asks_for_the_steps_from_then_on() -> None:
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    step = trainer(torch.capture, model, optimizer)
    for i in range(6):
        step(*batch(i))
    schedule = optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step(*batch(6))
        schedule.step()
        rates = []
        for i in range(4):
            step(*batch(i))
            schedule.step()
            rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [0.0125, 0.00625, 0.003125, 0.0015625]
    assert step.why_eager is None


def test_anomalies_are_looked_for_where_that_is_asked() -> None:
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    step = trainer(torch.capture, model, optimizer)
    for i in range(4):
        step(*batch(i))
    x, y = batch(5)
    with pytest.warns(UserWarning, match="Error detected"), torch.autograd.set_detect_anomaly(True), \
            pytest.raises(RuntimeError, match="returned nan"):
        step(x * float("nan"), y)
    step(x, y)
    assert step.why_eager is None


@pytest.mark.parametrize("before", [True, False])
def test_a_schedule_within_the_step_acts_on_the_updates_that_follow(before: bool) -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.05, weight_decay=0.01)
        schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.8)

        @make
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = (model(x) - y).pow(2).mean()
            loss.backward()
            if before:
                schedule.step()
                optimizer.step()
            optimizer.step()
            if not before:
                schedule.step()
            return loss

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [*(step(*batch(i)).item() for i in range(12)), *weights(model), schedule.get_last_lr()]

    both(run)


def test_averaged_weights_are_updated_within_the_step() -> None:
    def run(make: Make) -> list[Any]:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        average = optim.swa_utils.AveragedModel(model)

        @make
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = (model(x) - average(x).detach()).pow(2).mean() + (model(x) - y).pow(2).mean()
            loss.backward()
            optimizer.step()
            average.update_parameters(model)
            return loss

        return [*(step(*batch(i)).item() for i in range(12)), *weights(model), *weights(average)]

    both(run)


def test_a_loaded_state_is_nothing_to_a_step_that_only_clears_gradients() -> None:
    model, x, y = network(), *batch(0)
    optimizer = optim.Adam(model.parameters())

    @torch.capture
    def slopes(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(8):
        slopes(x, y)
        optimizer.load_state_dict(optimizer.state_dict())
    assert slopes.replays == 6


def test_a_loaded_option_that_the_step_reads() -> None:
    optimizer = optim.SGD(network().parameters(), lr=1.0)
    captured = torch.capture(lambda x: x * optimizer.param_groups[0]["lr"])
    for lr in (1.0, 2.0):
        loaded = optimizer.state_dict()
        loaded["param_groups"][0]["lr"] = lr
        optimizer.load_state_dict(loaded)
        assert [captured(torch.ones(1)).item() for _ in range(4)] == [lr] * 4
    assert captured.why_eager is None


def first(optimizer: Any) -> Any:
    return optimizer.param_groups[0]["params"][0]


KEPT: dict[str, tuple[Change, Change]] = {  # what a step looks up, and how somebody replaces a part of it
    "a group": (
        lambda _, groups: groups[0]["lr"],
        lambda optimizer, groups: groups.__setitem__(0, {**groups[0], "lr": 2.0}),
    ),
    "a parameter of a group": (
        lambda _, groups: groups[0]["params"][0].detach(),
        lambda optimizer, groups: groups[0]["params"].__setitem__(0, torch.full((2,), 3.0)),
    ),
    "a state's tensor": (
        lambda optimizer, _: optimizer.state[first(optimizer)]["exp_avg"],
        lambda optimizer, _: optimizer.state[first(optimizer)].update(exp_avg=torch.full((2,), 4.0)),
    ),
    "a state": (
        lambda optimizer, _: optimizer.state[first(optimizer)]["exp_avg"],
        lambda optimizer, _: optimizer.state.update({first(optimizer): {"exp_avg": torch.full((2,), 5.0)}}),
    ),
}


@pytest.mark.parametrize(("look_up", "replace"), KEPT.values(), ids=KEPT)
def test_what_an_optimizer_keeps_is_replaced_and_the_step_reads_it(look_up: Change, replace: Change) -> None:
    parameter = torch.ones(2, requires_grad=True)
    optimizer = optim.Adam([parameter], lr=1.0)
    parameter.grad = torch.ones(2)
    optimizer.step()
    groups, x = optimizer.param_groups, torch.ones(2)

    captured = torch.capture(lambda x: x * look_up(optimizer, groups))
    before = [captured(x).tolist() for _ in range(4)]
    assert captured.replays == 2
    replace(optimizer, groups)
    expected = (x * look_up(optimizer, groups)).tolist()
    assert before[0] != expected
    assert [captured(x).tolist() for _ in range(4)] == [expected] * 4
    assert captured.why_eager is None


@pytest.mark.filterwarnings("ignore:.*duplicate parameters")
@pytest.mark.parametrize("make_optimizer", [optim.Adam, lambda p: optim.SGD(p, 0.1, momentum=0.9)])
def test_a_parameter_that_is_there_twice(make_optimizer: Any) -> None:
    changed_by([], lambda parameters: make_optimizer([*(found := list(parameters)), found[0]]))
