"""``torch.compiler``: what a program says to a compiler, of which there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def is_compiling() -> bool:
    """Always False."""
    return False


is_dynamo_compiling = is_exporting = is_compiling


def disable(fn: Callable[..., Any] | None = None, recursive: bool = True, **options: Any) -> Any:
    """The function itself; also as a decorator with options."""
    return fn if fn is not None else lambda function: function


allow_in_graph = assume_constant_result = disable


def reset() -> None:
    """Nothing to forget."""


cudagraph_mark_step_begin = reset
