"""What a recording took as given outside the tensors: plain values that the step's code reads, and modules.

A replay does not run the step's Python code, so it must notice when that code would now do something else.
"""

from __future__ import annotations

import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from engine.tensor import Tensor

_MISSING = object()
_GROWING = (list, dict, set, deque)
_BOUND = (types.BuiltinMethodType, types.MethodType)
_SHORT = 16  # items up to which a list or dict is looked into


class _Contents:
    """A list or dict, to be asked for what is in it as a dict is."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def get(self, name: Any, default: Any = None) -> Any:
        """An item; how many there are, for `_MISSING`."""
        if name is _MISSING:
            return len(self.values)
        try:
            return self.values[name]
        except LookupError:
            return default


class Guards:
    """The variables and attributes that a function reads, with the values they had."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.cells: list[tuple[Any, Any]] = []
        self.places: list[tuple[Any, Any, Any]] = []  # dicts of variables and attributes, names, values
        self.sizes: list[tuple[Any, int]] = []
        self.draws: list[tuple[Callable[[], Any], Any]] = []  # where sources of random numbers stand
        self.iterates = False
        self.variables: dict[str, Any] = getattr(getattr(function, "__func__", function), "__globals__", {})
        for code, variables, closure in _functions(function):
            for cell in closure:
                value = _content(cell)
                if value is _MISSING:
                    continue
                self.cells.append((cell, value))
                self._attributes(value, code)
                self._sources(value, code)
            for name in code.co_names:
                value = variables.get(name, _MISSING)
                self._sources(value, code)
                if value is not _MISSING and not isinstance(value, (types.ModuleType, type)):
                    self.places.append((variables, name, value))
                    self._attributes(value, code)
        owner = getattr(function, "__self__", None)
        if owner is not None:
            for code, _, _ in _functions(function):
                self._attributes(owner, code)

    def _attributes(self, value: Any, code: types.CodeType) -> None:
        """Attributes of a plain object that the code names; modules and tensors are watched elsewhere."""
        if isinstance(value, _GROWING):
            self.sizes.append((value, len(value)))
            self._contents(value, 2)
        own = getattr(value, "__dict__", None)
        if type(own) is dict and not callable(value) and not isinstance(value, Tensor):
            for name in code.co_names:
                if name in own:
                    self.places.append((own, name, own[name]))
                    self._sources(own[name], code)
                    self._contents(own[name], 2)

    def _contents(self, value: Any, depth: int) -> None:
        """What is in a short list or dict, and in those in it."""
        if type(value) not in (dict, list) or len(value) > _SHORT or not depth:
            return
        place = _Contents(value)
        self.places.append((place, _MISSING, len(value)))
        for name in value if type(value) is dict else range(len(value)):
            self.places.append((place, name, value[name]))
            self._contents(value[name], depth - 1)

    def _sources(self, value: Any, code: types.CodeType) -> None:
        """What gives something else each time that it is asked: iterators, and random numbers not of ours."""
        self.iterates |= isinstance(value, Iterator)
        owner = random.random if value is random else value
        owner = getattr(owner, "__self__", owner) if isinstance(owner, _BOUND) else owner
        if isinstance(owner, random.Random):
            self.draws.append((owner.getstate, owner.getstate()))
        elif isinstance(owner, np.random.Generator):
            self._draws_from(lambda: owner.bit_generator.state)
        elif value is np.random or isinstance(owner, np.random.RandomState) or (
            value is np and "random" in code.co_names
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
            if _content(cell) is not value:
                return "a variable of the function around it"
        for place, name, value in self.places:
            if place.get(name, _MISSING) is not value:
                return "the contents of a list or dict" if isinstance(place, _Contents) else str(name)
        for value, size in self.sizes:
            if len(value) != size:
                return f"the length of a {type(value).__name__}"
        if any(stand() != then for stand, then in self.draws):
            return "where a source of random numbers stands"
        return "where an iterator stands" if self.iterates else ""


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def _functions(function: Any) -> Iterator[tuple[types.CodeType, dict[str, Any], tuple[Any, ...]]]:
    """The code of a function and of those of the user's functions that it reads, each once."""
    seen: set[int] = set()
    waiting = [function]
    while waiting:
        found = waiting.pop()
        if type(found) is types.MethodType:
            found = found.__func__
        if type(found) is not types.FunctionType:
            continue
        code = found.__code__
        if id(code) in seen or str(found.__module__).split(".")[0] == "engine":
            continue
        seen.add(id(code))
        closure = found.__closure__ or ()
        yield code, found.__globals__, closure
        waiting += [_content(cell) for cell in closure]
        waiting += [found.__globals__.get(name) for name in code.co_names]


class Facts(NamedTuple):
    """What a module is: its attributes, its registered parts, and how many hooks of each kind it has."""

    own: dict[str, Any]
    parameters: dict[str, Any]
    buffers: dict[str, Any]
    modules: dict[str, Any]
    hooks: tuple[int, ...]


def facts(module: Any) -> Facts:
    """What a module is now, to compare with later."""
    own = module.__dict__
    hooks = [len(v) for k, v in own.items() if k.endswith("_hooks") and v] if module._hooked else ()
    parts = own["_parameters"].copy(), own["_buffers"].copy(), own["_modules"].copy()
    return Facts(own.copy(), *parts, tuple(hooks))


def difference(module: Any, before: Facts) -> str:
    """The first attribute of a module that is not what it was; empty if none."""
    now = facts(module)
    for then, parts in zip(before[:4], now[:4], strict=True):
        for name in parts.keys() | then.keys():
            a, b = parts.get(name, _MISSING), then.get(name, _MISSING)
            if a is not b and not (type(a) is type(b) and isinstance(a, (int, float, str, tuple)) and a == b):
                return name
    return "" if now.hooks == before.hooks else "hooks"
