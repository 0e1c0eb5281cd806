"""``torch.jit``: its decorators leave functions and modules as they are, for there is no compiler.

What a program writes to a file is a ``state_dict``: ``save`` and ``load`` here refuse and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn.module import Module as ScriptModule

__all__ = [
    "ScriptModule", "export", "ignore", "is_scripting", "is_tracing", "load", "save", "script",
    "script_if_tracing", "script_method", "trace", "unused",
]


def script(obj: Any, *args: Any, **options: Any) -> Any:
    """The function, class or module itself."""
    return obj


script_if_tracing = script_method = export = unused = script


def trace(func: Any, example_inputs: Any = None, **options: Any) -> Any:
    """The function or module itself; it is not called."""
    return func


def ignore(drop: Any = False, **options: Any) -> Any:
    """The function itself; also as a decorator with options."""
    if callable(drop):
        return drop

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    return decorate


def is_scripting() -> bool:
    """Always False."""
    return False


is_tracing = is_scripting


def save(m: Any, f: Any, **options: Any) -> None:
    """NotImplementedError: a module is saved by its ``state_dict``."""
    raise NotImplementedError(
        "torch.jit.save() is not available: a module's code is not saved. Use torch.save(model.state_dict(), "
        "f)."
    )


def load(f: Any, **options: Any) -> Any:
    """NotImplementedError: a file that holds code is not read."""
    raise NotImplementedError(
        "torch.jit.load() is not available: a file that holds code is not read. Build the model and use "
        "model.load_state_dict(torch.load(f))."
    )
