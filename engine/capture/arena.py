"""Fixed memory for the arrays of a captured step: one block, in which lifetimes that do not meet share."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import numpy as np

from engine.room import block, lines

_WORTH_A_LOOK = 1 << 12  # bytes for which gaps are looked for


def place(lives: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """Offsets for blocks of memory given as (bytes, first use, last use); and the total.

    The largest are placed first, each in the tightest gap between those whose lives meet its own.
    """
    offsets = [0] * len(lives)
    total = 0
    placed: list[tuple[int, int, int, int]] = []  # (offset, end, first use, last use), by offset
    order = sorted(range(len(lives)), key=lambda at: -lives[at][0])
    for at in order:
        size, first, last = lives[at]
        size = lines(max(size, 1))
        best, tightest, end = -1, 0, 0
        for start, stop, begins, ends in placed:
            if begins > last or ends < first:
                continue
            gap = start - end
            if gap >= size and (best < 0 or gap < tightest):
                best, tightest = end, gap
            if stop > end:
                end = stop
        if best < 0:
            best = end
        offsets[at] = best
        insort(placed, (best, best + size, first, last))
        total = max(total, best + size)
    return offsets, total


class Spare:
    """Memory that nobody needs while one entry is done: gaps in a block, and beside it blocks of its own."""

    def __init__(self, memory: np.ndarray, offsets: list[int], lives: list[list[int]]) -> None:
        self._memory = memory
        self._used = sorted(zip(offsets, lives, strict=True))
        self._blocks: list[np.ndarray] = []
        self._free: list[np.ndarray] = []
        self._at: int | None = None

    @property
    def bytes(self) -> int:
        """How much its own blocks take."""
        return sum([part.nbytes for part in self._blocks])

    def open(self, at: int) -> None:
        """The entry that is done at this time begins: all is free that no array has then."""
        self._free, self._at = self._blocks.copy(), at

    def get(self, size: int) -> np.ndarray:
        """So many bytes, of any content: of the tightest piece that is free."""
        if size >= _WORTH_A_LOOK and self._at is not None:
            self._free += self._gaps(self._at)
            self._at = None
        fitting = [at for at, part in enumerate(self._free) if part.nbytes >= size]
        if not fitting:
            self._blocks.append(block(size))
            return self._blocks[-1]
        best = min(fitting, key=lambda at: self._free[at].nbytes)
        part = self._free[best]
        self._free[best] = part[lines(size) :]
        return part[:size]

    def _gaps(self, at: int) -> list[np.ndarray]:
        found, end = [], 0
        for start, (size, first, last) in self._used:
            if first <= at <= last:
                found.append(self._memory[end:start])
                end = max(end, start + lines(size))
        return [*found, self._memory[end:]]
