"""Max-pooling that always says where each largest number was: ``max_pool2d_with_indices`` and its kin."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine.nn.functional import adaptive_max_pool, fractional_pool, pooling

_POOLS = (
    pooling.max_pool1d, pooling.max_pool2d, pooling.max_pool3d, adaptive_max_pool.adaptive_max_pool1d,
    adaptive_max_pool.adaptive_max_pool2d, adaptive_max_pool.adaptive_max_pool3d,
    fractional_pool.fractional_max_pool2d, fractional_pool.fractional_max_pool3d,
)


def _with_indices(pool: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(pool)
    def call(*args: Any, **kwargs: Any) -> Any:
        return pool(*args, **{**kwargs, "return_indices": True})

    call.__name__ = call.__qualname__ = f"{pool.__name__}_with_indices"
    return call


FUNCTIONS = {f"{pool.__name__}_with_indices": _with_indices(pool) for pool in _POOLS}
"""All of them by name."""
