"""What a step's code gets to: the user's functions, and whatever has attributes or items that these read."""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Iterator, Sequence, Set
from dis import get_instructions
from functools import lru_cache, partial
from typing import Any

import numpy as np

from engine.optim.optimizer import Optimizer
from engine.tensor import Tensor

LONG = 256  # items up to which a list, a dict, a set or an array is looked into
_EVERY = frozenset(("vars", "__dict__", "asdict", "astuple"))  # names of what reads all attributes there are
CODE = (types.FunctionType, property, staticmethod, classmethod)
_LEAVES = frozenset((int, float, complex, bool, str, bytes, type(None), np.ndarray, types.CodeType))
_VARIABLES = frozenset(("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"))
_CONTAINERS = (list, tuple, dict, set, frozenset, deque)
_IMPLIED = frozenset((  # names that code reads without naming them
    "__call__", "forward", "__init__", "__get__", "__getattr__", "__getitem__", "__iter__", "__next__",
    "__len__", "__contains__", "__bool__", "__enter__", "__exit__",
    *(f"__{r}{name}__" for r in ("", "r") for name in ("add", "sub", "mul", "truediv", "pow", "matmul")),
))


class Attributes:
    """The attributes of an object, to be asked for as the items of a dict are."""

    def __init__(self, holder: Any) -> None:
        self.holder = holder

    def get(self, name: str, default: Any = None) -> Any:
        """One of them."""
        return getattr(self.holder, name, default)


class Reach:
    """The functions, networks and optimizers that a function gets to, and what else has attributes it names.

    ``names`` are the names in the code of all these functions, and words in it or in what it gets to, which
    may name an attribute or an item too.
    """

    def __init__(self, function: Any, arguments: Sequence[Any]) -> None:
        self.functions: list[types.FunctionType] = []
        self.holders: list[Any] = []
        self.networks: list[Any] = []
        self.optimizers: list[Any] = []
        self.algorithms: list[Any] = []  # those of them whose class is the user's
        self._helpers: list[type] = []  # classes of the engine's, such as schedulers: what their methods read
        self.names = set(_IMPLIED)
        met: dict[int, Any] = {}
        waiting = [function, *arguments]
        while waiting:
            found = waiting.pop()
            if type(found) is str and found.isidentifier():
                waiting += self._learn({found})
            elif type(found) not in _LEAVES and id(found) not in met:
                met[id(found)] = found
                waiting += self._next(found)

    def _next(self, found: Any) -> list[Any]:
        """Take up something that was found; what it leads to."""
        kind: Any = type(found)
        own = getattr(found, "__dict__", None)
        if own is not None and "_modules" in own:
            self.networks.append(found)
            more = [*own["_modules"].values()]
            more += [param for param in own["_parameters"].values() if getattr(param, "__dict__", None)]
            return more + self._hold(found) if users_bases(kind) else more
        if kind is types.MethodType:
            return [found.__self__, found.__func__]
        if kind is types.FunctionType:
            return self._enter(found) if _origin(found) == "user" else []
        if isinstance(found, _CONTAINERS):
            more = list(found.values() if isinstance(found, dict) else found) if len(found) <= LONG else []
            return more + self._hold(found) if users_bases(kind) else more
        if own is None:
            return self._hold(found) if users_bases(kind) else []  # with slots
        if isinstance(found, Tensor) and not own:
            return []
        if isinstance(found, Optimizer):
            self.optimizers.append(found)
            self.algorithms += [found] if users_bases(kind) else []
        elif _origin(kind) == "engine" and kind not in self._helpers:
            self._helpers.append(kind)
            return self._learn(_read_by(kind, self.names)) + self._hold(found)
        if kind is partial:
            return [found.func, *found.args, *found.keywords.values(), *self._hold(found)]
        return self._hold(found)

    def _hold(self, found: Any) -> list[Any]:
        """Take up something that has attributes; what those that the code names lead to."""
        self.holders.append(found)
        return _parts(found, self.names)

    def _enter(self, function: types.FunctionType) -> list[Any]:
        self.functions.append(function)
        closure, variables = function.__closure__ or (), function.__globals__
        if function.__dict__:
            self.holders.append(function)
        return [
            *map(content, closure), *map(variables.get, variables_in(function.__code__)),
            *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values(),
            function.__dict__.get("__wrapped__"), *self._learn(names_in(function.__code__)),
        ]

    def _learn(self, names: Set[str]) -> list[Any]:
        """Take up names; what they lead to in all that has attributes."""
        fresh = set(names) - self.names
        fresh.update(*[_read_by(kind, fresh) - self.names for kind in self._helpers])
        self.names |= fresh
        return [part for holder in self.holders for part in _parts(holder, fresh)] if fresh else []


