"""The keywords that say where and how a new tensor lies in memory. There is one way; others are refused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine.device import require_cpu, require_unpinned
from engine.layout import layout, memory_format, strided
from engine.tensor import Tensor


def placed(function: Callable[..., Tensor], *more: str) -> Callable[..., Tensor]:
    """The function with the keywords ``layout`` and ``pin_memory``, and ``more`` of PyTorch's.

    Raises, as PyTorch without other devices: AssertionError or RuntimeError for a device but the CPU,
    RuntimeError for pinned memory and sparse layouts, TypeError for what is no layout.
    """
    known = frozenset(("layout", "pin_memory", *more))

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Tensor:
        if not known.isdisjoint(kwargs):
            for name in known.intersection(kwargs):
                CHECKS[name](function.__name__, kwargs.pop(name))
        return function(*args, **kwargs)

    return call


def _check_layout(name: str, given: Any) -> None:
    if given is not None and not isinstance(given, layout):
        raise TypeError(f"{name}(): argument 'layout' must be torch.layout, not {type(given).__name__}")
    if given not in (None, strided):
        raise RuntimeError(f"{name}(): tensors are strided here, and {given!r} was asked for")


def _check_format(name: str, given: Any) -> None:
    if given is not None and not isinstance(given, memory_format):
        raise TypeError(
            f"{name}(): argument 'memory_format' must be torch.memory_format, not {type(given).__name__}"
        )


CHECKS: dict[str, Callable[[str, Any], None]] = {
    "device": lambda name, given: require_cpu(given),
    "layout": _check_layout,
    "pin_memory": lambda name, given: require_unpinned(given),
    "memory_format": _check_format,
}
