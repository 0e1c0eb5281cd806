"""A curve of bounded size that loses no bucket.

A bucket spans `width` steps and keeps the smallest, mean, largest and last value in them. When there are too
many buckets the width doubles and neighbours merge. Display never writes history: readers take deltas.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from playground.protocol.requests import CurveCursor

LIMIT = 4000
FIRST_CAPACITY = 64

Floats = np.ndarray[Any, np.dtype[np.float64]]

# One row each of a table of buckets. `PLACE` is the step divided by the width, `STEP` the last step inside;
# float64 holds both exactly up to 2**53.
PLACE, STEP, COUNT, SUM, MIN, MAX, LAST = range(7)
ROWS = 7


class Delta(NamedTuple):
    """Buckets `start` … of `total`: the columns of `protocol.frames.CurveDelta`, float64 of one length."""

    width: int
    start: int
    total: int
    step: Floats
    min: Floats
    mean: Floats
    max: Floats
    last: Floats

    @property
    def cursor(self) -> CurveCursor:
        """What a reader has after this delta: the last bucket may still grow, so it is not counted."""
        return CurveCursor(width=self.width, count=max(0, self.total - 1))


class Curve:
    """Values over steps, in at most `limit` buckets. Steps only grow.

    `points` is how many values were ever added: readers compare it to know whether there is news.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        if limit < 2:
            raise ValueError(f"a curve of {limit} buckets cannot halve: at least 2 are needed")
        self.limit = limit
        self.width = 1
        self.points = 0
        self._table: Floats = np.empty((ROWS, min(FIRST_CAPACITY, limit)))
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def end(self) -> float:
        """The last step; 0 where there is none."""
        return float(self._table[STEP, self._size - 1]) if self._size else 0.0

    def extend(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Add points. Raises ValueError where a step does not grow, or has no value."""
        at, new = np.asarray(steps, np.float64), np.asarray(values, np.float64)
        if at.shape != new.shape or at.ndim != 1:
            raise ValueError(f"{at.shape} steps and {new.shape} values: one value for each step is needed")
        if not len(at):
            return
        before = self._table[STEP, self._size - 1] if self._size else at[0] - 1
        if np.any(np.diff(at, prepend=before) <= 0):
            raise ValueError(f"steps must grow: {at[0]:.0f} after {before:.0f}")
        self.points += len(at)
        last = self._table[:, max(0, self._size - 1) : self._size]
        points = np.stack([at // self.width, at, np.ones_like(at), new, new, new, new])
        grown = _merged(np.concatenate([last, points], axis=1))
        size = self._size - last.shape[1] + grown.shape[1]
        while size > self.limit:
            grown = _halved(np.concatenate([self._table[:, : size - grown.shape[1]], grown], axis=1))
            size = grown.shape[1]
            self.width *= 2
        self._write(grown, size)

    def _write(self, grown: Floats, size: int) -> None:
        if size > self._table.shape[1]:
            roomier = np.empty((ROWS, min(2 * size, self.limit)))
            roomier[:, : self._size] = self._table[:, : self._size]
            self._table = roomier
        self._table[:, size - grown.shape[1] : size] = grown
        self._size = size

    def could_have(self, steps: Floats, values: Floats) -> np.ndarray:
        """For each step whether it could have had that value: it is in the bounds of its bucket, and where it
        is the last one there, the very value. A step beyond all buckets could have any."""
        if not self._size:
            return np.ones(len(steps), bool)
        table = self._table[:, : self._size]
        place = np.searchsorted(table[STEP], steps)
        bucket = table[:, np.minimum(place, self._size - 1)]
        in_bounds = (bucket[MIN] <= values) & (values <= bucket[MAX])
        could = np.where(bucket[STEP] == steps, bucket[LAST] == values, in_bounds)
        return could | (place == self._size)

    def delta(self, cursor: CurveCursor | None = None) -> Delta:
        """What a reader at `cursor` lacks: everything where its width is not ours or it claims too much."""
        start = 0
        if cursor is not None and cursor.width == self.width and 0 <= cursor.count <= self._size:
            start = cursor.count
        part = self._table[:, start : self._size].copy()
        mean = part[SUM] / part[COUNT]
        return Delta(self.width, start, self._size, part[STEP], part[MIN], mean, part[MAX], part[LAST])


def _halved(table: Floats) -> Floats:
    table[PLACE] //= 2
    return _merged(table)


def _merged(table: Floats) -> Floats:
    """Neighbours at the same place become one; NaN counts for the mean and the last value only."""
    first = np.flatnonzero(np.diff(table[PLACE], prepend=-1))
    if len(first) == table.shape[1]:
        return table
    final = np.append(first[1:], table.shape[1]) - 1
    merged = table[:, final]
    merged[COUNT] = np.add.reduceat(table[COUNT], first)
    merged[SUM] = np.add.reduceat(table[SUM], first)
    merged[MIN] = np.fmin.reduceat(table[MIN], first)
    merged[MAX] = np.fmax.reduceat(table[MAX], first)
    return merged
