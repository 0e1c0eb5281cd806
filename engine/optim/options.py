"""Group: an optimizer's parameters with their options, a dict that tells when it is written to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.recording import options


class Group(dict[str, Any]):
    """The dict in ``param_groups``. Captured steps look at its options again after any of its writes."""


def _telling(write: Callable[..., Any]) -> Callable[..., Any]:
    def told(self: Group, *args: Any, **kwargs: Any) -> Any:
        options[0] += 1
        return write(self, *args, **kwargs)

    told.__name__ = write.__name__
    return told


for _name in (
    "__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"
):
    setattr(Group, _name, _telling(getattr(dict, _name)))


class _Required:
    """In place of a default: every group has to say this option itself."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
