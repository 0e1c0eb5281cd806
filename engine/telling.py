"""Lists and dicts that tell when they are written to, for captured steps to look at them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.recording import structure

T = TypeVar("T", bound=type)

_WRITES = (
    "__setitem__", "__delitem__", "__iadd__", "__imul__", "__ior__", "append", "clear", "extend", "insert",
    "move_to_end", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update",
)


def telling(count: list[int]) -> Callable[[T], T]:
    """Decorator for a list or dict of one's own: each of its writes adds one to `count`."""

    def decorate(kind: T) -> T:
        for name in _WRITES:
            write = getattr(kind, name, None)
            if write is not None:
                setattr(kind, name, _told(write, count))
        return kind

    return decorate


def _told(write: Callable[..., Any], count: list[int]) -> Callable[..., Any]:
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        return write(self, *args, **kwargs)

    told.__name__ = write.__name__
    return told


@telling(structure)
class Parts(dict[str, Any]):
    """A dict of which captured steps take as given what is in it."""


@telling(structure)
class Members(list[Any]):
    """A list of which captured steps take as given what is in it."""
