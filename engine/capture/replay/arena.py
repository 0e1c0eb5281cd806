"""Fixed memory for the arrays of a captured step: one block, in which lifetimes that do not meet share."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.capture.notes.trace import Entry, Ref, Storage
from engine.capture.replay.lender import Lender, Needs
from engine.room import block, lines

Block = tuple[int, int, int, int]  # offset, end, first use and last use

_MANY = 500  # blocks


def share(
    entries: Sequence[Entry], outputs: Sequence[Ref], made: Sequence[Storage],
    asked: Mapping[Any, list[int]], needs: Needs,
) -> tuple[Lender, dict[Any, np.ndarray], int]:
    """Give what a step has ``made`` its places.

    Entries have ``asked`` for memory to work in: bytes, first and last use, by whatever stands for it. Gives
    who lends it to them, the places of that, and how many bytes all take together.
    """
    lives: dict[Any, list[int]] = _lives(entries, outputs, made)
    for at, entry in enumerate(entries):
        _overwrite(entry, at, lives)
    lives.update(asked)
    apart = {id(life): life for life in lives.values()}
    offsets, total = place(list(apart.values()))
    memory = block(total)
    starts = dict(zip(apart, offsets, strict=True))
    for storage in made:
        root, life = storage.root, lives.pop(id(storage))
        storage.place = np.ndarray(root.shape, root.dtype, memory, starts[id(life)], root.strides)
    places = {key: memory[starts[id(life)] :][: life[0]] for key, life in lives.items()}
    return Lender(memory, offsets, list(apart.values()), places, needs), places, total


def _lives(
    entries: Sequence[Entry], outputs: Sequence[Ref], made: Sequence[Storage]
) -> dict[int, list[int]]:
    """By id of each storage that the step has made: bytes, first use and last use."""
    lives = {id(storage): [storage.root.nbytes, -1, 0] for storage in made}
    find = lives.get
    for at, entry in enumerate(entries):
        storages = [ref.storage for ref in entry.reads]
        storages += [ref.storage for ref in entry.made]
        for storage in (*storages, *entry.writes):
            life = find(id(storage))
            if life is not None:
                if life[1] < 0:
                    life[1] = at
                life[2] = at
    for ref in outputs:
        if id(ref.storage) in lives:
            lives[id(ref.storage)][2] = len(entries)
    return lives


def _overwrite(entry: Entry, at: int, lives: dict[int, list[int]]) -> None:
    """Have a result take the place of what was read for the last time to compute it."""
    if len(entry.made) != 1 or not (over := _may_overwrite(entry)):
        return
    made = entry.made[0]
    life = lives.get(id(made.storage))
    if life is None or life[1] != at or not made.is_whole():
        return
    for ref in over:
        before = lives.get(id(ref.storage))
        if before is None or before[2] != at or not ref.is_whole():
            continue
        if all(_alike(made, other) for other in entry.reads if other.storage is ref.storage):
            before[2], lives[id(made.storage)] = life[2], before
            return


def _may_overwrite(entry: Entry) -> Sequence[Ref]:
    """The arrays among an entry's arguments that its result may take the place of."""
    if (way := entry.way) is not None:
        return [entry.args[at] for at in way[1]]
    return entry.reads  # numpy computes it all, or element by element, before anything is overwritten


def _alike(one: Ref, other: Ref) -> bool:
    """Whether two arrays lie in memory in the same way."""
    a, b = one.array, other.array
    return a.shape == b.shape and a.strides == b.strides and a.dtype == b.dtype


def place(lives: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """Offsets for blocks of memory given as (bytes, first use, last use); and the total.

    The largest are placed first, each in the tightest gap between those whose lives meet its own.
    """
    offsets = [0] * len(lives)
    total = 0
    placed: _Few | _Many = _Few() if len(lives) <= _MANY else _Many(len(lives))
    order = sorted(range(len(lives)), key=lambda at: -lives[at][0])
    for at in order:
        size, first, last = lives[at]
        size = lines(max(size, 1))
        offsets[at] = best = placed.gap(size, first, last)
        placed.add((best, best + size, first, last))
        total = max(total, best + size)
    return offsets, total


class _Few:
    """Blocks that have their places, by offset."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def gap(self, size: int, first: int, last: int) -> int:
        """Where the tightest gap begins that is free from the first use to the last, or where all end."""
        best, tightest, end = -1, 0, 0
        for start, stop, begins, ends in self._blocks:
            if begins > last or ends < first:
                continue
            gap = start - end
            if gap >= size and (best < 0 or gap < tightest):
                best, tightest = end, gap
            if stop > end:
                end = stop
        return end if best < 0 else best

    def add(self, block: Block) -> None:
        """One more."""
        insort(self._blocks, block)


class _Many:
    """The same as a table, which numpy searches; that pays from hundreds of blocks on."""

    def __init__(self, most: int) -> None:
        self._blocks, self._count = np.zeros((4, most), np.int64), 0

    def gap(self, size: int, first: int, last: int) -> int:
        blocks = self._blocks[:, : self._count]
        starts, stops = blocks[:2, (blocks[2] <= last) & (blocks[3] >= first)]
        ends = np.maximum.accumulate(np.concatenate(([0], stops)))
        gaps = starts - ends[:-1]
        fitting = np.flatnonzero(gaps >= size)
        return int(ends[fitting[gaps[fitting].argmin()]] if len(fitting) else ends[-1])

    def add(self, block: Block) -> None:
        blocks, count = self._blocks, self._count
        at = np.searchsorted(blocks[0, :count], block[0])
        blocks[:, at + 1 : count + 1] = blocks[:, at:count]
        blocks[:, at] = block
        self._count += 1
