"""A tensor's numbers for the page: a window of its last two dimensions."""

import math
from collections.abc import Sequence
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


def corner(array: Array, window: GridWindow = FIRST, rows: int = ROWS, columns: int = COLUMNS) -> Array:
    """The two-dimensional part of `array` that a window shows, as a view."""
    return matrix(array, window)[
        start(window.row, matrix(array, window).shape[0], rows) :,
        start(window.column, matrix(array, window).shape[1], columns) :,
    ][:rows, :columns]


def matrix(array: Array, window: GridWindow = FIRST) -> Array:
    """The matrix that a window's slices choose; a vector is one row, a number 1 × 1."""
    if array.ndim < 2:
        return array.reshape(1, -1) if array.ndim else array.reshape(1, 1)
    return array[tuple(slices(array.shape, window))]


def slices(shape: Sequence[int], window: GridWindow) -> list[int]:
    """An index for each leading dimension, within it."""
    wanted = [*window.slices, *[0] * len(shape)]
    return [min(at, max(size - 1, 0)) for at, size in zip(wanted, shape[:-2], strict=False)]


def start(wanted: int, size: int, shown: int) -> int:
    """The first row or column, such that the window is full where it can be."""
    return max(0, min(wanted, size - shown))


def grid(array: Array, window: GridWindow = FIRST, rows: int = ROWS, columns: int = COLUMNS) -> Grid:
    """The window of a tensor with the range of all its values."""
    empty = 0 in array.shape
    shown = np.zeros((0, 0)) if empty else corner(array, window, rows, columns)
    whole = matrix(array, window).shape if not empty else (0, 0)
    low, high = limits(array)
    return Grid.model_construct(
        slices=slices(array.shape, window),
        row=start(window.row, whole[0], rows),
        column=start(window.column, whole[1], columns),
        value=numbers(shown),
        low=low,
        high=high,
    )


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
