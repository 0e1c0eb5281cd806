"""A tensor's numbers for the page: a window of its last two dimensions."""

import math
from typing import Any

import numpy as np

from playground.protocol.tensor_requests import GridWindow
from playground.protocol.tensors import Grid, Item

Array = np.ndarray[Any, Any]

ROWS = 16
COLUMNS = 16
FIRST = GridWindow()


def item(value: Any) -> Item:
    """A number as JSON has it; `nan`, `inf` and `-inf` as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


class Corner:
    """A window as a view of the tensor: `shown` is it, always two-dimensional."""

    __slots__ = ("column", "row", "shown", "slices")

    def __init__(
        self, array: Array, window: GridWindow = FIRST, rows: int = ROWS, columns: int = COLUMNS
    ) -> None:
        self.slices: list[int] = []
        if array.ndim > 2:
            wanted = [*window.slices, *[0] * array.ndim]
            self.slices = [
                min(at, max(size - 1, 0)) for at, size in zip(wanted, array.shape[:-2], strict=False)
            ]
            array = array[tuple(self.slices)] if array.size else np.zeros((0, 0), array.dtype)
        elif array.ndim < 2:
            array = array.reshape(1, -1)
        self.row = max(0, min(window.row, array.shape[0] - rows))
        self.column = max(0, min(window.column, array.shape[1] - columns))
        self.shown = array[self.row : self.row + rows, self.column : self.column + columns]

    def grid(self, low: float | None, high: float | None) -> Grid:
        """As the page gets it."""
        return Grid.model_construct(
            slices=self.slices, row=self.row, column=self.column, value=numbers(self.shown),
            low=low, high=high,
        )  # fmt: skip


def grid(array: Array, window: GridWindow = FIRST, rows: int = ROWS, columns: int = COLUMNS) -> Grid:
    """The window of a tensor with the range of all its values."""
    return Corner(array, window, rows, columns).grid(*limits(array))


def numbers(array: Array) -> list[list[Item]]:
    """Rows of numbers."""
    rows = array.tolist()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return [[item(value) for value in row] for row in rows]
    return rows


def limits(array: Array) -> tuple[float | None, float | None]:
    """The least and the greatest finite element."""
    if not array.size:
        return None, None
    low, high = float(array.min()), float(array.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = array[np.isfinite(array)]
    return (float(finite.min()), float(finite.max())) if finite.size else (None, None)
