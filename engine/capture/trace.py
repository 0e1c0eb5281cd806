"""What a recording consists of: places in memory, references to arrays in them, and entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Storage:
    """A stretch of memory that arrays of the step lie in.

    ``kind`` is "external" (there before the step: parameters, buffers, constants), "argument", "gradient"
    (of the leaf ``leaf``) or "temporary" (made by entry number ``made``).
    """

    __slots__ = ("initial", "kind", "leaf", "made", "root", "start", "stop")

    def __init__(self, kind: str, root: np.ndarray, made: int = -1, leaf: Any = None) -> None:
        self.kind, self.root, self.made, self.leaf = kind, root, made, leaf
        self.start, self.stop = bounds(root)
        self.initial: np.ndarray | None = None  # of a constant that the step itself makes: its values


class Ref:
    """An array of the step: where it lies, and how."""

    __slots__ = ("array", "storage")

    def __init__(self, array: np.ndarray, storage: Storage) -> None:
        self.array = array
        self.storage = storage


class Entry:
    """One call of numpy code: ``function(*args)`` with a Ref for each array, giving ``outs``.

    ``source`` is the op whose forward or rule it is, for those that know a faster way. An entry with an
    ``effect`` stays although nobody reads what it gives.
    """

    __slots__ = ("args", "effect", "function", "node", "outs", "role", "source", "writes")

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        outs: Any,
        *,
        writes: tuple[Storage, ...] = (),
        effect: bool = False,
        source: Any = None,
        role: str = "",
        node: int = 0,
    ) -> None:
        self.function, self.args, self.outs = function, args, outs
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
    if isinstance(tree, Ref):
        return [tree]
    if isinstance(tree, (tuple, list)):
        return [ref for part in tree for ref in refs(part)]
    if isinstance(tree, dict):
        return [ref for part in tree.values() for ref in refs(part)]
    return []
