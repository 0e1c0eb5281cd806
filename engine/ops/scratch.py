"""Memory for numbers in between, kept for the next call: to get fresh memory costs more than to fill it."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

_LARGEST = 1 << 20  # elements; more is given back after use
_kept = threading.local()


def scratch(name: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array of any content, in this thread's memory of that name: valid until the name is used again."""
    size = math.prod(shape)
    if size > _LARGEST:
        return np.empty(shape, dtype)
    memory: dict[Any, np.ndarray] = _kept.__dict__
    flat = memory.get((name, dtype))
    if flat is None or flat.size < size:
        flat = memory[name, dtype] = np.empty(size, dtype)
    return flat[:size].reshape(shape)