@lru_cache(maxsize=1024)
def names_in(code: types.CodeType) -> frozenset[str]:
    """The names and words in a function's code, and in the functions and comprehensions within it."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names_in(constant)
        elif isinstance(constant, str) and constant.isidentifier():
            found.add(constant)
    return frozenset(found)


@lru_cache(maxsize=1024)
def variables_in(code: types.CodeType) -> frozenset[str]:
    """The names that a function's code, and that within it, reads as variables of the module."""
    if "globals" in code.co_names:
        return names_in(code)
    found = frozenset([read.argval for read in get_instructions(code) if read.opname in _VARIABLES])
    return found.union(*[variables_in(part) for part in code.co_consts if isinstance(part, types.CodeType)])


def content(cell: Any) -> Any:
    """What is in the cell of a closure; None if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _origin(found: Any) -> str:
    """Whose a function, class or module is: "engine", "python" (with numpy and compiled code) or "user"."""
    name = str(found.__name__ if isinstance(found, types.ModuleType) else found.__module__)
    root = name.split(".")[0]
    if root == "engine":
        return root
    known = root == "numpy" or root in sys.stdlib_module_names or root.startswith("_cython")
    return "python" if known and root != "__main__" else "user"


@lru_cache(maxsize=512)
def users_bases(kind: Any) -> tuple[type, ...]:
    """A class and those that it is derived from, as far as they are the user's."""
    return tuple([base for base in kind.__mro__ if base is not object and _origin(base) == "user"])


def attributes(holder: Any, names: Set[str]) -> Iterator[tuple[Any, str, Any]]:
    """Where attributes lie that have one of these names, and their values."""
    own: Any = getattr(holder, "__dict__", {})
    if isinstance(holder, types.ModuleType):
        if _origin(holder) != "python":
            named = [name for name in names & own.keys() if not name.startswith("__")]
            yield from ((Attributes(holder), name, own[name]) for name in named)
        return
    kind = holder if isinstance(holder, type) else type(holder)
    if kind is not holder:
        place = own if _has_its_way(kind) else Attributes(holder)
        every = names & _EVERY or (hasattr(kind, "__getitem__") and _origin(kind) == "python")
        for name in own.keys() if every else names & own.keys():
            hidden = any(name in vars(base) for base in kind.__mro__)
            yield own if hidden else place, name, own[name]
    for base in users_bases(kind):
        held = vars(base)
        for name in names & held.keys():
            value: Any = held[name]
            if type(value) is types.MemberDescriptorType and base is not holder:
                yield Attributes(holder), name, getattr(holder, name, None)
            elif name != "__init__" or kind is holder:  # objects there are have been made
                read = type(value) in (types.FunctionType, property) or not hasattr(type(value), "__get__")
                first = read and getattr(kind, name, None) is value
                yield (Attributes(kind) if first else held), name, value


def _read_by(kind: type, names: Set[str]) -> Set[str]:
    """The names in those methods of a class that have one of these names."""
    found: set[str] = set()
    for name in names - _IMPLIED:
        method: Any = getattr(kind, name, None)
        if type(method) is types.FunctionType:
            found |= names_in(method.__code__)
    return found


def _has_its_way(kind: Any) -> bool:
    """Whether a class looks attributes up in a way of its own."""
    return kind.__getattribute__ is not object.__getattribute__ or hasattr(kind, "__getattr__")


def _parts(holder: Any, names: Set[str]) -> list[Any]:
    """What a holder's attributes of these names lead to."""
    found = []
    for _, _, value in attributes(holder, names):
        if isinstance(value, property):
            found += [value.fget, value.fset]
        else:
            found.append(getattr(value, "__func__", value))
    return [*found, getattr(holder, "__dict__", {}).get("__wrapped__")]
