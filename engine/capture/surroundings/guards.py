"""What a recording took as given outside the tensors: plain values that the step's code reads, and modules.

A replay does not run the step's Python code, so it must notice when that code would now do something else.
"""

from __future__ import annotations

import random
import sys
import types
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.capture.surroundings.facts import contents, modes, same
from engine.capture.surroundings.reach import (
    CODE,
    LONG,
    Attributes,
    Reach,
    attributes,
    users_bases,
    variables_in,
)
from engine.optim.options import Group, States
from engine.telling import Members, Parts

_MISSING = object()
_GROWING = (list, dict, set, deque)
_TELLING = (Group, Members, Parts, States)
_BOUND = (types.BuiltinMethodType, types.MethodType)
_NUMBERS = (int, float, complex, bool, str, bytes)
_SHORT = 32  # items up to which those of a list or dict are looked at one by one
_BUFFERS = (np.ndarray, bytearray, memoryview, array)
_SHARING = frozenset(("from_numpy", "as_tensor"))  # functions whose tensors see what is written into an array


class Items:
    """A list or dict, to be asked for what is in it as a dict is."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def get(self, name: Any, default: Any = None) -> Any:
        """An item; how many there are, for ``Items``."""
        if name is Items:
            return len(self.values)
        try:
            return self.values[name] if isinstance(self.values, list) else dict.__getitem__(self.values, name)
        except LookupError:
            return default


class Unchanged:
    """A long list or dict, a set, a deque or an array, to be asked whether it still has in it what it had."""

    def __init__(self, values: Any) -> None:
        self.values, self.then = values, _snapshot(values)

    def get(self, *_: Any) -> bool:
        """True if it has."""
        now = _snapshot(self.values)
        return same(now, self.then) if type(now) is list else bool(now == self.then)


def _snapshot(values: Any) -> Any:
    if isinstance(values, _BUFFERS):
        return getattr(values, "shape", None), getattr(values, "dtype", None), bytes(values)
    if isinstance(values, dict):
        return [*values, *values.values()]
    return set(values) if isinstance(values, set) else [*values]


class Guards:
    """The variables and attributes that a function reads, with the values they had."""

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        self.cells: list[tuple[Any, Any]] = []
        self.places: list[tuple[Any, Any, Any]] = []  # what has a `get` as dicts have, names, values
        self.sizes: list[tuple[Any, int]] = []
        self.told: list[tuple[Any, list[Any]]] = []  # lists and dicts that tell of changes, what was in them
        self.draws: list[tuple[Callable[[], Any], Any]] = []  # where sources of random numbers stand
        self.iterates = False
        self.variables: dict[str, Any] = getattr(getattr(function, "__func__", function), "__globals__", {})
        reach = Reach(function, arguments)
        self._names = reach.names
        self._looked_into: set[int] = set()
        for found in reach.functions:
            self._function(found)
        for holder in reach.holders:
            self._holder(holder)
        self.networks, self.optimizers = reach.networks, reach.optimizers
        for algorithm in reach.algorithms:
            self._value(algorithm.state)
        self.modes = modes()

    def _function(self, function: types.FunctionType) -> None:
        """A function of the user's: its code, what it assumes for arguments, and the variables it reads."""
        own = Attributes(function)
        self.places.append((own, "__code__", function.__code__))
        if function.__defaults__ is not None:
            self._place(own, "__defaults__", function.__defaults__)
        if function.__kwdefaults__ is not None:
            self._place(own, "__kwdefaults__", function.__kwdefaults__)
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self.cells.append((cell, value))
            self._value(value)
        variables = function.__globals__
        for name in variables_in(function.__code__) & variables.keys():
            self._place(variables, name, variables[name])

    def _holder(self, holder: Any) -> None:
        """Something with attributes that the code names."""
        for place, name, value in attributes(holder, self._names):
            self._place(place, name, value)
        kind: Any = type(holder)
        own: Any = getattr(holder, "__dict__", {})
        if "_modules" not in own and (users_bases(kind) or kind is types.SimpleNamespace):
            self.places.append((Attributes(holder), "__class__", kind))
            self.places.append((Items(own), Items, len(own)))  # one more may hide one of the class

    def _place(self, place: Any, name: str, value: Any) -> None:
        """A variable or an attribute that the code names."""
        if isinstance(value, types.ModuleType):
            self._sources(value)
        elif not isinstance(value, type) or users_bases(value):
            self.places.append((place, name, value))
            if not isinstance(value, CODE):
                self._value(value)

    def _value(self, value: Any) -> None:
        """What is in a variable or an attribute that the step reads."""
        if id(value) in self._looked_into:
            return
        if isinstance(value, _GROWING) and not isinstance(value, _TELLING):
            self.sizes.append((value, len(value)))
        if isinstance(value, (list, dict, tuple)):
            self._looked_into.add(id(value))
            self._contents(value)
        elif isinstance(value, (set, deque)):
            self._whole(value, len(value))
        elif isinstance(value, _BUFFERS):
            self._whole(value, np.size(value) if not _SHARING & self._names else LONG + 1)
        else:
            self._sources(value)

    def _contents(self, value: Any) -> None:
        """What is in a list, tuple or dict; of options and long dicts only what the code names."""
        if isinstance(value, (tuple, Members, Parts, States)):
            if not isinstance(value, tuple):
                self.told.append((value, contents(value)))
            for part in value.values() if isinstance(value, dict) else value[:LONG]:
                self._value(part)
            return
        names: Any = self._names & value.keys() if isinstance(value, dict) else ()
        if len(value) <= LONG and not isinstance(value, Group):
            names = value if isinstance(value, dict) else range(len(value))
            if len(value) > _SHORT:
                self._whole(value, len(value))
                for name in names:
                    self._value(value[name])
                return
            self.places.append((Items(value), Items, len(value)))
        for name in names:
            self.places.append((Items(value), name, value[name]))
            self._value(value[name])

    def _whole(self, value: Any, size: int) -> None:
        """All that is in something, if that is not too much."""
        if size <= LONG:
            self.places.append((Unchanged(value), None, True))

    def _sources(self, value: Any) -> None:
        """What gives something else each time that it is asked: iterators, and random numbers not of ours."""
        self.iterates |= hasattr(type(value), "__next__")
        owner = random.random if value is random else value
        owner = getattr(owner, "__self__", owner) if isinstance(owner, _BOUND) else owner
        if isinstance(owner, random.Random):
            self.draws.append((owner.getstate, owner.getstate()))
        elif isinstance(owner, np.random.Generator):
            self._draws_from(lambda: owner.bit_generator.state)
        elif value is np.random or isinstance(owner, np.random.RandomState) or (
            value is np and "random" in self._names
        ):
            self._draws_from(np.random.get_state)

    def _draws_from(self, state: Callable[..., Any]) -> None:
        def stand() -> str:
            with np.printoptions(threshold=sys.maxsize):
                return str(state())

        self.draws.append((stand, stand()))

    def broken(self) -> str:
        """What the step itself has changed; empty if nothing."""
        for cell, value in self.cells:
            if content_of(cell) is not value:
                return "a variable of the function around it"
        for place, name, value in self.places:
            if place.get(name) is not value:
                if isinstance(place, Items) and name is Items:
                    return "how much is in a list, a dict or an object"
                inside = isinstance(place, (Items, Unchanged))
                return "what is in a list, a dict or an array" if inside else str(name)
        for value, size in self.sizes:
            if len(value) != size:
                return f"the length of a {type(value).__name__}"
        for container, then in self.told:
            if len(now := contents(container)) == len(then) and not same(now, then):
                return "what an optimizer or a module keeps"
        if any(stand() != then for stand, then in self.draws):
            return "where a source of random numbers stands"
        return "where an iterator stands" if self.iterates else ""


def content_of(cell: Any) -> Any:
    """What is in the cell of a closure."""
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def alike(now: Any, then: Any) -> bool:
    """Whether a plain value is what it was, to the bit, though it may be another object."""
    return now is then or (type(now) is type(then) and isinstance(now, _NUMBERS) and repr(now) == repr(then))
