"""Which entries of a recording are needed, and where every array lies when they are replayed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from engine.capture.notes.reading import Reading, put, update_block
from engine.capture.notes.trace import Entry, Ref, Storage
from engine.capture.replay.arena import share
from engine.capture.replay.lender import Lender, Needs
from engine.capture.replay.patterns import rewritten
from engine.capture.replay.results import UnsuitableError
from engine.optim.block import Block
from engine.optim.optimizer import Optimizer
from engine.optim.program import Program
from engine.parallel import Crew
from engine.room import Room, lines

_WORTH_IT = 1 << 18  # bytes beside the arena that are worth laying it out again
_SHARED = 1 << 17  # bytes that the step makes from which its arrays share memory


class Layout:
    """The entries that are needed, and where their arrays lie from now on.

    Arguments and the gradients of leaves have places of their own. What the step makes shares one block of
    memory; where that would be small, it stays where the recording has it.
    """

    def __init__(self, reading: Reading, outputs: list[Ref], homes: dict[int, np.ndarray]) -> None:
        self.homes = homes  # by id of the leaf
        self._asked: dict[Any, list[int]] = {}  # what entries work in: bytes, first and last use
        self._needs: Needs = {}  # and in which parts, once that is known
        self._places: dict[Any, np.ndarray] = {}  # of that, where it lies in the arena
        self.late = reading.late
        self._outputs = outputs
        self.furnish()
        entries = rewritten(_restored(reading), outputs)
        self._bind_gradients(reading, entries)
        self._made: list[Storage] = []
        self._choose(entries)
        self.bytes = sum([storage.root.nbytes for storage in self._made])
        if self.bytes >= _SHARED or self.crew.size > 1:
            self._share()
            return
        for storage in self._made:
            if not storage.stays:
                storage.place = np.empty_like(storage.root)
        self._lender = Lender(np.empty(0, np.uint8), [], [], self._places, self._needs)

    def furnish(self) -> None:
        """Begin to lower the entries, or begin again."""
        self.programs: list[Program] = []
        self._rooms: dict[int, Room] = {}  # by node, for a forward and its rule
        self.crew = Crew()

    def _bind_gradients(self, reading: Reading, entries: list[Entry]) -> None:
        """Have the gradients of leaves computed where they are kept, wherever that is possible."""
        for key, found in reading.kept.items():
            fitting = [ref for ref in found if _fits(ref, self.homes[key])]
            if len(found) > 1 or not fitting or type(reading.met[key][1]) is np.ndarray:
                _check_gradients(entries, key, found, fitting)
            for ref in fitting:
                ref.storage.place, ref.storage.used = self.homes[key], True

    def _choose(self, entries: list[Entry]) -> None:
        """Keep the entries that something depends on, and find out what has no place yet."""
        for ref in self._outputs:
            ref.storage.stays = False  # the caller has what this call gave
            if ref.storage.constant is not None and ref.storage.kind == "external":
                ref.storage.place = ref.storage.root.copy("K")
            self._use(ref.storage)
        self.entries: list[Entry] = []
        for entry in reversed(entries):
            stays = entry.effect or entry.sized
            if stays or (entry.made and entry.made[0].storage.used) or _is_wanted(entry):
                self.entries.append(entry)
                for ref in entry.reads:
                    if not ref.storage.used:
                        self._use(ref.storage)
                for ref in entry.made:
                    if not ref.storage.used:
                        self._use(ref.storage)
                for storage in entry.writes:
                    if not storage.used:
                        self._use(storage)
        self.entries.reverse()

    def _use(self, storage: Storage) -> None:
        """An entry that is kept uses this."""
        storage.used = True
        if storage.place is not None:
            return
        if storage.kind == "temporary":
            self._made.append(storage)
        elif storage.kind == "argument":
            storage.place = np.empty_like(storage.root)
        elif storage.kind == "gradient":
            storage.place = self.homes[id(storage.leaf)]
        elif storage.constant is not None:
            storage.constant.flags.writeable = False  # who lowers an entry may compute with it

    def _share(self) -> None:
        """Give what the step makes its places in one block of memory, and there too what entries work in."""
        for at, entry in enumerate(self.entries):
            if self._lends(entry):
                optimizer, updated, group, *_ = entry.args
                self._asked[id(entry)] = [optimizer._scratch_arrays(group) * _row(updated), at, at]
        self._lender, self._places, self.bytes = share(
            self.entries, self._outputs, self._made, self._asked, self._needs
        )

    def _lends(self, entry: Entry) -> bool:
        """Whether an optimizer's update works in memory of the arena, which is free by then."""
        if entry.function is not update_block or not has_program(entry) or id(entry) in self.late:
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
        return self._lender.beside >= _WORTH_IT

    def lend(self) -> None:
        """Give all arrays new places, and beside them what ops work in."""
        for key, sizes, life in self._lender.needs():
            self._needs[key], self._asked[key] = sizes, life
        self.furnish()
        self._share()

    def update_room(self, entry: Entry, updated: Block) -> list[np.ndarray] | None:
        """Memory for an update, as two arrays; the first again where no second one is used.

        Eager steps are rare from now on, and find their own again.
        """
        lent = self._places.get(id(entry))
        if lent is None:
            return None
        updated.program = updated.room = None
        size = updated.length * updated.dtype.itemsize
        return [lent[at : at + size].view(updated.dtype) for at in (0, len(lent) - _row(updated))]


def _restored(reading: Reading) -> list[Entry]:
    """Constants of the step that it writes into are made anew at the start of each replay."""
    made = []
    for storage in reading.restored.values():
        storage.kind = "temporary"
        array: Any = storage.constant
        values = np.zeros_like(array)
        if storage.values is not None:
            values = np.frombuffer(storage.values, array.dtype).reshape(array.shape)
        target = Ref(array, storage)
        entry = Entry(put, (target, values), None, [target])
        entry.writes = (storage,)
        made.append(entry)
    return [*made, *reading.entries]


def _fits(ref: Ref, home: np.ndarray) -> bool:
    """Whether a gradient can be computed where it is kept."""
    array, storage = ref.array, ref.storage
    return (
        storage.kind == "temporary" and array.nbytes == storage.root.nbytes and storage.place is None
        and array.shape == home.shape and array.strides == home.strides and array.dtype == home.dtype
    )


def _is_wanted(entry: Entry) -> bool:
    """Whether something later has a use for what an entry gives or writes."""
    for ref in entry.made:
        if ref.storage.used:
            return True
    return any(storage.kind != "temporary" or storage.used for storage in entry.writes)


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


def has_program(entry: Entry) -> bool:
    """Whether an update is a fixed list of numpy calls."""
    return type(entry.args[0])._update is Optimizer._update


def _row(updated: Block) -> int:
    """The bytes of one array for an update to work in, to the next cache line."""
    return lines(updated.length * updated.dtype.itemsize)
