"""What a recording consists of: places in memory, references to arrays in them, and entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Storage:
    """A stretch of memory that arrays of the step lie in.

    ``kind`` is "external" (there before the step: parameters, buffers, constants), "argument", "gradient"
    (of the leaf ``leaf``) or "temporary" (made by the step).
    """

    __slots__ = ("_bounds", "initial", "kind", "leaf", "root")

    def __init__(self, kind: str, root: np.ndarray, leaf: Any = None) -> None:
        self.kind, self.root, self.leaf = kind, root, leaf
        self._bounds: tuple[int, int] | None = None
        self.initial: np.ndarray | None = None  # of a constant that the step itself makes: its values

    @property
    def bounds(self) -> tuple[int, int]:
        """First address, and the first one after it; looked up when somebody asks, for that takes time."""
        if self._bounds is None:
            self._bounds = bounds(self.root)
        return self._bounds

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        if self.root.flags.forc:
            return self.root.nbytes
        start, stop = self.bounds
        return stop - start

    def offset(self, array: np.ndarray) -> int:
        """Where in it an array starts, in bytes."""
        if array is self.root and array.flags.forc:
            return 0
        return int(array.__array_interface__["data"][0]) - self.bounds[0]


class Ref:
    """An array of the step: where it lies, and how."""

    __slots__ = ("array", "storage")

    def __init__(self, array: np.ndarray, storage: Storage) -> None:
        self.array = array
        self.storage = storage

    def is_whole(self) -> bool:
        """Whether it is all that lies in its place."""
        return self.array.nbytes == self.storage.bytes


class Entry:
    """One call of numpy code: ``function(*args)`` with a Ref for each array, giving ``outs``.

    ``source`` is the op whose forward or rule it is, for those that know a faster way. An entry with an
    ``effect`` stays although nobody reads what it gives.
    """

    __slots__ = (
        "args", "effect", "function", "made", "node", "outs", "reads", "role", "source", "writes"
    )

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        outs: Any,
        reads: list[Ref] | None = None,
        made: list[Ref] | None = None,
        source: Any = None,
        role: str = "",
        node: int = 0,
        *,
        writes: tuple[Storage, ...] = (),
        effect: bool = False,
    ) -> None:
        self.function, self.args, self.outs = function, args, outs
        self.reads = refs(args) if reads is None else reads
        self.made = refs(outs) if made is None else made
        self.writes, self.effect, self.source, self.role = writes, effect, source, role
        self.node = node  # the id of the node of the graph that a forward and its rule have in common


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


def owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory ``array`` is a view of."""
    found, base = array, array.base
    while base is not None:
        if isinstance(base, np.ndarray):
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
        elif kind is tuple or kind is list:
            waiting.extend(reversed(part))
        elif kind is dict:
            waiting.extend(reversed(part.values()))
    return found
