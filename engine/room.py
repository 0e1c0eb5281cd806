"""Room: what a way to write into given arrays may use beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

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


def operand(array: np.ndarray, size: int) -> np.ndarray:
    """An operand for so many results: one that is a single number has no dimensions, which is faster."""
    if not array.ndim or size < 2 or not (array.size == 1 or 0 in array.strides):
        return array
    single = all(n == 1 or not step for n, step in zip(array.shape, array.strides, strict=True))
    return array[(0,) * array.ndim + (...,)] if single and array.size else array


def side_by_side(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The same numbers in as few arrays as can be: those that follow one another in memory as one vector."""
    found: list[np.ndarray] = []
    for array in arrays:
        last = found[-1] if found else None
        root = _root(array)
        if last is None or root is not _root(last) or not (root.flags.c_contiguous and _follows(last, array)):
            found.append(array)
            continue
        start = last.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        found[-1] = np.ndarray((last.size + array.size,), array.dtype, root, start)
    return found


def _follows(left: np.ndarray, right: np.ndarray) -> bool:
    end = left.__array_interface__["data"][0] + left.nbytes
    alike = left.dtype == right.dtype and left.flags.c_contiguous and right.flags.c_contiguous
    return alike and end == right.__array_interface__["data"][0]


def _root(array: np.ndarray) -> np.ndarray:
    """The array that the memory belongs to."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


@lru_cache(maxsize=4096)
def constant(value: float, dtype: np.dtype) -> np.ndarray:
    """`value` as a 0-d array: a ufunc takes it without the conversion that a Python number needs."""
    made = np.array(value, dtype)
    made.flags.writeable = False
    return made


@lru_cache(maxsize=64)
def ones(count: int, dtype: np.dtype) -> np.ndarray:
    """A vector of ones, kept; a product with it is a sum."""
    return np.ones(count, dtype)


class Lends(Protocol):
    """Who has memory for an op; see `engine/capture/replay/lender.py`."""

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory for what is being lowered."""

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory from there to its rule."""


def writes(function: Callable[..., Any], over: tuple[int, ...] = ()) -> Callable[..., Any]:
    """Decorator for a way to write into given arrays, as `Op.writes`, for a function outside of ops."""

    def decorate(way: Callable[..., Any]) -> Callable[..., Any]:
        function.into = way, over  # type: ignore[attr-defined]
        return way

    return decorate


class Room:
    """What a way to write into given arrays may use: memory, helpers, and notes of a forward for its rule."""

    def __init__(self, lender: Lends, crew: Crew) -> None:
        self._lender, self.crew = lender, crew
        self.notes: dict[str, Any] = {}

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str = "") -> np.ndarray:
        """Memory for use between the calls of a forward or a rule, until one asks for that name again."""
        return self._lender.scratch(shape, dtype, name)

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory that lasts from the calls of a forward to those of its rule, of any content at first."""
        return self._lender.own(shape, dtype, name)
