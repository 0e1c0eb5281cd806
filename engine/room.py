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


class Scratch:
    """Memory that ops work in, between their calls.

    How much an op needs is known when it has asked for it all. Until then each name and size has memory of
    its own, which ops share; an op that is given a block of ``whole`` memory takes it from there.
    """

    def __init__(self) -> None:
        self.bytes = 0  # that ops share
        self._top = 0  # bytes that the present op has asked for
        self._whole: np.ndarray | None = None
        self._shared: dict[Any, np.ndarray] = {}
        self._taken: dict[Any, np.ndarray] = {}

    def enter(self, whole: np.ndarray | None) -> None:
        """An op begins."""
        self._whole, self._taken, self._top = whole, {}, 0

    def leave(self) -> int:
        """It has asked for all; how many bytes that is."""
        top, self._top = self._top, 0
        return top

    def take(self, name: str, size: int) -> np.ndarray:
        """Memory of so many bytes, the same for one name and size until the next op."""
        key = name, size
        if key not in self._taken:
            start, self._top = self._top, self._top + -(-size // _LINE) * _LINE
            self._taken[key] = self._share(key) if self._whole is None else self._whole[start : start + size]
        return self._taken[key]

    def _share(self, key: tuple[str, int]) -> np.ndarray:
        if key not in self._shared:
            self._shared[key] = block(key[1])
            self.bytes += key[1]
        return self._shared[key]


class Room:
    """What a way to write into given arrays may use: memory, helpers, and notes of a forward for its rule."""

    def __init__(self, scratch: Scratch, crew: Crew) -> None:
        self._scratch = scratch
        self.crew = crew
        self._own: dict[Any, np.ndarray] = {}
        self.notes: dict[str, Any] = {}

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str = "") -> np.ndarray:
        """Memory for use between the calls of a forward or a rule; others use it too."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        return self._scratch.take(name, size).view(dtype).reshape(shape)

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory that a forward and its rule alone use, 0 before the first replay."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if (name, size) not in self._own:
            self._own[name, size] = block(size)
        return self._own[name, size].view(dtype).reshape(shape)
