"""Group and States: an optimizer's options and what it keeps, dicts that tell when they are written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from engine.recording import options, structure


class Group(dict[str, Any]):
    """The dict in ``param_groups``. Captured steps look at its options again after any of its writes."""


class States(defaultdict[Any, dict[str, Any]]):
    """The dict in ``state``. Captured steps look at it again after any of its writes."""


def _telling(write: Callable[..., Any], count: list[int]) -> Callable[..., Any]:
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        return write(self, *args, **kwargs)

    told.__name__ = write.__name__
    return told


for _name in (
    "__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"
):
    setattr(Group, _name, _telling(getattr(dict, _name), options))
    setattr(States, _name, _telling(getattr(defaultdict, _name), structure))


class _Required:
    """In place of a default: every group has to say this option itself."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
