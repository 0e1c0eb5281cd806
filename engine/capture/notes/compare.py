"""Arrays of two recordings that play the same part, so that a third call may be a replay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.capture.form import is_named
from engine.capture.notes.trace import Gone, Ref, Storage, bounds, owner, start

_LOOKED_INTO = frozenset((tuple, list, dict, np.ndarray))
_ARRAYS = frozenset((np.ndarray, Gone))  # of the earlier recording


class DifferentError(Exception):
    """Two recordings of a step are not the same."""


class Compared:
    """The arrays of a recording, and those of an earlier one: such as play the same part are one `Ref`.

    Its methods get values of both, and raise DifferentError if these are not the same.
    """

    def __init__(self) -> None:
        self.storages: dict[int, list[Storage]] = {}  # by id of the array that has the memory
        self.known: dict[int, Ref] = {}  # by id of an array, or of a plain number that came out of a call
        self.twins: dict[int, Ref] = {}  # the same for those of the earlier recording
        self._owners: dict[int, np.ndarray] = {}  # by id of the earlier one, which other results are views of
        self._alive: list[np.ndarray] = []  # so that an id stays the name of one thing
        self.reads: list[Ref] = []  # of the present call
        self.made: list[Ref] = []

    def place(self, array: np.ndarray, twin: Any, storage: Storage) -> Ref:
        """An array that lies in memory of its own."""
        self.storages.setdefault(id(storage.root), []).append(storage)
        ref = self.known[id(array)] = Ref(array, storage)
        if twin is not None:
            self.twins[id(twin)] = ref
        return ref

    # ---- what a call is given ----

    def trees(self, values: Sequence[Any], twins: Sequence[Any]) -> list[Any]:
        """Values with a Ref for each array in them, which is read."""
        if len(values) != len(twins):
            raise DifferentError
        known, others, reads, made = self.known, self.twins, self.reads, []
        for value, twin in zip(values, twins, strict=True):
            found = known.get(id(value))
            if found is not None:
                if others.get(id(twin)) is not found:
                    raise DifferentError
                reads.append(found)
                made.append(found)
            elif value is twin and type(value) not in _LOOKED_INTO:
                made.append(value)
            else:
                made.append(self.tree(value, twin))
        return made

    def tree(self, value: Any, twin: Any) -> Any:
        """The same for one value."""
        kind = type(value)
        if kind is tuple or kind is list:
            if type(twin) is not kind:
                raise DifferentError
            parts = self.trees(value, twin)
            return tuple(parts) if kind is tuple else parts
        if kind is dict:
            if type(twin) is not dict or value.keys() != twin.keys():
                raise DifferentError
            return {key: self.tree(part, twin[key]) for key, part in value.items()}
        if is_named(kind):
            if type(twin) is not kind:
                raise DifferentError
            return kind._make(self.trees(value, twin))
        found = self.known.get(id(value))
        if found is not self.twins.get(id(twin)):
            raise DifferentError
        if found is None:
            if not isinstance(value, np.ndarray):
                if value is twin or is_same(value, twin):
                    return value
                raise DifferentError
            found = self._outside(value, twin)
        self.reads.append(found)
        return found

    def _outside(self, array: np.ndarray, twin: Any) -> Ref:
        """The reference to an array that no call has made: from outside, or a part of something known."""
        root = array if array.base is None else owner(array)
        if array is not twin:
            self._check_outside(array, twin, root)
        storage = self._storage_of(array, root) if id(root) in self.storages else None
        if storage is None:
            storage = Storage("external", root)
            self.storages.setdefault(id(root), []).append(storage)
        found = self.known[id(array)] = self.twins[id(twin)] = Ref(array, storage)
        return found

    def _check_outside(self, array: np.ndarray, twin: Any, root: np.ndarray) -> None:
        if type(twin) not in _ARRAYS or _layout(array) != _layout(twin):
            raise DifferentError
        other = owner(twin)
        ref = self.twins.get(id(other))
        partner = self._owners.get(id(other), other) if ref is None else ref.array
        if partner is not root or start(array) - start(root) != start(twin) - start(other):
            raise DifferentError

    def _storage_of(self, array: np.ndarray, root: np.ndarray) -> Storage | None:
        candidates = self.storages.get(id(root))
        if candidates is None:
            return None
        if len(candidates) == 1 and candidates[0].root is root:
            return candidates[0]
        start, stop = bounds(array)
        for storage in candidates:
            if storage.bounds[0] <= start and stop <= storage.bounds[1]:
                return storage
        return None

    # ---- what comes out of a call ----

    def outs(self, result: Any, twin: Any) -> Any:
        """Results with a Ref for each array: something known, a view of it, or new memory."""
        kind = type(result)
        if type(twin) is not kind and not (kind is np.ndarray and type(twin) is Gone):
            raise DifferentError
        if kind is tuple or kind is list:
            if len(result) != len(twin):
                raise DifferentError
            return tuple([self.outs(part, other) for part, other in zip(result, twin, strict=True)])
        if result is None:
            return None
        found = self.known.get(id(result))
        if found is not self.twins.get(id(twin)):
            raise DifferentError
        if found is None:
            if kind is not np.ndarray:
                return self._number(result, twin)
            if result.shape != twin.shape or result.dtype != twin.dtype:
                raise DifferentError
            if result.base is None and twin.base is None:  # new memory, as nearly always
                storage = Storage("temporary", result)
                storage.stays = result.flags.writeable
                self.storages[id(result)] = [storage]
                found = self.known[id(result)] = self.twins[id(twin)] = Ref(result, storage)
                self.made.append(found)
                return found
            found = self._view(result, twin)
        storage = found.storage
        if storage.kind != "external" and not any(ref.storage is storage for ref in self.reads):
            self.made.append(found)
        return found

    def _view(self, result: np.ndarray, twin: np.ndarray) -> Ref:
        if result.base is None or twin.base is None:
            raise DifferentError
        root = owner(result)
        self._owners.setdefault(id(owner(twin)), root)
        storage = self._storage_of(result, root)
        if storage is None:  # perhaps memory that somebody else keeps
            storage = Storage("temporary", root)
            self.storages.setdefault(id(root), []).append(storage)
        elif not result.flags.writeable:
            storage.stays = False
        ref = self.known[id(result)] = self.twins[id(twin)] = Ref(result, storage)
        return ref

    def _number(self, result: Any, twin: Any) -> Ref:
        if not isinstance(result, np.generic):
            raise DifferentError
        held = np.asarray(result)
        self._alive.append(held)
        storage = Storage("temporary", held)
        storage.stays = True
        ref = self.place(held, None, storage)
        if not isinstance(result, np.bool_):  # of which there are but two, whoever made them
            self.known[id(result)] = self.twins[id(twin)] = ref
        self.made.append(ref)
        return ref

    def stand(self, outs: Any, arrays: Any, twins: Any) -> None:
        """Have these arrays stand for the results too."""
        if type(arrays) is tuple:
            for one, array, twin in zip(outs, arrays, twins, strict=True):
                self.stand(one, array, twin)
        else:
            self.known[id(arrays)] = self.twins[id(twins)] = outs


def _layout(array: np.ndarray | Gone) -> tuple[Any, ...]:
    return array.shape, array.strides, array.dtype


def is_same(a: Any, b: Any) -> bool:
    """Whether two plain values, or functions with what they hold, are the same."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, partial):
        return is_same((a.func, a.args, a.keywords), (b.func, b.args, b.keywords))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(is_same, a, b))
    if type(a) is dict:
        return a.keys() == b.keys() and all(is_same(a[k], b[k]) for k in a)
    if isinstance(a, slice):
        return is_same((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, np.ndarray):
        return False
    if isinstance(a, (int, float, str, bytes, type(None), np.dtype, np.generic)):
        return bool(a == b) or (a != a and b != b)
    code = getattr(a, "__code__", None)
    if code is not None and code is getattr(b, "__code__", None):
        held = [[cell.cell_contents for cell in f.__closure__ or ()] for f in (a, b)]
        return is_same(held[0], held[1]) and is_same(a.__defaults__, b.__defaults__)
    method = getattr(a, "__func__", None)
    return method is not None and method is b.__func__ and a.__self__ is b.__self__
