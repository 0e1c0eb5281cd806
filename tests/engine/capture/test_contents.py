"""What is in the containers and objects that a step reads may change, however they keep it."""

from __future__ import annotations

import collections
from array import array
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import engine as torch
from tests.engine.capture.test_surroundings import Make, both


class Rates(dict[str, float]):
    """A dict with an attribute and a method."""

    factor = 1.0

    def scaled(self) -> float:
        return self["a"] * self.factor


class Strategy:
    """An object whose method is chosen by name."""

    which, rate = "constant", 1.0

    def constant(self) -> float:
        return self.rate

    def now(self) -> float:
        return float(getattr(self, self.which)())


def item(key: Any) -> tuple[Callable[[Any], Any], Callable[[Any, float], None]]:
    """Reading an item, and writing it."""
    return lambda held: held[key], lambda held, value: held.__setitem__(key, value)


READ: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any, float], None]]] = {
    "a dict of 40": (lambda: dict.fromkeys(range(40), 1.0), *item(35)),
    "a list of 40": (lambda: [1.0] * 40, *item(35)),
    "a list among 40": (
        lambda: [[1.0] for _ in range(40)], lambda held: held[35][0],
        lambda held, value: held[35].__setitem__(0, value),
    ),
    "an object among 40": (
        lambda: {i: SimpleNamespace(rate=1.0) for i in range(40)}, lambda held: held[35].rate,
        lambda held, value: setattr(held[35], "rate", value),
    ),
    "bytes": (lambda: bytearray(b"\x01"), *item(0)),
    "an array of Python's": (lambda: array("i", [1]), *item(0)),
    "a view of memory": (lambda: memoryview(bytearray(b"\x01")), *item(0)),
    "a dict in an object": (lambda: collections.UserDict(a=1.0), *item("a")),
    "a list in an object": (lambda: collections.UserList([1.0]), *item(0)),
    "several dicts": (lambda: collections.ChainMap({}, {"a": 1.0}), *item("a")),
    "an attribute of a dict": (
        lambda: Rates(a=1.0), lambda held: held.scaled(), lambda held, value: setattr(held, "factor", value)
    ),
    "all attributes": (
        lambda: SimpleNamespace(rate=1.0), lambda held: sum(vars(held).values()),
        lambda held, value: setattr(held, "rate", value),
    ),
    "an attribute whose name is one": (
        lambda: SimpleNamespace(rate=1.0, name="rate"), lambda held: getattr(held, held.name),
        lambda held, value: setattr(held, "rate", value),
    ),
    "what a method chosen by its name reads": (
        Strategy, lambda held: held.now(), lambda held, value: setattr(held, "rate", value)
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_step_reads_may_change(name: str) -> None:
    make_held, read, write = READ[name]

    def run(make: Make) -> list[Any]:
        held = make_held()
        step, found = make(lambda x: x * read(held)), []
        for i in range(16):
            if i % 4 == 0:
                write(held, i)
            found.append(step(torch.ones(2)))
        return found

    both(run)
