"""Everything around a captured training step keeps its meaning: gradients, options, aliases, states."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim

STEPS = 9


def data(number: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    return tuple(torch.from_numpy(rng.normal(size=(8, n)).astype(np.float32)) for n in (4, 2))  # type: ignore[return-value]


def network() -> Any:
    torch.manual_seed(2)
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))


def both(run: Callable[[Callable[..., Any]], Any]) -> None:
    """``run`` gives the same numbers with a decorator that does nothing and with ``capture``."""
    made: list[Any] = []

    def captured(function: Callable[..., Any]) -> Any:
        made.append(torch.capture(function))
        return made[-1]

    eager, replayed = run(lambda function: function), run(captured)
    for a, b in zip(eager, replayed, strict=True):
        np.testing.assert_array_equal(a, b)
    assert all(step.replays > 0 for step in made), [step.why_eager for step in made]


def weights(model: Any) -> list[np.ndarray]:
    return [p.detach().numpy().copy() for p in model.parameters()]


def plain_step(model: Any, optimizer: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def test_gradients_accumulate_over_captured_calls() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        @decorate
        def part(x: Any, y: Any) -> Any:
            loss = nn.functional.mse_loss(model(x), y) / 3
            loss.backward()
            return loss

        for i in range(STEPS):
            part(*data(i))
            if i % 3 == 2:
                optimizer.step()
                optimizer.zero_grad()
        return weights(model)

    both(run)


def test_gradients_filled_with_zeros_accumulate_too() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        @decorate
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad(set_to_none=False)
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()

        for i in range(STEPS):
            step(*data(i))
        return weights(model)

    both(run)


def test_several_backwards_in_one_step_add_up() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.AdamW(model.parameters())

        @decorate
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            for part in range(2):
                half = slice(4 * part, 4 * part + 4)
                nn.functional.mse_loss(model(x[half]), y[half]).backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 0.3)
            nn.utils.clip_grad_value_(model.parameters(), 0.1)
            optimizer.step()
            return norm

        return [*(step(*data(i)).numpy() for i in range(STEPS)), *weights(model)]

    both(run)


def test_grad_keeps_its_identity_and_holds_the_latest_gradient() -> None:
    model, twin = network(), network()
    optimizers = [optim.SGD(m.parameters(), lr=0.1) for m in (model, twin)]
    step, eager = torch.capture(plain_step(model, optimizers[0])), plain_step(twin, optimizers[1])
    seen = set()
    for i in range(6):
        step(*data(i))
        eager(*data(i))
        if i >= 2:
            seen.add(tuple(id(p.grad) for p in model.parameters()))
        for p, q in zip(model.parameters(), twin.parameters(), strict=True):
            np.testing.assert_array_equal(p.grad.numpy(), q.grad.numpy())
    assert len(seen) == 1


def test_learning_rate_and_options_may_change() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        step = decorate(plain_step(model, optimizer))
        for i in range(5 * STEPS):
            if i == STEPS:
                optimizer.param_groups[0]["lr"] = 0.01
            if i == 2 * STEPS:
                optimizer.param_groups[0]["weight_decay"] = 0.1
            if i == 3 * STEPS:
                optimizer.param_groups[0]["momentum"] = 0.5
            step(*data(i))
        return weights(model)

    both(run)


@pytest.mark.parametrize("inside", [True, False])
def test_schedulers_act_inside_and_outside_the_step(inside: bool) -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 7)
        inner = plain_step(model, optimizer)

        @decorate
        def step(x: Any, y: Any) -> Any:
            loss = inner(x, y)
            if inside:
                schedule.step()
            return loss

        rates = []
        for i in range(STEPS):
            step(*data(i))
            if not inside:
                schedule.step()
            rates.append(schedule.get_last_lr()[0])
        return [*weights(model), rates]

    both(run)


def test_groups_have_options_of_their_own_and_frozen_parameters_rest() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        model[2].weight.requires_grad_(False)
        optimizer = optim.AdamW(
            [
                {"params": model[0].parameters(), "lr": 0.1},
                {"params": model[2:].parameters(), "weight_decay": 0.3},
            ]
        )
        step = decorate(plain_step(model, optimizer))
        for i in range(STEPS):
            step(*data(i))
        assert model[2].weight.grad is None
        return weights(model)

    both(run)


@pytest.mark.parametrize("freeze", [lambda m: m.requires_grad_(False), lambda m: m.bias.detach_()])
def test_freezing_between_calls_takes_effect(freeze: Callable[[Any], Any]) -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        step = decorate(plain_step(model, optimizer))
        for i in range(3 * STEPS):
            if i == STEPS:
                freeze(model[0])
            if i == 2 * STEPS:
                model[0].requires_grad_()
            step(*data(i))
        return weights(model)

    both(run)


def test_tied_weights_stay_tied() -> None:
    def run(decorate: Any) -> Any:
        torch.manual_seed(4)
        model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.Linear(4, 2))
        model[2].weight = model[0].weight
        step = decorate(plain_step(model, optim.Adam(model.parameters(), lr=0.05)))
        for i in range(STEPS):
            step(*data(i))
        assert model[0].weight is model[2].weight
        return weights(model)

    both(run)


def test_aliases_taken_before_the_optimizer_was_made_see_the_training() -> None:
    memory = np.ones((2, 4), np.float32)
    model = nn.Linear(4, 2)
    model.weight = nn.Parameter(torch.from_numpy(memory))
    alias = model.bias.data
    step = torch.capture(plain_step(model, optim.SGD(model.parameters(), lr=0.1)))
    for i in range(6):
        step(*data(i))
        np.testing.assert_array_equal(memory, model.weight.detach().numpy())
        assert torch.equal(alias, model.bias)
    assert step.replays == 4
    memory[...] = 0
    assert model.weight.abs().sum().item() == 0


def test_numbers_written_between_calls_are_used() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        step = decorate(plain_step(model, optim.Adam(model.parameters())))
        for i in range(STEPS):
            if i == 4:
                model[0].weight.data.mul_(0.5)
            if i == 5:
                model.load_state_dict({k: v * 0.9 for k, v in model.state_dict().items()})
            if i == 6:
                with torch.no_grad():
                    model[2].bias.fill_(0.25)
            step(*data(i))
        return weights(model)

    both(run)


def test_states_are_saved_and_loaded_in_between() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.05)
        step = decorate(plain_step(model, optimizer))
        for i in range(3 * STEPS):
            if i == STEPS:
                saved = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
            if i == 2 * STEPS:
                model.load_state_dict(saved[0])
                optimizer.load_state_dict(saved[1])
            step(*data(i))
        steps = [state["step"].item() for state in optimizer.state.values()]
        return [*weights(model), steps]

    both(run)


def test_a_group_added_later_is_trained() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model[0].parameters(), lr=0.1)
        step = decorate(plain_step(model, optimizer))
        for i in range(2 * STEPS):
            if i == STEPS:
                optimizer.add_param_group({"params": model[2].parameters(), "lr": 0.2})
            step(*data(i))
        return weights(model)

    both(run)


def test_eager_and_captured_steps_may_alternate() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.02)
        eager = plain_step(model, optimizer)
        step = decorate(plain_step(model, optimizer))
        for i in range(2 * STEPS):
            (eager if i % 4 == 3 else step)(*data(i))
        return weights(model)

    both(run)


def test_an_eager_graph_notices_that_a_replay_changed_what_it_saved() -> None:
    model = network()
    step = torch.capture(plain_step(model, optim.SGD(model.parameters(), lr=0.1)))
    for i in range(4):
        step(*data(i))
    loss = model(data(0)[0]).sum()
    step(*data(4))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_results_come_in_the_form_the_step_gives_them() -> None:
    model = network()

    @torch.capture
    def look(batch: dict[str, Any]) -> Any:
        with torch.no_grad():
            out = model(batch["x"])
        return {"out": out, "parts": (out.mean(), [out.argmax(1)]), "note": "fine"}

    for i in range(5):
        x, _ = data(i)
        found = look({"x": x})
        expected = model(x).detach()
        assert torch.equal(found["out"], expected)
        assert torch.equal(found["parts"][1][0], expected.argmax(1))
        assert found["note"] == "fine"
    assert look.replays == 3


def test_what_is_measured_beside_the_loss_may_be_returned_as_it_is() -> None:
    def run(decorate: Any) -> Any:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        @decorate
        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            out = model(x)
            loss = nn.functional.mse_loss(out, y)
            loss.backward()
            optimizer.step()
            return loss, (out - y).abs().max()

        return [value.detach().numpy() for i in range(STEPS) for value in step(*data(i))]

    both(run)
