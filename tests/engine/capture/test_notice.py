"""Whatever decides what a step's Python code does may change between its calls: a replay notices."""

from __future__ import annotations

import dataclasses
import sys
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn
from engine.capture.replay.plan import Plan
from engine.nn import functional as F
from tests.engine.capture.test_surroundings import Make, both

Program = Callable[[], tuple[Callable[[Any], Any], list[Callable[[], Any]]]]
BETA = 1.0


class Plain:
    """An object with a number, a property and methods."""

    shared = 2.0

    def __init__(self) -> None:
        self.k = 2.0

    @property
    def twice(self) -> float:
        return self.k * 2

    @staticmethod
    def still(x: Any) -> Any:
        return x * 2

    def scaled(self, x: Any) -> Any:
        return x * self.k


class Other(Plain):
    """Another class with the same attributes."""

    def scaled(self, x: Any) -> Any:
        return x * 7


@dataclasses.dataclass(slots=True)
class Slots:
    """An object without a dict."""

    k: float = 2.0


class Reading:
    """A descriptor that reads something of its own."""

    value = 2.0

    def __get__(self, instance: Any, owner: Any = None) -> float:
        return self.value


class Layer(nn.Module):
    """A module of the user's, with a number."""

    def __init__(self) -> None:
        super().__init__()
        self.k = 2.0

    def forward(self, x: Any, shift: float = 0.0) -> Any:
        return x * self.k + shift


class Described:
    """An object with such an attribute."""

    k = Reading()


def functions() -> Any:
    def inner(x: Any, scale: float = 2.0, *, shift: float = 0.0) -> Any:
        return x * scale + shift

    def other(x: Any, scale: float = 2.0, *, shift: float = 0.0) -> Any:
        return x * 5

    inner.factor = 1.0  # type: ignore[attr-defined]
    return lambda x: inner(x) * inner.factor, [  # type: ignore[attr-defined]
        lambda: setattr(inner, "__defaults__", (3.0,)),
        lambda: setattr(inner, "__kwdefaults__", {"shift": 1.0}),
        lambda: inner.__kwdefaults__.update(shift=4.0),
        lambda: setattr(inner, "factor", 3.0),
        lambda: setattr(inner, "__code__", other.__code__),
    ]


def methods() -> Any:
    thing = Plain()
    return lambda x: thing.scaled(x) + thing.still(x) + thing.twice + thing.shared, [
        lambda: setattr(Plain, "scaled", lambda self, x: x * 3),
        lambda: setattr(thing, "scaled", lambda x: x * 4),
        lambda: delattr(thing, "scaled"),
        lambda: setattr(Plain, "still", staticmethod(lambda x: x * 5)),
        lambda: setattr(Plain, "twice", property(lambda self: 6.0)),
        lambda: setattr(thing, "shared", 8.0),
        lambda: setattr(thing, "__class__", Other),
    ]


def objects() -> Any:
    slots, described, space = Slots(), Described(), types.SimpleNamespace(k=2.0, inner=Plain())
    within, argument = (Plain(),), Plain()
    tensor = torch.ones(1)
    tensor.scale = 1.0

    def step(x: Any, argument: Any = argument) -> Any:
        x = x * slots.k * described.k * space.inner.k * within[0].k * argument.k * tensor.scale
        return x * getattr(space, "k") * getattr(space, "late", 1.0)  # noqa: B009

    return step, [
        lambda: setattr(slots, "k", 3.0),
        lambda: setattr(Reading, "value", 4.0),
        lambda: setattr(space.inner, "k", 5.0),
        lambda: setattr(within[0], "k", 6.0),
        lambda: setattr(argument, "k", 7.0),
        lambda: setattr(tensor, "scale", 8.0),
        lambda: setattr(space, "k", 9.0),
        lambda: setattr(space, "late", 10.0),
    ]


