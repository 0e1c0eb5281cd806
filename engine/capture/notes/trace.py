"""What a recording consists of: places in memory, references to arrays in them, and entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

CLEARED: Any = object()  # in place of a gradient that a step forgets before it looks at it


class Storage:
    """A stretch of memory that arrays of the step lie in.

    ``kind`` is "external" (there before the step: parameters, buffers, constants), "argument", "gradient"
    (of the leaf ``leaf``) or "temporary" (made by the step). In replays its ``place`` stands in, if any.
    """

    leaf: Any = None
    constant: np.ndarray | None = None  # that the step makes of shapes and plain numbers
    values: bytes | None = None  # of that; None if it was not filled
    used = stays = False  # something needs it; of what the step makes: replays may have it where it is
    place: np.ndarray | None = None
    _bounds: tuple[int, int] | None = None

    def __init__(self, kind: str, root: np.ndarray) -> None:
        self.kind, self.root = kind, root

    @property
    def bounds(self) -> tuple[int, int]:
        """First address, and the first one after it; looked up when somebody asks, for that takes time."""
        if self._bounds is None:
            self._bounds = bounds(self.root)
        return self._bounds


class Ref:
    """An array of the step: how it lies in which memory."""

    __slots__ = ("array", "storage")

    def __init__(self, array: np.ndarray, storage: Storage) -> None:
        self.array = array
        self.storage = storage

    def is_whole(self) -> bool:
        """Whether it is all that lies in its place."""
        return self.array.nbytes == self.storage.root.nbytes

    def placed(self) -> np.ndarray:
        """The array that replays have in its stead."""
        array, place = self.array, self.storage.place
        if place is None:
            return array
        if array is self.storage.root:
            return place
        if place.shape == array.shape and place.strides == array.strides and place.dtype == array.dtype:
            return place
        if not array.size:
            return np.empty_like(array)
        if not place.flags.forc:  # its axes are in another order, with no gaps
            place = place.transpose(np.argsort(place.strides)[::-1])
        offset = array.__array_interface__["data"][0] - self.storage.bounds[0]
        return np.ndarray(array.shape, array.dtype, place, offset, array.strides)


class Entry:
    """One call of numpy code: ``function(*args)`` with a Ref for each array, giving ``outs``.

    It ``reads`` some arrays and has ``made`` others; it ``writes`` into memory that was there before. One
    with an ``effect`` stays although nobody reads what it gives; ``plain`` Python may have any effect. That a
    result is ``sized`` by numbers may have an effect too.
    ``source`` is the op whose ``role`` it is, "forward" or "vjp", for those that know a faster way; ``node``
    is what these two have in common.
    """

    writes: Sequence[Storage] = ()
    effect = plain = sized = False

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], outs: Any, reads: Sequence[Ref],
        made: Sequence[Ref] = (), source: Any = None, role: str = "", node: int = 0,
    ) -> None:
        self.function, self.args, self.outs = function, args, outs
        self.reads, self.made = reads, made
        self.source, self.role, self.node = source, role, node

    @property
    def lasts(self) -> bool:
        """Whether it changes something that was there before the step."""
        return self.plain or any(storage.kind != "temporary" for storage in self.writes)

    @property
    def way(self) -> tuple[Callable[..., Any], tuple[int, ...]] | None:
        """The way to write into given arrays that an op, or a function outside of ops, has for it."""
        if self.source is None:
            return getattr(self.function, "into", None)
        found: tuple[Callable[..., Any], tuple[int, ...]] | None = self.source.into.get(self.role)
        return found


class Gone:
    """Where an array was, and how: all that is left of one whose numbers are not needed any more."""

    __slots__ = ("base", "dtype", "shape", "start", "strides")

    def __init__(self, array: np.ndarray, base: Gone | None) -> None:
        self.shape, self.strides, self.dtype = array.shape, array.strides, array.dtype
        self.start, self.base = start(array), base  # an address, and whose memory it is, if not its own


def start(array: np.ndarray | Gone) -> int:
    """The address of its first element."""
    return array.start if isinstance(array, Gone) else int(array.__array_interface__["data"][0])


def bounds(array: np.ndarray) -> tuple[int, int]:
    """First address of an array, and the first one after it."""
    start = stop = array.__array_interface__["data"][0]
    if array.size:
        for n, step in zip(array.shape, array.strides, strict=True):
            if step > 0:
                stop += (n - 1) * step
            else:
                start += (n - 1) * step
        stop += array.itemsize
    return start, stop


def owner(array: Any) -> Any:
    """The array whose memory ``array`` is a view of."""
    found, base = array, array.base
    while base is not None:
        if isinstance(base, (np.ndarray, Gone)):
            found = base
        base = getattr(base, "base", None)
    return found


def refs(tree: Any) -> list[Ref]:
    """All references in nested tuples, lists and dicts."""
    found: list[Ref] = []
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind is Ref:
            found.append(part)
        elif isinstance(part, (tuple, list)):
            waiting.extend(reversed(part))
        elif kind is dict:
            waiting.extend(reversed(part.values()))
    return found
