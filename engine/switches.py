"""Settings that programs for PyTorch make at their start. Results here do not depend on any of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

_threads = os.cpu_count() or 1
_deterministic = False


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself: there is no compiler. Also as a decorator with options."""
    if model is not None:
        return model

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    return decorate


def get_num_threads() -> int:
    """What ``set_num_threads`` was given, or the number of processors."""
    return _threads


def set_num_threads(count: int) -> None:
    """Remember a number of threads; numpy's own libraries take theirs from the environment."""
    global _threads
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _threads = count


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the choice: every algorithm here is deterministic."""
    global _deterministic
    _deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What ``use_deterministic_algorithms`` was given."""
    return _deterministic


def set_float32_matmul_precision(precision: str) -> None:
    """Nothing to choose: float32 products are float32."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision} is not one of 'highest', 'high', or 'medium'")
