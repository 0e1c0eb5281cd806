"""Fixed memory for the arrays of a captured step: one block, in which lifetimes that do not meet share."""

from __future__ import annotations

from collections.abc import Iterable

_LINE = 64  # bytes of a cache line


def place(lives: Iterable[tuple[int, int, int]]) -> tuple[list[int], int]:
    """Offsets for blocks of memory given as (bytes, first use, last use), by first use; and the total."""
    offsets: list[int] = []
    free: list[tuple[int, int]] = []  # (offset, bytes), by offset, never touching
    busy: list[tuple[int, int, int]] = []  # (last use, offset, bytes)
    top = 0
    for size, first, last in lives:
        size = -(-max(size, 1) // _LINE) * _LINE
        ended = [block for block in busy if block[0] < first]
        if ended:
            busy = [block for block in busy if block[0] >= first]
            free = _joined(free + [(offset, length) for _, offset, length in ended])
        fitting = [gap for gap in free if gap[1] >= size]
        if fitting:
            gap = min(fitting, key=lambda gap: gap[1])
            free.remove(gap)
            if gap[1] > size:
                free = _joined([*free, (gap[0] + size, gap[1] - size)])
            offset = gap[0]
        elif free and sum(free[-1]) == top:
            offset = free.pop()[0]
            top = offset + size
        else:
            offset, top = top, top + size
        offsets.append(offset)
        busy.append((last, offset, size))
    return offsets, top


def _joined(gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Gaps by offset, neighbours made one."""
    found: list[tuple[int, int]] = []
    for offset, length in sorted(gaps):
        if found and sum(found[-1]) == offset:
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((offset, length))
    return found
