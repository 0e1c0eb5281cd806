"""Room: what a way to write into given arrays may use beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class Room:
    """What a way to write into given arrays may use: memory, and notes of a forward for its rule."""

    def __init__(self, shared: dict[Any, np.ndarray]) -> None:
        self._shared = shared
        self.notes: dict[str, Any] = {}

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str = "") -> np.ndarray:
        """Memory for use between the calls of one op; all ops share that of one name and size."""
        kind = np.dtype(dtype)
        size = math.prod(shape) * kind.itemsize
        if (name, size) not in self._shared:
            self._shared[name, size] = np.empty(size, np.uint8)
        return self._shared[name, size].view(kind).reshape(shape)
