"""Python's own functions that a program may call, each bounded."""

from collections.abc import Callable, Mapping
from typing import Any

import engine
from engine import nn
from playground.workbench.language.functions import Function, ModuleClass
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import (
    Number,
    TypeName,
    bounded_int,
    items,
    kind_of,
    measure,
    sentence,
    short,
    shown,
    text,
)

MOST_DIGITS = 50


def _len(value: Any) -> int:
    if isinstance(
        value, engine.Tensor | list | tuple | Mapping | str | range | nn.Sequential | nn.ModuleList
    ):
        return len(value)
    raise RefusedError(sentence(f"{kind_of(value)} has no len()."))


def _range(*bounds: Any) -> range:
    found = range(*(each.__index__() if isinstance(each, engine.Tensor) else each for each in bounds))
    bounded_int(found.start)
    bounded_int(found.stop)
    bounded_int(found.step)
    return found


def _int(value: Any = 0) -> int:
    return int(bounded_int(int(_number(value))))


def _float(value: Any = 0.0) -> float:
    return float(_number(value))


def _number(value: Any) -> Any:
    if isinstance(value, (*Number, engine.Tensor)):
        return value
    if isinstance(value, str) and len(value) <= MOST_DIGITS:
        return float(value) if any(mark in value.lower() for mark in ".en") else int(value)
    raise RefusedError(sentence(f"{kind_of(value)} is no number."))


def _bool(value: Any = False) -> bool:
    return bool(value)


def _sorted(value: Any, *, reverse: Any = False) -> list[Any]:
    found = items(value)
    _plain(found)
    return sorted(found, reverse=bool(reverse))


def _plain(values: list[Any]) -> None:
    """Numbers, or strings, or 0-d tensors: nothing nested, whose comparison could take for ever."""
    if any(not isinstance(each, (*Number, str, engine.Tensor)) for each in values):
        raise RefusedError("Only numbers and strings can be ordered here.")


def _least(*values: Any) -> Any:
    found = items(values[0]) if len(values) == 1 else list(values)
    _plain(found)
    return min(found)


def _greatest(*values: Any) -> Any:
    found = items(values[0]) if len(values) == 1 else list(values)
    _plain(found)
    return max(found)


def _round(value: Any, ndigits: Any = None) -> Any:
    if isinstance(value, engine.Tensor):
        return value.round() if ndigits is None else value.round(decimals=ndigits)
    if not isinstance(value, Number) or (ndigits is not None and not -MOST_DIGITS <= ndigits <= MOST_DIGITS):
        raise RefusedError("round() takes a number, and at most 50 digits.")
    return bounded_int(round(value, ndigits))


def _abs(value: Any) -> Any:
    if isinstance(value, (*Number, engine.Tensor)):
        return abs(value)
    raise RefusedError(f"abs() takes a number or a tensor, not {kind_of(value)}.")


def _sum(value: Any, start: Any = 0) -> Any:
    total = start
    for each in items(value):
        if not isinstance(each, (*Number, engine.Tensor)):
            raise RefusedError(f"sum() adds numbers and tensors, not {kind_of(each)}.")
        total = total + each
    return bounded_int(total) if isinstance(total, int) else total


def _dict(value: Any = (), **named: Any) -> dict[Any, Any]:
    pairs = value.items() if isinstance(value, Mapping) else items(value)
    found = {**dict(pairs), **named}
    measure(found)
    return found


def _type(value: Any) -> TypeName:
    if isinstance(value, nn.Parameter):
        return TypeName("torch.nn.parameter.Parameter")
    if isinstance(value, engine.Tensor):
        return TypeName("torch.Tensor")
    if isinstance(value, engine.Size):
        return TypeName("torch.Size")
    if isinstance(value, nn.Module):
        return TypeName(f"torch.nn.{type(value).__name__}")
    return TypeName(type(value).__name__)


def _isinstance(value: Any, kinds: Any) -> bool:
    plain = {"int": int, "float": float, "bool": bool, "str": str, "list": list, "tuple": tuple, "dict": dict}
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    for kind in wanted:
        cls = kind.cls if isinstance(kind, ModuleClass) else plain.get(getattr(kind, "op", ""))
        if cls is None:
            raise RefusedError("isinstance() takes a type: torch.Tensor, nn.Linear, int, list …")
        if isinstance(value, cls):
            return True
    return False


def _all(value: Any) -> bool:
    return all(items(value))


def _any(value: Any) -> bool:
    return any(items(value))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": _len, "range": _range, "int": _int, "float": _float, "bool": _bool, "sorted": _sorted,
    "min": _least, "max": _greatest, "round": _round, "abs": _abs, "sum": _sum, "all": _all, "any": _any,
    "str": lambda value="": text(value), "repr": lambda value: short(shown(value)),
    "list": lambda value=(): items(value), "tuple": lambda value=(): tuple(items(value)), "dict": _dict,
    "enumerate": lambda value, start=0: [(start + i, each) for i, each in enumerate(items(value))],
    "zip": lambda *values: list(zip(*map(items, values), strict=False)),
    "reversed": lambda value: items(value)[::-1],
    "type": _type, "isinstance": _isinstance,
}  # fmt: skip

BUILTINS: dict[str, Function] = {
    name: Function(name, call, name, quiet=True) for name, call in FUNCTIONS.items()
}

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        ("eval", "exec", "compile", "__import__", "getattr", "setattr", "delattr", "hasattr", "globals",
         "locals", "vars", "dir", "object", "super", "classmethod", "staticmethod", "property", "callable",
         "breakpoint", "memoryview", "bytearray", "bytes", "id", "hash", "help"),
        "it reaches beyond what a program here may touch",
    ),
    "open": "files are not read or written here",
    "input": "there is nobody to type an answer while the program runs",
    "iter": "loop over the value itself",
    "next": "loop over the value itself",
    "map": "write a list comprehension: [f(x) for x in values]",
    "filter": "write a list comprehension: [x for x in values if …]",
    "set": "write a list",
    "format": 'write an f-string: f"{x:.3f}"',
    "chr": "strings are only for printing here",
    "ord": "strings are only for printing here",
    "complex": "complex numbers are not known here",
    "exit": "the program ends with its last line",
    "quit": "the program ends with its last line",
}  # fmt: skip
"""Names of Python that are known and refused, with the reason."""
