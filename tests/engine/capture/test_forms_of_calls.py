"""However a step is called, the arguments are looked at anew and its replays are as fast."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import engine as torch
from engine import nn, optim
from engine.capture.replay.plan import Plan
from engine.nn import functional as F
from tests.engine.capture.test_surroundings import batch, network, weights


@pytest.fixture(autouse=True, scope="module")
def soon() -> Iterator[None]:
    """After two replays a plan is written as one function."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[Plan.__module__], "OFTEN", 2)
        yield


def train(model: Any, optimizer: Any, criterion: Any, x: Any, y: Any) -> Any:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss


Call = Callable[[Any, Any, Any, Any, Any], Any]


@pytest.mark.parametrize(
    "call",
    [
        lambda step, model, optimizer, x, y: step(model, optimizer, F.mse_loss, x, y),
        lambda step, model, optimizer, x, y: step(model, optimizer, F.mse_loss, y=y, x=x),
        lambda step, model, optimizer, x, y: step(
            model=model, optimizer=optimizer, criterion=F.mse_loss, x=x, y=y
        ),
    ],
    ids=["by position", "in part by name", "by name"],
)
def test_model_optimizer_and_loss_may_be_arguments(call: Call) -> None:
    found = []
    steps = train, torch.capture(train)
    for step in steps:
        torch.manual_seed(0)
        model = network()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        losses = [call(step, model, optimizer, *batch(i)).item() for i in range(12)]
        found.append((losses, [w.tolist() for w in weights(model)]))
    assert found[0] == found[1]
    (kind,) = steps[1]._kinds.values()
    assert kind.plans[0].straight is not None
    assert kind.plans[0].replays == 10


def test_batches_may_be_tuples_lists_and_dicts() -> None:
    @torch.capture
    def step(given: Any, scale: float = 2.0) -> Any:
        x, y = (given["x"], given["more"][0]) if isinstance(given, dict) else given
        return (x - y) * scale

    forms: list[Callable[[Any, Any], Any]] = [
        lambda x, y: (x, y), lambda x, y: [x, y], lambda x, y: {"x": x, "more": [y]},
    ]
    for _ in range(2):
        for form in forms:
            for i in range(8):
                x, y = torch.full((2,), float(i)), torch.ones(2)
                assert step(form(x, y)).tolist() == [2 * (i - 1)] * 2
                assert step(form(x, y), scale=3.0).tolist() == [3 * (i - 1)] * 2
    assert step.replays == 6 * (16 - 2)


def test_an_argument_in_another_order_of_memory_rounds_as_it_does_eagerly() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(23, 17)
    forms: list[Callable[[Any], Any]] = [
        lambda x: x, lambda x: x.t().contiguous().t(), lambda x: torch.stack([x, x])[1],
        lambda x: x.t().contiguous().t() * 1,
    ]
    step = torch.capture(lambda x: (layer(x).detach(), x.sum(0), x @ x.t()))
    for seed in range(20):
        x = forms[seed // 2 % 4](torch.from_numpy(np.random.default_rng(seed).normal(size=(29, 23))).float())
        for found, expected in zip(step(x), step.function(x), strict=True):
            assert found.tolist() == expected.tolist()
    assert step.why_eager is None


class Batch(NamedTuple):
    x: Any
    scale: float = 1.0


def test_batches_and_results_may_be_named_tuples() -> None:
    largest = torch.capture(lambda batch: (batch.x * batch.scale).max(1))
    doubled = torch.capture(lambda batch: Batch([batch.x * 2, "twice"], batch.scale))
    for seed in range(8):
        x, _ = batch(seed)
        for given in (Batch(x), Batch(x, 2.0)):
            values, indices = found = largest(given)
            assert type(found) is type(x.max(1))
            assert values.tolist() == (x * given.scale).max(1).values.tolist()
            assert indices.tolist() == (x * given.scale).max(1).indices.tolist()
            (twice, word), scale = other = doubled(given)
            assert (type(other), word, scale) == (Batch, "twice", given.scale)
            assert twice.tolist() == (x * 2).tolist()
    assert (largest.replays, doubled.replays) == (12, 12)


def test_another_form_of_call_is_not_taken_for_the_one_before() -> None:
    layers = nn.Linear(2, 2), nn.Linear(2, 2)

    @torch.capture
    def step(given: Any, layer: Any = None, *, scale: Any = 1.0) -> Any:
        total = sum(given.values()) if isinstance(given, dict) else sum(given)
        return (total if layer is None else layer(total)).detach() * scale

    one, two = torch.ones(2), torch.full((2,), 2.0)
    for _ in range(8):
        step({"a": one, "b": two}, layers[0], scale=3.0)
    calls: list[tuple[Any, dict[str, Any]]] = [
        (({"a": two, "b": two}, layers[0]), {"scale": 3.0}),
        (({"a": one, "b": two}, layers[1]), {"scale": 3.0}),
        (({"a": one, "b": two}, layers[0]), {"scale": 4.0}),
        (({"a": one, "b": two}, layers[0]), {"scale": 3}),
        (({"a": one, "b": two}, layers[0]), {}),
        (({"a": one},), {"scale": 3.0}),
        (({"a": one, "c": two}, layers[0]), {"scale": 3.0}),
        (({"a": one, "b": two, "c": two}, layers[0]), {"scale": 3.0}),
        (((one, two), layers[0]), {"scale": 3.0}),
        (([one, two], layers[0]), {"scale": torch.full((), 5.0)}),
        (({"a": one, "b": torch.ones(1)}, layers[0]), {"scale": 3.0}),
        (({"a": one, "b": two.double()},), {"scale": 3.0}),
    ]
    for args, kwargs in calls:
        assert torch.equal(step(*args, **kwargs), step.function(*args, **kwargs))
        step({"a": one, "b": two}, layers[0], scale=3.0)
    assert step.why_eager is None


@pytest.mark.parametrize("by_name", [False, True])
def test_a_zero_of_another_sign_is_another_number_and_nan_is_always_the_same(by_name: bool) -> None:
    @torch.capture
    def angle(x: Any, y: float) -> Any:
        return torch.atan2(x, torch.full((1,), y))

    zero = torch.zeros(1)
    for value in [0.0, -0.0, float("nan")]:
        found = [angle(zero, y=value) if by_name else angle(zero, value) for _ in range(6)]
        right = np.arctan2(np.float32(0), np.float32(value)).item()
        assert [str(one.item()) for one in found] == [str(right)] * 6
        assert angle.why_eager is None
    assert angle.replays == 12


@pytest.mark.parametrize("part", ["weight", "its rows", "running_mean"])
def test_an_argument_may_now_and_then_lie_where_the_step_writes(part: str) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(0)
        layer, norm = nn.Linear(3, 3), nn.BatchNorm1d(3)
        optimizer = optim.SGD([*layer.parameters(), *norm.parameters()], lr=0.1)

        def step(x: Any, y: Any, around: Any = (layer, norm, optimizer)) -> Any:
            layer, norm, optimizer = around
            optimizer.zero_grad()
            loss = norm(layer(x)).pow(3).mean()
            loss.backward()
            optimizer.step()
            return loss, (y * 2).sum()

        weight = layer.weight.detach()
        held = {"weight": weight, "its rows": weight[1:], "running_mean": norm.running_mean}
        run = decorate(step)
        for i in range(12):
            y = held[part] if i in (3, 4, 8, 11) else torch.full(held[part].shape, float(i))
            found.append([result.item() for result in run(batch(i)[0], y)])
    assert found[:12] == found[12:]
    assert run.replays == 6
