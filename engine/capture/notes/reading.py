"""Reading: from the notes of two recordings that are the same to entries over places in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.capture.notes.compare import Compared, DifferentError, is_same
from engine.capture.notes.trace import Entry, Ref, Storage, owner
from engine.random import Generator, default_generator
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.capture.notes.recorder import Note, Recorder


class Reading(Compared):
    """The entries of a step, and everything else that a replay has to know of it.

    The notes of an earlier call are read beside those of this one: DifferentError says where the step did
    something else.
    """

    def __init__(self, recorder: Recorder, earlier: Recorder) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.met = recorder.met
        self.given: set[int] = set()  # leaves whose gradient the step has set
        self.kept: dict[int, list[Ref]] = {}  # by leaf, its first gradients one after the other
        self.counters: dict[int, list[int]] = {}
        self.tensors = {id(tensor): tensor for tensor in recorder.origins}
        self.updates: list[tuple[Any, int, Any, tuple[Any, ...]]] = []
        self.generators: list[Generator] = []  # that numbers were drawn from
        self.restored: dict[int, Storage] = {}  # constants that the step writes into
        self._ran_python = False
        self.late: set[int] = set()  # updates after plain Python, which may set options: a scheduler's
        self.arguments = [
            self.place(array, twin, Storage("argument", array))
            for array, twin in zip(recorder.arguments, earlier.arguments, strict=True)
        ]
        self._gradients(recorder, earlier)
        self._notes(recorder, earlier)
        self.reads = []
        try:
            self.outputs = self.tree(recorder.outputs, earlier.outputs)
        except DifferentError:
            raise DifferentError("what it returns does not repeat") from None

    def _gradients(self, recorder: Recorder, earlier: Recorder) -> None:
        """Those that were there before the step."""
        for key, (leaf, grad) in recorder.met.items():
            if type(grad) is np.ndarray and id(grad) not in self.known:
                _, before = earlier.met.get(key, (leaf, None))
                storage = Storage("gradient", grad)
                storage.leaf = leaf
                self.place(grad, before if type(before) is np.ndarray else None, storage)

    def _notes(self, recorder: Recorder, earlier: Recorder) -> None:
        if len(recorder.notes) != len(earlier.notes):
            told = f"{len(earlier.notes)} operations, then {len(recorder.notes)}"
            raise DifferentError(f"its calls do not repeat: {told}")
        cleared = recorder.cleared
        for at, (note, twin) in enumerate(zip(recorder.notes, earlier.notes, strict=True)):
            if at in cleared:
                self._forget(cleared[at])
            (read, what, given, *_), (then, before, were, *_) = note, twin
            self.reads, self.made = [], []
            try:
                if read is not then or not (what is before or is_same(what, before)):
                    raise DifferentError
                read(self, what, self.trees(given, were), note, twin)
            except DifferentError:
                names = _name(before), _name(what)
                told = f"what {names[0]} is given does not repeat: a value made or read outside of operations"
                if names[0] != names[1]:
                    told = f"its operations do not repeat: {names[0]}, then {names[1]}"
                raise DifferentError(told) from None
        if len(recorder.notes) in cleared:
            self._forget(cleared[len(recorder.notes)])

    def _forget(self, leaves: Sequence[Tensor]) -> None:
        """Leaves lose their gradients here, if they have any."""
        self.made = []
        self._effect(forget_gradients, tuple(leaves), [])

    # ---- notes: what was called, what it was given, and the notes of both calls ----

    def op(self, op: Any, given: list[Any], note: Note, twin: Note) -> None:
        """A call of an op."""
        inputs, node = note[5]
        for x in inputs:
            if isinstance(x, Tensor):
                self.tensors[id(x)] = x
        if op.listed:
            given = [given[: len(inputs)], *given[len(inputs) :]]
        outs = self.outs(note[3], twin[3])
        if note[4] is not None:
            self.stand(outs if op.kept_at is None else outs[0], note[4], twin[4])
        entry = Entry(op.forward, tuple(given), outs, self.reads, self.made, op, "forward", id(node))
        entry.sized = op.sized is not None and op.sized(*note[2])
        self.entries.append(entry)

    def rule(self, op: Any, given: list[Any], note: Note, twin: Note) -> None:
        """The rule of an op, for a node of the graph."""
        outs = self.outs(note[3], twin[3])
        self.entries.append(
            Entry(op.rule, tuple(given), outs, self.reads, self.made, op, "vjp", id(note[5]))
        )

    def add(self, function: Any, given: list[Any], note: Note, twin: Note) -> None:
        """A call of numpy code."""
        outs = self.outs(note[3], twin[3])
        self.entries.append(Entry(function, tuple(given), outs, self.reads, self.made))

    def sized(self, function: Any, given: list[Any], note: Note, twin: Note) -> None:
        """A call of numpy code that gives a result whose shape depends on numbers."""
        self.add(function, given, note, twin)
        self.entries[-1].sized = True

    def add_into(self, function: Any, given: list[Any], _: Note, __: Note) -> None:
        """Numbers added to an array that the step has made."""
        place, grad = given
        entry = Entry(function, (place, grad, place), None, self.reads)
        entry.writes = (place.storage,)
        self.entries.append(entry)

    def constant(self, values: Any, _: Any, note: Note, twin: Note) -> None:
        """An array made of shapes and plain numbers."""
        storage = Storage("external", owner(note[3]))
        storage.constant, storage.values = note[3], values
        self.place(note[3], twin[3], storage)

    def store(self, _: Any, given: list[Any], note: Note, __: Note) -> None:
        """Values put into a tensor's memory."""
        self._counts([note[5]])
        entry = Entry(put, tuple(given), None, self.reads)
        entry.writes = self._written(given[:1])
        self.entries.append(entry)

    def compute(self, function: Any, given: list[Any], note: Note, twin: Note) -> None:
        """Numpy code outside of ops."""
        count, counted = note[5]
        self._counts(counted)
        args, targets = tuple(given[:count]), given[count:]
        outs = self.outs(note[3], twin[3])
        if note[4] is not None:
            self.stand(outs, note[4], twin[4])
        reads = self.reads[: len(self.reads) - len(targets)]
        self._effect(function, args, reads, targets, outs)
        if note[3] is not None and not targets:
            options = getattr(function, "keywords", {})
            named = [a for a in (*args, *options.values()) if isinstance(a, Generator)]
            self.generators += [g for g in named or [default_generator] if g not in self.generators]

    def _effect(
        self, function: Any, args: tuple[Any, ...], reads: list[Ref], targets: Sequence[Ref] = (),
        outs: Any = None,
    ) -> None:
        entry = Entry(function, args, outs, reads, self.made)
        entry.effect, entry.writes = True, self._written(targets)
        self.entries.append(entry)

    def _written(self, targets: Sequence[Ref]) -> list[Storage]:
        """The memory that a call writes into."""
        storages = [target.storage for target in targets]
        for storage in storages:
            if storage.constant is not None:
                self.restored[id(storage)] = storage
        return storages

    def set_gradients(self, _: Any, given: list[Any], __: Note, ___: Note) -> None:
        """The first gradients of leaves, which take these arrays over."""
        grads = self.reads
        leaves = given[: len(grads)]
        for leaf, grad in zip(leaves, grads, strict=True):
            self.given.add(id(leaf))
            self.kept.setdefault(id(leaf), []).append(grad)
        self._effect(keep_gradients, (grads, leaves), grads)

    def add_gradient(self, _: Any, given: list[Any], __: Note, ___: Note) -> None:
        """A further gradient of a leaf."""
        leaf, into, grad = given
        self.given.add(id(leaf))
        self._effect(np.add, (into, grad, into), self.reads, (into,))

    def update(self, optimizer: Any, given: list[Any], note: Note, _: Note) -> None:
        """A step of an optimizer on one of its groups."""
        number, group = given[:2]
        blocks, counted = note[5]
        self.updates.append((optimizer, number, group, blocks))
        self._counts(counted)
        count, at = len(self.reads) // 2, 0
        for block in blocks:
            end = at + len(block.params)
            grads, targets = self.reads[at:end], self.reads[count + at : count + end]
            args = (optimizer, block, group, grads, targets)
            self._effect(update_block, args, grads + targets, targets)
            if self._ran_python:
                self.late.add(id(self.entries[-1]))
            at = end

    def call(self, function: Any, given: list[Any], _: Note, __: Note) -> None:
        """Plain Python to be called at every replay too."""
        self._effect(function, tuple(given), [])
        self.entries[-1].plain = self._ran_python = True

    def _counts(self, beside: Any) -> None:
        """Tensors that are written to, with their version counters."""
        for tensor, counter in beside:
            self.counters[id(counter)] = counter
            self.tensors[id(tensor)] = tensor

    def outside(self) -> list[tuple[Tensor, np.ndarray, bool]]:
        """The tensors from outside that it used (parameters, buffers, constants) with what they are."""
        found = []
        for tensor in self.tensors.values():
            ref = self.known.get(id(tensor._array))
            if ref is not None and ref.storage.kind == "external" and ref.storage.constant is None:
                found.append((tensor, tensor._array, tensor._requires_grad))
        return found


def put(target: np.ndarray, values: Any) -> None:
    """Values into memory, in its type."""
    np.copyto(target, values, casting="unsafe")


def keep_gradients(grads: list[np.ndarray], leaves: list[Tensor]) -> None:
    """Mark in a recording: from here on the arrays are the leaves' gradients. It has no code of its own."""


def forget_gradients(*leaves: Tensor) -> None:
    """Mark in a recording: from here on the leaves have no gradients. It has no code of its own either."""


def update_block(optimizer: Any, block: Any, group: Any, grads: Any, targets: Any) -> None:
    """One block's update; gradients and targets are named for whoever orders the entries."""
    optimizer._update(block, group)


def _name(function: Any) -> str:
    return str(getattr(function, "name", None) or getattr(function, "__name__", "a call"))
