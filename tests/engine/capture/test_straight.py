"""A plan that is replayed often becomes one generated function, made of numbers only, that does the same."""

from __future__ import annotations

import gc
import math
import re
import sys
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim
from engine.capture.replay.plan import OFTEN
from engine.capture.replay.straight import written

MANY = OFTEN + 6
WORDS = re.findall(r"\w+", """
    def bind attempt step args kwargs plan calls holds if else return is not None or and try except finally
    pass as problem version options arg shape dtype here environment thread flushing enter usual base
    replays states _grad _array _requires_grad dot out taken changed _latest _look _changed function get
    broken __traceback__ tb_lineno flags c_contiguous
""")


def batch(number: int, size: int = 8) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    return tuple(torch.from_numpy(rng.normal(size=(size, n)).astype(np.float32)) for n in (4, 2))  # type: ignore[return-value]


def training(hidden: int = 6) -> tuple[Any, Any, Callable[..., Any]]:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(4, hidden), nn.Tanh(), nn.Linear(hidden, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def plan_of(step: Any) -> Any:
    return step._latest


@pytest.mark.parametrize("hidden", [6, 200])  # few numbers, and so many that denormal ones are kept away
def test_it_goes_on_to_the_same_bits(hidden: int) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        model, _, step = training(hidden)
        run = decorate(step)
        torch.set_flush_denormal(True)
        losses = [run(*batch(i)).item() for i in range(MANY)]
        torch.set_flush_denormal(False)
        found.append((losses, [p.tolist() for p in model.parameters()]))
    assert plan_of(run).straight is not None
    assert run.replays == MANY - 2
    assert found[0] == found[1]


def test_fresh_numbers_are_drawn_and_those_of_a_step_that_failed_are_drawn_again() -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(3)
        run = decorate(lambda x, y: nn.functional.cross_entropy(nn.functional.dropout(x), y))
        x, good, bad = torch.ones(2, 5), torch.tensor([0, 4]), torch.tensor([0, 5])
        losses = [run(x, good).item() for _ in range(MANY)]
        with pytest.raises(IndexError):
            run(x, bad)
        found.append([*losses, run(x, good).item()])
    assert plan_of(run).straight is not None
    assert found[0] == found[1]


def test_its_text_has_no_word_but_those_of_the_module() -> None:
    secret_name = torch.tensor(2.0)
    scale = {"os.system('x')": 3.0}

    @torch.capture
    def step(x: Any, _unusual_argument: Any, word: str = "") -> Any:
        return x * secret_name * scale["os.system('x')"] + _unusual_argument["a key"]

    for i in range(4):
        step(torch.ones(2) * i, {"a key": torch.ones(2)}, word="os.system('x')")
    source = written(plan_of(step), None, None).source
    names = set(re.findall(r"[A-Za-z_]\w*", source))
    assert {name for name in names if not re.fullmatch(r"[abcgv]\d+", name)} <= set(WORDS)
    assert not set(source) & set("\"'\\#@;%")


def test_a_changed_learning_rate_option_or_mode_is_noticed() -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        model, optimizer, step = training()
        run = decorate(step)
        for i in range(MANY):
            run(*batch(i))
        optimizer.param_groups[0]["lr"] = 0.5
        run(*batch(1))
        optimizer.param_groups[0].update(betas=(0.5, 0.9), weight_decay=0.1)
        for i in range(4):
            run(*batch(i))
        model.eval()
        model[0].weight.requires_grad_(False)
        for i in range(4):
            run(*batch(i))
        found.append([p.tolist() for p in model.parameters()])
    assert found[0] == found[1]


def test_another_shape_type_variable_or_count_of_arguments_is_not_taken_for_the_same() -> None:
    factor = 2.0

    @torch.capture
    def scaled(x: Any, y: Any = 1.0) -> Any:
        return x * factor + y

    x, y = torch.ones(3), torch.ones(3)
    for _ in range(MANY):
        assert scaled(x, y).tolist() == [3, 3, 3]
    assert plan_of(scaled).straight is not None
    assert scaled(torch.ones(1), torch.ones(1)).tolist() == [3]
    assert scaled(torch.ones(3, dtype=torch.float64), y).dtype is torch.float64
    assert scaled(x).tolist() == [3, 3, 3]
    assert scaled(x, 5.0).tolist() == [7, 7, 7]
    factor = 10.0
    assert scaled(x, y).tolist() == [11, 11, 11]


FACTOR = torch.tensor(2.0)
NAMED = "two words"


def test_a_variable_of_the_module_that_is_replaced_or_deleted_is_noticed(monkeypatch: Any) -> None:
    @torch.capture
    def scaled(x: Any) -> Any:
        return x * FACTOR if NAMED else x

    here = sys.modules[__name__]
    for _ in range(MANY):
        assert scaled(torch.ones(2)).tolist() == [2, 2]
    assert plan_of(scaled).straight is not None
    monkeypatch.setattr(here, "FACTOR", torch.tensor(5.0))
    assert scaled(torch.ones(2)).tolist() == [5, 5]
    monkeypatch.setattr(here, "NAMED", "")
    assert scaled(torch.ones(2)).tolist() == [1, 1]
    monkeypatch.undo()
    assert scaled(torch.ones(2)).tolist() == [2, 2]
    monkeypatch.delattr(here, "NAMED")
    with pytest.raises(NameError, match="NAMED"):
        scaled(torch.ones(2))


def test_a_variable_around_the_step_that_is_deleted_is_noticed() -> None:
    factor = torch.tensor(2.0)

    @torch.capture
    def scaled(x: Any) -> Any:
        return x * factor  # noqa: F821 - it is deleted below

    for _ in range(MANY):
        scaled(torch.ones(2))
    del factor
    with pytest.raises(NameError, match="factor") as caught:
        scaled(torch.ones(2))
    assert caught.value.__context__ is None


def test_a_name_error_of_the_step_is_raised_once() -> None:
    calls = [0]

    @torch.capture
    def step(x: Any) -> Any:
        if calls[0]:
            calls[0] += 1
            return missing  # noqa: F821
        return x + 1

    for _ in range(MANY):
        step(torch.ones(2))
    assert plan_of(step).straight is not None
    calls[0] = 1
    with pytest.raises(NameError, match="missing"):
        step(torch.ones(2))
    assert calls == [2]


def test_a_step_that_calls_itself_runs_the_inner_call_eagerly() -> None:
    @torch.capture
    def halved(x: Any) -> Any:
        return x / 2 if len(x) == 2 else halved(x[:2]).repeat(2)

    for i in range(MANY):
        assert halved(torch.ones(4) * i).tolist() == [i / 2] * 4


@pytest.mark.parametrize("upstream", [1.0, math.inf, math.nan])
def test_a_gradient_passes_a_relu_where_it_did_in_the_eager_step(upstream: float) -> None:
    numbers = [-0.0, 0.0, -1.0, 1.0, 2e-38, math.inf, math.nan, -math.nan, -math.inf]

    def step(x: Any, scale: Any) -> Any:
        shift.grad = None
        (nn.functional.relu(x + shift) * scale).sum().backward()

    found = []
    for decorate in (lambda step: step, torch.capture):
        shift, run = torch.full((len(numbers),), -0.0, requires_grad=True), decorate(step)
        for _ in range(MANY):
            run(torch.tensor(numbers), torch.tensor(upstream))
        found.append(shift.grad.tolist())
    assert found[1] == pytest.approx(found[0], nan_ok=True)
    assert found[1][:3] == [0, 0, 0]


def test_an_argument_in_another_order_of_memory_and_one_that_is_returned_are_read_right() -> None:
    weight = torch.arange(6.0).reshape(2, 3)

    @torch.capture
    def step(x: Any) -> Any:
        return x @ weight.T, x

    base = torch.arange(12.0)
    for i in range(MANY):
        x = base.reshape(4, 3) + i
        product, same = step(x)
    turned = base.reshape(3, 4).T
    product, same = step(turned)
    assert product.tolist() == (turned @ weight.T).tolist()
    assert same.tolist() == turned.tolist()
    turned += 1
    assert same.tolist() != turned.tolist()


def test_a_gradient_replaced_by_hand_is_added_to() -> None:
    weight = torch.ones(2, requires_grad=True)

    @torch.capture
    def part(x: Any) -> None:
        (weight * x).sum().backward()

    weight.grad = torch.zeros(2)
    for _ in range(MANY):
        part(torch.ones(2))
    assert weight.grad.tolist() == [MANY, MANY]
    weight.grad = torch.tensor([100.0, 200.0])
    part(torch.ones(2))
    assert weight.grad.tolist() == [101, 201]
    weight.grad = None
    part(torch.ones(2))
    assert weight.grad.tolist() == [1, 1]


@pytest.mark.parametrize("form", ["itself", "detached", "viewed"])
@pytest.mark.parametrize("sizes", [(5, 3), (200, 100)])  # side by side with the bias's in memory, and apart
def test_the_latest_gradient_may_be_an_argument(form: str, sizes: tuple[int, int]) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(1)
        layer = nn.Linear(*sizes)
        optimizer = optim.SGD(layer.parameters(), lr=0.01)

        def step(x: Any, grad: Any, layer: Any = layer, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            layer(x).pow(2).mean().backward()
            optimizer.step()
            return (grad * grad).sum()  # of the one before

        run, grad, sums = decorate(step), torch.ones(sizes[::-1]), []
        for _ in range(MANY):
            given = {"itself": grad, "detached": grad.detach(), "viewed": grad.view(*sizes)}[form]
            sums.append(run(torch.ones(2, sizes[0]), given).item())
            grad = layer.weight.grad
        found.append(sums)
    assert plan_of(run).straight is not None
    assert found[0] == found[1]


def test_an_error_leaves_the_step_as_it_was() -> None:
    model = nn.Linear(3, 4)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    @torch.capture
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    x, good, bad = torch.ones(2, 3), torch.tensor([0, 3]), torch.tensor([0, 4])
    for _ in range(MANY):
        step(x, good)
    before = model.weight.tolist()
    with pytest.raises(IndexError, match="Target 4 is out of bounds"):
        step(x, bad)
    assert model.weight.tolist() == before
    step(x, good)
    assert step.why_eager is None


def test_a_step_that_nobody_has_any_more_is_gone_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        for count in (4, MANY):
            model, _, step = training()
            run = torch.capture(step)
            for i in range(count):
                run(*batch(i))
            traces = [weakref.ref(model[0]), weakref.ref(plan_of(run))]
            del model, _, step, run
            assert [trace() for trace in traces] == [None, None]
    finally:
        gc.enable()