def contents() -> Any:
    nested, queue = {"a": {"b": {"c": [2.0]}}}, deque([1.0, 2.0], maxlen=2)
    chosen, ordered, array = {"a"}, OrderedDict(a=1.0), np.array([1.0, 2.0])
    steps, long = [torch.tanh, torch.sin], [1.0] * 100
    wide = {f"k{i}": float(i) for i in range(100)}

    def step(x: Any) -> Any:
        for function in steps:
            x = function(x)
        x = x * nested["a"]["b"]["c"][0] + queue[0] + ordered["a"] + array[0] + wide["k3"]
        return (x if "a" in chosen else -x) + sum(long)

    return step, [
        lambda: nested["a"]["b"]["c"].__setitem__(0, 3.0),
        lambda: queue.append(4.0),
        lambda: (chosen.remove("a"), chosen.add("b")),
        lambda: ordered.update(a=5.0),
        lambda: array.__setitem__(0, 6.0),
        lambda: steps.__setitem__(0, torch.cos),
        lambda: steps.append(torch.exp),
        lambda: long.__setitem__(50, 7.0),
        lambda: wide.update(k3=8.0),
    ]


def within_functions() -> Any:
    thing, parts = Plain(), [torch.ones(1), torch.ones(1)]
    bound = partial(lambda thing, x: x * thing.k, thing)

    def step(x: Any) -> Any:
        def inner(x: Any) -> Any:
            return x * thing.shared

        return sum(inner(x) * part * BETA for part in parts) + bound(x)

    return step, [
        lambda: globals().update(BETA=3.0),
        lambda: setattr(thing, "shared", 4.0),
        lambda: setattr(thing, "k", 5.0),
    ]


def of_the_engine() -> Any:
    return lambda x: F.relu(x) + torch.tanh(x) + torch.zeros(1), [
        lambda: setattr(F, "relu", torch.sin),
        lambda: setattr(torch, "tanh", torch.cos),
        lambda: torch.set_default_dtype(torch.float64),
    ]


def modules() -> Any:
    layer, several = Layer(), nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
    model = nn.Sequential(layer, nn.Linear(2, 2))
    scales = nn.ParameterList([torch.ones(2)])

    def step(x: Any) -> Any:
        x = model(x)
        for part in several:
            x = part(x)
        for scale in scales:
            x = x * scale
        return x.detach()

    def double() -> None:
        weight = model[1]._parameters["weight"]
        model[1]._parameters["weight"] = nn.Parameter(weight.detach() * 2)

    return step, [
        lambda: setattr(Layer, "forward", lambda self, x: x * self.k * 3),
        lambda: layer.__dict__.update(k=4.0),
        lambda: several.__setitem__(0, nn.Tanh()),
        lambda: several.append(nn.Sigmoid()),
        lambda: scales.append(torch.full((2,), 2.0)),
        lambda: model._modules.__setitem__("0", nn.ReLU()),
        double,
    ]


PROGRAMS: list[Program] = [
    functions, methods, objects, contents, within_functions, of_the_engine, modules,
]


@pytest.fixture(name="restore")
def _restore() -> Iterator[Callable[[], None]]:
    kept = [(place, dict(vars(place))) for place in (Plain, Reading, Layer, F, torch)]

    def restore() -> None:
        for place, before in kept:
            for name, value in before.items():
                if vars(place)[name] is not value:
                    setattr(place, name, value)
        globals().update(BETA=1.0)
        torch.set_default_dtype(torch.float32)

    yield restore
    restore()


@pytest.mark.parametrize("often", [2, 256], ids=["as one function", "call by call"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_what_a_step_does_may_be_changed(
    program: Program, often: int, monkeypatch: pytest.MonkeyPatch, restore: Callable[[], None]
) -> None:
    monkeypatch.setattr(sys.modules[Plan.__module__], "OFTEN", often)

    def run(make: Make) -> list[Any]:
        restore()
        step, changes = program()
        made, found = make(step), []
        for change in (lambda: None, *changes):
            change()
            found.append([made(torch.tensor([0.5, -0.5])).tolist() for _ in range(6)])
            assert getattr(made, "why_eager", None) is None
        assert all(before != after for before, after in pairwise(found))
        return found

    both(run)


def test_objects_that_are_arguments_may_change() -> None:
    def run(make: Make) -> list[Any]:
        thing, layer = Plain(), Layer()
        step, found = make(lambda thing, layer, x: thing.scaled(x) + layer(x)), []
        for i in range(15):
            if i == 5:
                thing.k = 3.0
            if i == 10:
                layer.k = 4.0
            found.append(step(thing, layer, torch.ones(2)))
        return found

    both(run)


def test_a_number_that_is_given_anew_is_the_same_number() -> None:
    scale = 2.5
    step = torch.capture(lambda x: x * scale)
    for _ in range(8):
        scale = float("2.5")
        assert step(torch.ones(1)).item() == 2.5
    assert step.replays == 6
