"""Where every array of a recording lies when it is replayed, and which entries are needed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from engine.capture.arena import place
from engine.capture.lender import Lender, Needs
from engine.capture.patterns import PATTERNS
from engine.capture.reading import Reading, keep_gradients, put, update_block
from engine.capture.results import UnsuitableError
from engine.capture.trace import Entry, Ref, Storage
from engine.optim.block import Block
from engine.optim.optimizer import Optimizer
from engine.optim.program import Program
from engine.parallel import Crew
from engine.room import Room, block, lines

WORTH_IT = 1 << 18  # bytes that are worth looking for room to share


class Layout:
    """Where every array of a recording lies from now on, and the entries that are needed."""

    def __init__(self, reading: Reading, outputs: list[Ref], homes: dict[int, np.ndarray]) -> None:
        self.homes = homes  # by id of the leaf
        self.places: dict[int, np.ndarray] = {}  # by id of the storage
        self._lives: dict[Any, list[int]] = {}  # of a storage, or of what an entry works in, by id
        self._arrays: dict[int, np.ndarray] = {}  # by id of the reference
        self._needs: Needs = {}  # what entries work in, once that is known
        self.arguments: dict[int, np.ndarray] = {}
        self.furnish()
        entries = _restored(reading.entries)
        lasting = {id(ref.storage) for ref in outputs}
        for rewrite in PATTERNS:
            entries = rewrite(entries, lasting)
        self._bind_gradients(reading, entries)
        self.runs_python = any(entry.role == "python" for entry in entries)
        self.entries = self._allocate(entries, outputs)

    def furnish(self) -> None:
        """Begin to lower the entries, or begin again."""
        self.programs: list[Program] = []
        self._rooms: dict[int, Room] = {}  # by node, for a forward and its rule
        self.crew = Crew()

    def _bind_gradients(self, reading: Reading, entries: list[Entry]) -> None:
        """Have the gradients of leaves computed where they are kept, wherever that is possible."""
        kept: dict[int, list[Ref]] = {}  # by leaf, one after the other
        for entry in entries:
            if entry.function is keep_gradients:
                for ref, leaf in zip(*entry.args, strict=True):
                    kept.setdefault(id(leaf), []).append(ref)
        for key, found in kept.items():
            fitting = [ref for ref in found if self._fits(ref, self.homes[key])]
            if len(found) > 1 or not fitting or reading.had_gradient.get(key):
                _check_gradients(entries, key, found, fitting)
            for ref in fitting:
                self.places[id(ref.storage)] = self.homes[key]

    def _fits(self, ref: Ref, home: np.ndarray) -> bool:
        array = ref.array
        return (
            ref.storage.kind == "temporary" and ref.is_whole() and id(ref.storage) not in self.places
            and array.shape == home.shape and array.strides == home.strides and array.dtype == home.dtype
        )

    def _allocate(self, entries: list[Entry], outputs: list[Ref]) -> list[Entry]:
        """Give every array its place; the entries that something depends on."""
        lives = self._lives
        for ref in outputs:
            self._use(ref.storage, 1, lives)
        kept: list[Entry] = []
        for entry in reversed(entries):
            if not (entry.effect or self._is_wanted(entry, lives)):
                continue
            at = -len(kept)  # counted from the end, which is 0
            kept.append(entry)
            if self._lends(entry):
                optimizer, updated, group, *_ = entry.args
                lives[id(entry)] = [optimizer._scratch_arrays(group) * _row(updated), at, at]
            for ref in entry.reads:
                self._use(ref.storage, at, lives)
            for ref in entry.made:
                self._use(ref.storage, at, lives)
            for storage in entry.writes:
                self._use(storage, at, lives)
        if sum([life[0] for life in lives.values()]) >= WORTH_IT:
            for at, entry in enumerate(reversed(kept), 1 - len(kept)):
                self._overwrite(entry, at)
        self._place()
        return kept[::-1]

    def _overwrite(self, entry: Entry, at: int) -> None:
        """Have a result take the place of what was read for the last time to compute it."""
        if len(entry.made) != 1 or not (over := _may_overwrite(entry)):
            return
        made, lives = entry.made[0], self._lives
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

    def _place(self) -> None:
        lives = {id(life): life for life in self._lives.values()}
        offsets, total = place(list(lives.values()))
        memory = block(total)
        starts = dict(zip(lives, offsets, strict=True))
        self._lender = Lender(memory, offsets, list(lives.values()), self.places, self._needs)
        for key, life in self._lives.items():
            start = starts[id(life)]
            self.places[key] = memory[start : start + life[0]]
        self.bytes = total

    def _is_wanted(self, entry: Entry, lives: dict[int, list[int]]) -> bool:
        """Whether something later has a use for what an entry gives or writes."""
        for ref in entry.made:
            if id(ref.storage) in lives or id(ref.storage) in self.places:
                return True
        return any(s.kind != "temporary" or id(s) in lives or id(s) in self.places for s in entry.writes)

    def _lends(self, entry: Entry) -> bool:
        """Whether an optimizer's update works in memory of the arena, which is free by then."""
        if entry.function is not update_block or not has_program(entry) or self.runs_python:
            return False
        return entry.args[1].value.ndim == 1 and not entry.args[1].stacked

    def room(self, entry: Entry, at: int) -> Room:
        """What an op may use in lowering an entry."""
        self._lender.open(id(entry), entry.node, at)
        room = self._rooms.get(entry.node)
        if room is None:
            room = self._rooms[entry.node] = Room(self._lender, self.crew)
        return room

    def is_short(self) -> bool:
        """Whether ops work in so much memory beside the arena that it pays to lay out all anew."""
        return self._lender.beside >= WORTH_IT

    def lend(self) -> None:
        """Give all arrays new places, and beside them what ops work in."""
        for key, sizes, life in self._lender.needs():
            self._needs[key], self._lives[key] = sizes, life
        self._arrays = {}
        self.furnish()
        self._place()

    def update_room(self, entry: Entry, updated: Block) -> list[np.ndarray] | None:
        """Memory for an update, as two arrays; the first again where no second one is used.

        Eager steps are rare from now on, and find their own again.
        """
        lent = self.places.get(id(entry))
        updated.program = None
        if lent is None:
            return None
        updated.room = None
        size = updated.length * updated.dtype.itemsize
        return [lent[at : at + size].view(updated.dtype) for at in (0, len(lent) - _row(updated))]

    def _use(self, storage: Storage, at: int, lives: dict[int, list[int]]) -> None:
        """An entry uses a storage; they come last to first."""
        key = id(storage)
        life = lives.get(key)
        if life is not None:
            life[1] = at
        elif storage.kind == "external" or key in self.places:
            return
        elif storage.kind == "temporary":
            lives[key] = [storage.bytes, at, at]
        elif storage.kind == "gradient":
            self.places[key] = self.homes[id(storage.leaf)]
        else:
            self.places[key] = self.arguments[key] = np.empty_like(storage.root)

    def array(self, ref: Ref) -> np.ndarray:
        """The array in the place that it has from now on."""
        found = self._arrays.get(id(ref))
        if found is None:
            found = self._arrays[id(ref)] = self._array(ref)
        return found

    def _array(self, ref: Ref) -> np.ndarray:
        storage, array = ref.storage, ref.array
        if storage.kind == "external":
            return array if storage.initial is None else self._constant(ref)
        home = self.places[id(storage)]
        if home.shape == array.shape and home.strides == array.strides and home.dtype == array.dtype:
            return home
        if not array.size:
            return np.empty_like(array)
        return np.ndarray(array.shape, array.dtype, home, storage.offset(array), array.strides)

    def _constant(self, ref: Ref) -> np.ndarray:
        """A constant of the step's own, not to be written: who lowers an entry may compute with it."""
        if ref.array.flags.writeable:
            ref.array.flags.writeable = False
        return ref.array

    def tree(self, value: Any) -> Any:
        """Arguments with the arrays in the places they have from now on."""
        kind = type(value)
        if kind is Ref:
            return self.array(value)
        if kind is tuple:
            return tuple([self.tree(part) for part in value])
        if kind is list:
            return [self.tree(part) for part in value]
        if kind is dict:
            return {key: self.tree(part) for key, part in value.items()}
        return value


