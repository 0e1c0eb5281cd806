"""Settings that programs for PyTorch make at their start. Results here do not depend on any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.device import CPU, require_cpu

_deterministic = False


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself: there is no compiler. Also as a decorator with options."""
    if model is not None:
        return model

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    return decorate


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the choice: every algorithm here is deterministic."""
    global _deterministic
    _deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What ``use_deterministic_algorithms`` was given."""
    return _deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Always False: there is nothing to be warned of."""
    return False


_precision = "highest"


def set_float32_matmul_precision(precision: str) -> None:
    """Remember the choice: float32 products are float32 with each."""
    global _precision
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision} is not one of 'highest', 'high', or 'medium'")
    _precision = precision


def get_float32_matmul_precision() -> str:
    """What ``set_float32_matmul_precision`` was given."""
    return _precision


def set_default_device(device: Any) -> None:
    """Nothing to choose: RuntimeError for any device but the CPU."""
    require_cpu(device)


def get_default_device() -> Any:
    """Always the CPU."""
    return CPU
