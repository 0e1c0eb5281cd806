"""What a recording took as given outside the tensors: plain values that the step's code reads, and modules.

A replay does not run the step's Python code, so it must notice when that code would now do something else.
"""

from __future__ import annotations

import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from engine.tensor import Tensor

_MISSING = object()
_GROWING = (list, dict, set, deque)
_BOUND = (types.BuiltinMethodType, types.MethodType)
_PLAIN = (int, float, str, bytes, type(None), Tensor, np.ndarray, list, dict, tuple, set)
_CODE = (types.FunctionType, property, staticmethod, classmethod)
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
        reach = _Reach(function)
        for code, variables, closure in reach.functions:
            for cell in closure:
                value = _content(cell)
                if value is not _MISSING:
                    self.cells.append((cell, value))
                    self._value(value, reach.names)
            for name in code.co_names:
                value = variables.get(name, _MISSING)
                if value is not _MISSING:
                    self._value(value, reach.names)
                    if not isinstance(value, (types.ModuleType, type)):
                        self.places.append((variables, name, value))
        for holder in reach.holders:
            for place, name, value in _attributes(holder, reach.names):
                if not isinstance(value, _CODE):
                    self.places.append((place, name, value))
                    self._value(value, reach.names)
            for value in _lists_of(holder, reach.names):
                self._value(value, reach.names)

    def _value(self, value: Any, names: set[str]) -> None:
        """What is in a variable or an attribute that the step reads."""
        if isinstance(value, _GROWING):
            self.sizes.append((value, len(value)))
            self._contents(value, 2)
        self._sources(value, names)

    def _contents(self, value: Any, depth: int) -> None:
        """What is in a short list or dict, and in those in it."""
        if type(value) not in (dict, list) or len(value) > _SHORT or not depth:
            return
        place = _Contents(value)
        self.places.append((place, _MISSING, len(value)))
        for name in value if type(value) is dict else range(len(value)):
            self.places.append((place, name, value[name]))
            self._contents(value[name], depth - 1)

    def _sources(self, value: Any, names: set[str]) -> None:
        """What gives something else each time that it is asked: iterators, and random numbers not of ours."""
        self.iterates |= isinstance(value, Iterator)
        owner = random.random if value is random else value
        owner = getattr(owner, "__self__", owner) if isinstance(owner, _BOUND) else owner
        if isinstance(owner, random.Random):
            self.draws.append((owner.getstate, owner.getstate()))
        elif isinstance(owner, np.random.Generator):
            self._draws_from(lambda: owner.bit_generator.state)
        elif value is np.random or isinstance(owner, np.random.RandomState) or (
            value is np and "random" in names
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
            if place.get(name) is not value:
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


class _Reach:
    """The user's functions that a function gets to, and whatever has attributes that these name."""

    def __init__(self, function: Any) -> None:
        self.functions: list[tuple[types.CodeType, dict[str, Any], tuple[Any, ...]]] = []
        self.holders: list[Any] = []
        self.names = {"__call__", "forward"}
        met: dict[int, Any] = {}
        waiting = [function]
        while waiting:
            found = waiting.pop()
            if id(found) in met or isinstance(found, _PLAIN):
                continue
            met[id(found)] = found
            if type(found) is types.MethodType:
                waiting += [found.__self__, found.__func__]
            elif type(found) is types.FunctionType:
                waiting += self._enter(found) if _is_users(found) else []
            elif (own := getattr(found, "__dict__", None)) is not None:
                if "_modules" in own:
                    waiting += own["_modules"].values()
                kind: Any = type(found)
                if _users_bases(kind) or "_parameters" not in own:
                    waiting += _parts(found, self.names)
                    self.holders.append(found)

    def _enter(self, function: types.FunctionType) -> list[Any]:
        code, closure = function.__code__, function.__closure__ or ()
        self.functions.append((code, function.__globals__, closure))
        fresh = set(code.co_names) - self.names
        self.names |= fresh
        return [
            *map(_content, closure), *map(function.__globals__.get, code.co_names),
            *(part for holder in self.holders for part in _parts(holder, fresh)),
        ]


def _is_users(found: Any) -> bool:
    """Whether a function, class or module is neither ours nor Python's."""
    name = found.__name__ if isinstance(found, types.ModuleType) else found.__module__
    root = str(name).split(".")[0]
    return root not in ("engine", "numpy") and (root not in sys.stdlib_module_names or root == "__main__")


@lru_cache(maxsize=512)
def _users_bases(kind: Any) -> tuple[type, ...]:
    """A class and those that it is derived from, as far as they are the user's."""
    return tuple([base for base in kind.__mro__ if base is not object and _is_users(base)])


def _attributes(holder: Any, names: set[str]) -> Iterator[tuple[Any, str, Any]]:
    """Where attributes lie that have one of these names, and their values; of ours only an object's own."""
    own = vars(holder)
    kinds: Sequence[Any] = ()
    if isinstance(holder, types.ModuleType):
        kinds = [holder] if _is_users(holder) else []
    else:
        kind = holder if isinstance(holder, type) else type(holder)
        kinds = _users_bases(kind)
        if kind is not holder and "_parameters" not in own:  # modules are watched as a whole
            yield from ((own, name, own[name]) for name in names & own.keys())
    for base in kinds:
        held = vars(base)
        for name in names & held.keys():
            yield held, name, held[name]
            if base is not holder and name not in own and not isinstance(held[name], _CODE):
                yield own, name, None  # where it would hide the one of the class


def _lists_of(holder: Any, names: set[str]) -> list[Any]:
    """The lists and dicts with one of these names that a module of the user's has."""
    own, kind = vars(holder), cast("Any", type(holder))
    if "_parameters" not in own or not _users_bases(kind):
        return []
    return [own[name] for name in names & own.keys() if isinstance(own[name], _GROWING)]


def _parts(holder: Any, names: set[str]) -> list[Any]:
    """What a holder's attributes of these names lead to."""
    own, found = vars(holder), []
    for _, _, value in _attributes(holder, names):
        found.append(value.fget if isinstance(value, property) else getattr(value, "__func__", value))
    return [*found, own.get("__wrapped__")]


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
