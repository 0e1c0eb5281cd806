"""How what was measured is made small enough to travel thirty times a second."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

MOST_BYTES = 2**16
"""Bytes of arrays in one view."""

MOST_NUMBERS = 14_000
"""Numbers (f4) in a view whose size depends on the model: what is left is for the arrays beside them."""

BINS = 32
MOST_COUNTED = 50_000
"""Values of a larger array are counted in equal strides: the picture is the same."""

ROWS, COLUMNS = 8, 32


def share(pieces: int, beside: int = 0) -> int:
    """Numbers that each of so many pieces of a view may have, with `beside` numbers in other arrays."""
    return max(1, (MOST_NUMBERS - beside) // max(1, pieces))


def window(array: np.ndarray, most: int, rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """The corner of an array as f4 [rows, columns], each row flattened; at most `most` numbers, but one."""
    table = array.reshape(len(array), -1) if array.ndim > 1 else array.reshape(1, -1)
    rows = max(1, min(rows, len(table), most))
    return table[:rows, : max(1, min(columns, most // rows))].astype(np.float32)


def corner(array: np.ndarray, most: int) -> dict[str, Any]:
    """A `Corner`."""
    values = array.reshape(-1)
    with np.errstate(all="ignore"):
        finite = values if np.isfinite(values.sum()) else values[np.isfinite(values)]
        known = len(finite) > 0
        return {
            "shape": list(array.shape),
            "values": window(array, most),
            "mean": float(finite.mean()) if known else None,
            "std": float(finite.std()) if known else None,
            "low": float(finite.min()) if known else None,
            "high": float(finite.max()) if known else None,
            "finite": bool(np.isfinite(values).all()),
        }


def rms(arrays: Sequence[np.ndarray]) -> float | None:
    """The root mean square of all numbers together, null where there are none."""
    count = sum(array.size for array in arrays)
    if not count:
        return None
    with np.errstate(all="ignore"):
        return math.sqrt(sum(float(np.vdot(array, array)) for array in arrays) / count)


def extent(arrays: Sequence[np.ndarray]) -> tuple[float | None, float | None]:
    """The smallest and the largest finite number, null where there is none."""
    found = [array[np.isfinite(array)] for array in arrays]
    found = [array for array in found if array.size]
    if not found:
        return None, None
    return float(min(array.min() for array in found)), float(max(array.max() for array in found))


def histogram(arrays: Sequence[np.ndarray]) -> dict[str, Any] | None:
    """A `Histogram` of all finite values, null where there are none.

    A single value stands in the middle of a range of 1, or of a millionth of it where it is large.
    """
    if not arrays:
        return None
    values = np.concatenate([array.reshape(-1) for array in arrays])
    values = values[:: 1 + len(values) // MOST_COUNTED]
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if low == high:
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    places = ((values.astype(np.float64) - low) / (high - low) * BINS).astype(np.intp)
    counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    return {"low": low, "high": high, "counts": counts.astype(np.int32)}


def pictures(x: np.ndarray) -> np.ndarray:
    """Images [n, 1, height, width] of any range as grey values, uint8 [n, height, width]."""
    low, high = x.min(), x.max()
    grey = (x - low) * (255 / (high - low or 1))
    return grey.reshape(len(x), *x.shape[-2:]).round().astype(np.uint8)


def figure(value: float) -> str:
    """A number as an explanation writes it: four figures, a true minus sign."""
    return f"{value:.4g}".replace("-", "−")
