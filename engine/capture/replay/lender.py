"""What ops work in: memory of the arena that no array has meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from engine.room import block, lines

_WORTH_A_LOOK = 1 << 12  # bytes from which it matters where they are

Needs = dict[Any, dict[str, int]]  # bytes, by whoever asks and by name


class Lender:
    """Memory for the ops of a step.

    How much an op needs is known when it has asked for it all. Until then it gets what is free in the arena,
    and blocks beside it. Where these are large the arena is laid out again with all `needs`, which then have
    their `places` there, and the ops are asked once more.
    """

    def __init__(
        self, memory: np.ndarray, offsets: list[int], lives: list[list[int]], places: dict[Any, np.ndarray],
        needs: Needs,
    ) -> None:
        self._spare, self._places, self._needs = _Spare(memory, offsets, lives), places, needs
        self._working: dict[Any, _Memory] = {}
        self._lasting: dict[Any, _Memory] = {}
        self._small: dict[tuple[str, int], np.ndarray] = {}
        self._key: Any = None
        self._lasts: Any = None
        self._at = 0

    def open(self, key: Any, node: int, at: int) -> None:
        """From now on an entry asks that is done at this time; a forward and its rule have one node."""
        self._key, self._lasts, self._at = key, ("lasting", node), at
        if (memory := self._lasting.get(self._lasts)) is not None:
            memory.last = at

    def scratch(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory for this entry alone; of little memory all have the same."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size < _WORTH_A_LOOK:
            small = self._small.get((name, size))
            if small is None:
                small = self._small[name, size] = block(size)
            return small.view(dtype).reshape(shape)
        memory = self._working.get(self._key)
        if memory is None:
            self._spare.open(self._at)
            memory = self._working[self._key] = self._memory(self._key, self._spare.get)
        return memory.take(shape, dtype, name)

    def own(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """Memory from this entry to the last one of its node."""
        memory = self._lasting.get(self._lasts)
        if memory is None:
            memory = self._lasting[self._lasts] = self._memory(self._lasts, block)
        return memory.take(shape, dtype, name)

    def _memory(self, key: Any, get: Callable[[int], np.ndarray]) -> _Memory:
        return _Memory(self._at, self._places.get(key), self._needs.get(key, {}), get)

    @property
    def beside(self) -> int:
        """How many bytes lie beside the arena."""
        return self._spare.bytes + sum([memory.bytes for memory in self._lasting.values()])

    def needs(self) -> Iterator[tuple[Any, dict[str, int], list[int]]]:
        """Who has asked, for what, and how many bytes that is, first and last used when."""
        for key, memory in (*self._working.items(), *self._lasting.items()):
            yield key, memory.sizes, [memory.bytes, memory.first, memory.last]


class _Memory:
    """Memory by name: parts of a block of known size, or got piece by piece."""

    def __init__(
        self, at: int, whole: np.ndarray | None, sizes: dict[str, int], get: Callable[[int], np.ndarray]
    ) -> None:
        self.first = self.last = at
        self.sizes: dict[str, int] = {}
        self._get = get
        self._parts: dict[str, np.ndarray] = {}
        self._taken: dict[tuple[str, int], np.ndarray] = {}
        start = 0
        for name, size in sizes.items():
            if whole is not None:
                self._parts[name] = whole[start : start + size]
                start += lines(size)

    @property
    def bytes(self) -> int:
        """How much was asked for."""
        return sum(map(lines, self.sizes.values()))

    def take(self, shape: tuple[int, ...], dtype: Any, name: str) -> np.ndarray:
        """An array of any content: the same for one name and size, and maybe for one name."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        taken = self._taken.get((name, size))
        if taken is None:
            self.sizes[name] = max(self.sizes.get(name, 0), size)
            part = self._parts.get(name)
            taken = self._taken[name, size] = self._get(size) if part is None else part[:size]
        return taken.view(dtype).reshape(shape)


class _Spare:
    """Memory that nobody needs while one entry is done: gaps in a block, and beside it blocks of its own."""

    def __init__(self, memory: np.ndarray, offsets: list[int], lives: list[list[int]]) -> None:
        self._memory, self._offsets, self._lives = memory, offsets, lives
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
        if self._at is not None:
            self._free += self._gaps(self._at)
            self._at = None
        best = -1
        for at, part in enumerate(self._free):
            if part.size >= size and (best < 0 or part.size < self._free[best].size):
                best = at
        if best < 0:
            self._blocks.append(block(size))
            return self._blocks[-1]
        part = self._free[best]
        self._free[best] = part[lines(size) :]
        return part[:size]

    @cached_property
    def _used(self) -> np.ndarray:
        """Start, end, first use and last use of all that lies in the block, by where it lies."""
        pairs = zip(self._offsets, self._lives, strict=True)
        used = sorted((start, start + lines(size), *life) for start, (size, *life) in pairs)
        return np.array(used, np.int64).reshape(-1, 4).T

    def _gaps(self, at: int) -> list[np.ndarray]:
        starts, ends, first, last = self._used
        now = (first <= at) & (at <= last)
        begins = np.append(starts[now], self._memory.size)
        free = np.maximum.accumulate(np.append(0, ends[now]))  # from there on
        gaps = np.flatnonzero(begins > free)
        return [self._memory[free[gap] : begins[gap]] for gap in gaps]
