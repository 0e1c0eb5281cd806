"""An op's parameters, read once from its forward's signature, and how arguments are bound to them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import takewhile
from typing import Any

REQUIRED = inspect.Parameter.empty
_ALIASES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "self": "input", "a": "input"}


class Signature:
    """Names and defaults; ``Array`` means a tensor, ``Arrays`` a sequence of them, ``Ints`` several ints."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        parameters = inspect.signature(function).parameters
        kinds = [str(p.annotation).split(" |")[0] for p in parameters.values()]
        self.name = name
        self.params = tuple(parameters)
        self.defaults = tuple(p.default for p in parameters.values())
        self.n_required = sum(d is REQUIRED for d in self.defaults)
        self.listed = "Arrays" in kinds[:1]
        self.n_tensors = 1 if self.listed else sum(1 for _ in takewhile("Array".__eq__, kinds))
        self.packs_at = kinds.index("Ints") if "Ints" in kinds else None

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in order, defaults filled in; TypeError in PyTorch's words where they do not fit."""
        params = self.params
        at = self.packs_at
        if at is not None and len(args) > at and not isinstance(args[at], (tuple, list)):
            args = (*args[:at], args[at:])
        if len(args) > len(params):
            raise TypeError(
                f"{self.name}() takes {len(params)} positional arguments but {len(args)} were given"
            )
        values = [*args, *self.defaults[len(args) :]]
        for key, value in kwargs.items():
            name = key if key in params else _ALIASES.get(key, key)
            if name not in params:
                raise TypeError(f"{self.name}() got an unexpected keyword argument '{key}'")
            i = params.index(name)
            if i < len(args):
                raise TypeError(f"{self.name}() got multiple values for argument '{name}'")
            values[i] = value
        if any(v is REQUIRED for v in values):
            missing = params[next(i for i, v in enumerate(values) if v is REQUIRED)]
            raise TypeError(f'{self.name}() missing 1 required positional arguments: "{missing}"')
        return tuple(values)
