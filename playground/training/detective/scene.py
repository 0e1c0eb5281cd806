"""Tensors at the scene, small enough to be looked at: a window around the place, and all numbers counted."""

from typing import Any

import numpy as np

from playground.training.probes.pack import histogram

ROWS, COLUMNS = 5, 7
MOST_TENSORS = 4


def tensor(name: str, array: np.ndarray, at: tuple[int, ...]) -> dict[str, Any]:
    """A `FoundTensor` whose window is around `at`."""
    table = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    row, column = divmod(int(np.ravel_multi_index(at, array.shape)) if at else 0, table.shape[1])
    top, left = _start(row, ROWS, table.shape[0]), _start(column, COLUMNS, table.shape[1])
    window = table[top : top + ROWS, left : left + COLUMNS]
    finite = array[np.isfinite(array)]
    return {
        "name": name,
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "smallest": float(finite.min()) if finite.size else None,
        "largest": float(finite.max()) if finite.size else None,
        "not_finite": int(array.size - finite.size),
        "values": [[_item(value) for value in line] for line in window.tolist()],
        "row": top,
        "column": left,
        "marked": [row, column],
        "at": list(at),
        "histogram": _bins(array),
    }


def _start(place: int, shown: int, size: int) -> int:
    """Where a window begins that has the place in its middle, as far as there is room."""
    return max(0, min(place - shown // 2, size - shown))


def _bins(array: np.ndarray) -> dict[str, Any] | None:
    """In float64: the width of bins of numbers this large is none in float32."""
    counted = histogram([array.astype(np.float64)])
    if counted is None or not np.isfinite(counted["high"] - counted["low"]):
        return None
    return {**counted, "counts": counted["counts"].tolist()}


def _item(value: float) -> float | str:
    """What JSON has no number for as text."""
    return value if np.isfinite(value) else str(value)


def number(value: float) -> float | None:
    """None where it is not finite, as JSON has it."""
    return float(value) if np.isfinite(value) else None