def _restored(entries: list[Entry]) -> list[Entry]:
    """Constants of the step that it writes into are made anew at the start of each replay."""
    found = {}
    for entry in entries:
        for storage in entry.writes:
            if storage.kind == "external" and storage.initial is not None:
                storage.kind = "temporary"
                whole = Ref(storage.root, storage)
                found[id(storage)] = Entry(put, (whole, storage.initial), None, writes=(storage,))
    return [*found.values(), *entries]


def _check_gradients(entries: list[Entry], leaf: int, kept: list[Ref], fitting: list[Ref]) -> None:
    """UnsuitableError where one of a leaf's gradients is needed when the next one is there already."""
    uses: dict[int, list[int]] = {}  # first and last
    before = None
    for at, entry in enumerate(entries):
        for ref in (*entry.reads, *entry.made):
            uses.setdefault(id(ref.storage), [at, at])[1] = at
            if ref.storage.kind == "gradient" and id(ref.storage.leaf) == leaf:
                before = ref.storage
        for storage in entry.writes:
            if any(storage is ref.storage for ref in kept if ref not in fitting):
                raise UnsuitableError("it writes into a gradient that shares its memory with something else")
    storages = [*([before] if before is not None else []), *[ref.storage for ref in kept]]
    if any(uses[id(a)][1] > uses[id(b)][0] for a, b in pairwise(storages)):
        raise UnsuitableError("it needs a gradient that it has replaced")


def _may_overwrite(entry: Entry) -> list[Ref]:
    """The arrays among an entry's arguments that its result may take the place of."""
    if entry.source is not None and entry.role in entry.source.into:
        _, over = entry.source.into[entry.role]
        return [entry.args[at] for at in over]
    return entry.reads  # numpy computes it all, or element by element, before anything is overwritten


def _alike(one: Ref, other: Ref) -> bool:
    """Whether two arrays lie in memory in the same way."""
    a, b = one.array, other.array
    return a.shape == b.shape and a.strides == b.strides and a.dtype == b.dtype


def has_program(entry: Entry) -> bool:
    """Whether an update is a fixed list of numpy calls."""
    return type(entry.args[0])._update is Optimizer._update


def _row(updated: Block) -> int:
    """The bytes of one array for an update to work in, to the next cache line."""
    return lines(updated.length * updated.dtype.itemsize)
