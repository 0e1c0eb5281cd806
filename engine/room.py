"""Room: what a way to write into given arrays may use beside them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from engine.parallel import Crew, can_share, memory

_LINE = 64  # bytes; a vector load that starts on a cache line does not cross into the next


def block(size: int) -> np.ndarray:
    """``size`` bytes, all 0, that start on a cache line, shared with the helpers of a step if it has any."""
    if can_share():
        return memory(size)
    own = np.zeros(size + _LINE, np.uint8)
    start = -own.__array_interface__["data"][0] % _LINE
    return own[start : start + size]


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array, not filled yet, that starts on a cache line."""
    size, spare = math.prod(shape), _LINE // dtype.itemsize
    memory = np.empty(size + spare, dtype)
    start = -memory.__array_interface__["data"][0] % _LINE // dtype.itemsize
    return memory[start : start + size].reshape(shape)


@lru_cache(maxsize=4096)
def constant(value: float, dtype: np.dtype) -> np.ndarray:
    """`value` as a 0-d array: a ufunc takes it without the conversion that a Python number needs."""
    made = np.array(value, dtype)
    made.flags.writeable = False
    return made


class Room:
    """What a way to write into given arrays may use: memory, helpers, and notes of a forward for its rule."""

    def __init__(self, shared: dict[Any, np.ndarray], crew: Crew) -> None:
        self._shared = shared
        self.crew = crew
        self._own: dict[Any, np.ndarray] = {}
        self.notes: dict[str, Any] = {}

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str = "") -> np.ndarray:
        """Memory for use between the calls of one op; all ops share that of one name and size."""
        return _found(self._shared, shape, np.dtype(dtype), name)

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory that a forward and its rule alone use, 0 before the first replay."""
        return _found(self._own, shape, np.dtype(dtype), name)


def _found(kept: dict[Any, np.ndarray], shape: tuple[int, ...], dtype: np.dtype, name: str) -> np.ndarray:
    size = math.prod(shape) * dtype.itemsize
    if (name, size) not in kept:
        kept[name, size] = block(size)
    return kept[name, size].view(dtype).reshape(shape)
