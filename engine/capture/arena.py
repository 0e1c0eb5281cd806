"""Fixed memory for the arrays of a captured step: one block, in which lifetimes that do not meet share."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from engine.room import lines


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
