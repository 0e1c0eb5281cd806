"""Room: what a way to write into given arrays may use beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from engine.parallel import Crew, can_share, memory

LINE = 64  # bytes; a vector load that starts on a cache line does not cross into the next


def block(size: int) -> np.ndarray:
    """``size`` bytes, all 0, that start on a cache line, shared with the helpers of a step if it has any."""
    if can_share():
        return memory(size)
    own = np.zeros(size + LINE, np.uint8)
    start = -own.__array_interface__["data"][0] % LINE
    return own[start : start + size]


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array, not filled yet, that starts on a cache line."""
    size, spare = math.prod(shape), LINE // dtype.itemsize
    memory = np.empty(size + spare, dtype)
    start = -memory.__array_interface__["data"][0] % LINE // dtype.itemsize
    return memory[start : start + size].reshape(shape)


def lines(size: int) -> int:
    """Bytes, to the next cache line."""
    return -(-size // LINE) * LINE


@lru_cache(maxsize=4096)
def constant(value: float, dtype: np.dtype) -> np.ndarray:
    """`value` as a 0-d array: a ufunc takes it without the conversion that a Python number needs."""
    made = np.array(value, dtype)
    made.flags.writeable = False
    return made


class Memory:
    """Memory for an op, by name.

    How much it needs is known when it has asked for it all. So ``sizes`` are kept, and when the op is lowered
    again its memory is cut from one block, ``whole``; before that it is got piece by piece.
    """

    def __init__(
        self, get: Callable[[int], np.ndarray], whole: np.ndarray | None, sizes: dict[str, int]
    ) -> None:
        self.sizes: dict[str, int] = {}
        self._get, self._parts, start = get, dict[str, np.ndarray](), 0
        for name, size in sizes.items() if whole is not None else ():
            self._parts[name] = whole[start : start + size]  # type: ignore[index]
            start += lines(size)
        self._taken: dict[tuple[str, int], np.ndarray] = {}

    @property
    def bytes(self) -> int:
        """How much it needs."""
        return sum(map(lines, self.sizes.values()))

    def take(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """An array of any content: the same for one name and size, and maybe for one name."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if (name, size) not in self._taken:
            self.sizes[name] = max(self.sizes.get(name, 0), size)
            part = self._parts.get(name)
            self._taken[name, size] = self._get(size) if part is None else part[:size]
        return self._taken[name, size].view(dtype).reshape(shape)


class Room:
    """What a way to write into given arrays may use: memory, helpers, and notes of a forward for its rule."""

    def __init__(self, crew: Crew, lasting: Memory, working: Memory) -> None:
        self.crew = crew
        self.lasting, self.working = lasting, working
        self.notes: dict[str, Any] = {}

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str = "") -> np.ndarray:
        """Memory for use between the calls of a forward or a rule, until the name is used again."""
        return self.working.take(shape, dtype, name)

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory that lasts from the calls of a forward to those of its rule."""
        return self.lasting.take(shape, dtype, name)
