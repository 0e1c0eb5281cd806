"""Whose memory a tensor uses, and where in it each of its elements lies."""

import weakref
from typing import Any

import numpy as np

from playground.workbench.windows import Array

MOST_WORK = 10_000


def owner(array: Array) -> Array:
    """The array whose memory `array` uses."""
    found: Any = array
    while (base := getattr(found, "base", None)) is not None and not isinstance(base, bytes | memoryview):
        found = base
    while not isinstance(found, np.ndarray):
        return array
    return found


class Storages:
    """Numbers memory: the same number is the same memory, for as long as it lives."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Array], int]] = {}
        self._next = 0

    def number(self, array: Array) -> int:
        """The number of the memory that an array uses."""
        holder = owner(array)
        known = self._known.get(id(holder))
        if known is not None and known[0]() is holder:
            return known[1]
        self._next += 1
        self._known[id(holder)] = (weakref.ref(holder), self._next)
        return self._next


def offset(array: Array) -> int:
    """Elements from the start of the memory to the first element."""
    return (_address(array) - _address(owner(array))) // array.itemsize


def size(array: Array) -> int:
    """Elements in the whole memory."""
    return owner(array).nbytes // array.itemsize


def places(array: Array, shown: Array) -> list[list[int]]:
    """Where in the memory of `array` the elements of `shown`, a two-dimensional view of it, lie."""
    if not shown.size:
        return []
    first = (_address(shown) - _address(owner(array))) // array.itemsize
    steps = [step // array.itemsize for step in shown.strides]
    rows, columns = (np.arange(n) * step for n, step in zip(shown.shape, steps, strict=True))
    return (first + rows[:, None] + columns[None, :]).tolist()


def overlap(one: Array, other: Array) -> bool:
    """Whether two arrays have an element in common; where that is too much to find out, whether they may."""
    try:
        return np.shares_memory(one, other, max_work=MOST_WORK)  # type: ignore[arg-type]  # stubs: -1 and 0
    except np.exceptions.TooHardError:
        return np.may_share_memory(one, other)


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])
