"""What algorithms made of several numpy calls share: the calls, and memory for numbers in between.

An algorithm gives its calls on arrays that are there; they are made at once, or at every replay of a captured
step. Memory is kept for the next call: to get fresh memory costs more than to fill it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

Call = tuple[Callable[..., Any], tuple[Any, ...]]
Calls = Iterator[Call]
Take = Callable[[tuple[int, ...], np.dtype, str], np.ndarray]  # memory by shape, type and name

_LARGEST = 1 << 20  # elements; more is given back after use
_kept = threading.local()


def perform(calls: Iterable[Call]) -> None:
    """Make the calls."""
    for function, args in calls:
        function(*args)


def scratch(shape: tuple[int, ...], dtype: np.dtype, name: str) -> np.ndarray:
    """An array of any content, in this thread's memory of that name: valid until the name is used again."""
    size = math.prod(shape)
    if size > _LARGEST:
        return np.empty(shape, dtype)
    memory: dict[Any, np.ndarray] = _kept.__dict__
    flat = memory.get((name, dtype))
    if flat is None or flat.size < size:
        flat = memory[name, dtype] = np.empty(size, dtype)
    return flat[:size].reshape(shape)


def give_back() -> None:
    """Forget this thread's memory, where it will hardly be needed soon."""
    _kept.__dict__.clear()
