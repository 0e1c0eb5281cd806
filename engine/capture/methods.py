"""Captured methods: one for each object, which keeps it."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.capture import Captured

KEPT_AS = "captured methods"  # no name, so that it hides nothing


class Methods(dict["Captured", "Captured"]):
    """The captured methods of ``owner``, by that of the class. Copies of the object begin with none."""

    def __init__(self, owner: Any = None) -> None:
        super().__init__()
        self.owner = owner

    def __reduce__(self) -> Any:
        return Methods, ()


def method_of(captured: Captured, instance: Any, owner: Any) -> Any:
    """What an attribute of a class is for one of its objects, if it is ``captured``."""
    own = getattr(instance, "__dict__", None)
    if type(own) is not dict:  # a class, or an object with slots: it is an argument
        return MethodType(captured, instance)
    kept = own.get(KEPT_AS)
    if kept is None or kept.owner is not instance:
        kept = own[KEPT_AS] = Methods(instance)
    method = kept.get(captured)
    if method is None:
        bound = captured.function.__get__(instance, owner)
        if bound is captured.function:  # no method, as `partial` before Python 3.14
            return captured
        method = kept[captured] = type(captured)(bound)
    return method
