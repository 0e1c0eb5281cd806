"""Reading: from the notes of a recording to entries over places in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.capture.trace import Entry, Ref, Storage, bounds, owner
from engine.random import Generator, default_generator
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.capture.recorder import Recorder


class Reading:
    """The entries of a step, and everything else that a replay has to know of it."""

    def __init__(self, recorder: Recorder) -> None:
        self.entries: list[Entry] = []
        self.storages: dict[int, list[Storage]] = {}
        self.known: dict[int, Ref] = {}
        self.kept: list[np.ndarray] = []  # alive, so that an id stays the name of one thing
        self.leaves: dict[int, Tensor] = {}
        self.cleared: set[int] = set()
        self.had_gradient: dict[int, bool] = {}  # of a leaf, before the step, where that mattered
        self.given: dict[int, Tensor] = {}  # leaves whose gradient the step has set
        self.counters: dict[int, list[int]] = {}
        self.tensors: dict[int, Tensor] = {}
        self.updates: list[tuple[Any, int, Any, tuple[Any, ...]]] = []
        self.generators: list[Generator] = []  # that numbers were drawn from
        self.arguments = [self._place(array, Storage("argument", array)) for array in recorder.arguments]
        for read, given, result, beside in recorder.notes:
            read(self, given, result, beside)
        self.outputs = self._tree(recorder.outputs, [])

    # ---- arrays and where they lie ----

    def _place(self, array: np.ndarray, storage: Storage) -> Ref:
        self.storages.setdefault(id(storage.root), []).append(storage)
        ref = self.known[id(array)] = Ref(array, storage)
        return ref

    def _read(self, array: np.ndarray) -> Ref:
        """The reference to an array that something reads; what is not known yet is from outside."""
        found = self.known.get(id(array))
        if found is None:
            root = owner(array)
            storage = self._storage_of(array, root)
            if storage is None:
                return self._place(array, Storage("external", root))
            found = self.known[id(array)] = Ref(array, storage)
        return found

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

    def _made(self, result: Any) -> Ref:
        """The reference to a result: a view of something known, or new memory."""
        found = self.known.get(id(result))
        if found is not None:
            return found
        if not isinstance(result, np.ndarray):
            held = np.asarray(result)
            self.kept.append(held)
            ref = self._place(held, Storage("temporary", held))
            if not isinstance(result, np.bool_):
                self.known[id(result)] = ref
            return ref
        root = owner(result)
        storage = self._storage_of(result, root)
        if storage is None:
            storage = Storage("temporary", root)
            self.storages.setdefault(id(root), []).append(storage)
        found = self.known[id(result)] = Ref(result, storage)
        return found

    def _tree(self, value: Any, reads: list[Ref]) -> Any:
        """A value with a Ref for each array in it, which are added to ``reads``."""
        found = self.known.get(id(value))
        if found is not None:
            reads.append(found)
            return found
        kind = type(value)
        if kind is tuple:
            return tuple(self._trees(value, reads))
        if kind is list:
            return self._trees(value, reads)
        if kind is dict:
            return {key: self._tree(part, reads) for key, part in value.items()}
        if isinstance(value, (np.ndarray, np.generic)):
            array = np.asarray(value)
            self.kept.append(array)
            found = self._read(array)
            reads.append(found)
            return found
        return value

    def _trees(self, values: Sequence[Any], reads: list[Ref]) -> list[Any]:
        """`_tree` of each."""
        known, made = self.known, []
        for value in values:
            found = known.get(id(value))
            if found is None:
                made.append(self._tree(value, reads))
            else:
                reads.append(found)
                made.append(found)
        return made

    def _outs(self, result: Any, made: list[Ref], out: Any = None) -> Any:
        """Results with a Ref for each array, added to ``made``; ``out`` is what stands for a plain number."""
        if type(result) in (tuple, list):
            outs = out if type(out) is tuple else (None,) * len(result)
            return tuple([self._outs(part, made, one) for part, one in zip(result, outs, strict=True)])
        if result is None:
            return None
        if type(result) is np.ndarray and result.base is None and id(result) not in self.known:
            storage = Storage("temporary", result)  # new memory, as nearly always
            ref = self.known[id(result)] = Ref(result, storage)
            self.storages[id(result)] = [storage]
        else:
            ref = self._made(result)
        if out is not None and out is not result:
            self.known[id(out)] = ref
        made.append(ref)
        return ref

    # ---- notes ----

    def op(self, given: Any, result: Any, beside: Any) -> None:
        """A call of an op."""
        op, (value, out), (inputs, node) = given[0], result, beside
        for x in inputs:
            if isinstance(x, Tensor):
                self.tensors[id(x)] = x
        args = given[1:]
        if op.listed:
            args = (list(args[: len(inputs)]), *args[len(inputs) :])
        if op.kept_at is not None:
            out = (out, None)  # beside the result stand arrays for the rule
        reads: list[Ref] = []
        made: list[Ref] = []
        tree, outs = tuple(self._trees(args, reads)), self._outs(value, made, out)
        self.entries.append(Entry(op.forward, tree, outs, reads, made, op, "forward", id(node)))

    def rule(self, given: Any, result: Any, node: Any) -> None:
        """The rule of an op, for a node of the graph."""
        op = given[0]
        reads: list[Ref] = []
        made: list[Ref] = []
        tree, outs = tuple(self._trees(given[1:], reads)), self._outs(result, made)
        self.entries.append(Entry(op.rule, tree, outs, reads, made, op, "vjp", id(node)))

    def add(self, given: Any, result: Any, _: Any) -> None:
        """A call of numpy code."""
        reads: list[Ref] = []
        made: list[Ref] = []
        tree, outs = tuple(self._trees(given[1:], reads)), self._outs(result[0], made)
        self.entries.append(Entry(given[0], tree, outs, reads, made))

    def constant(self, given: Any, result: Any, _: Any) -> None:
        """An array made of shapes and plain numbers."""
        (values,), (array,) = given, result
        storage = Storage("external", owner(array))
        if values is None:
            storage.initial = np.zeros_like(array)
        else:
            storage.initial = np.frombuffer(values, array.dtype).reshape(array.shape)
        self._place(array, storage)

    def store(self, given: Any, _: Any, beside: Any) -> None:
        """Values put into a tensor's memory."""
        self._counts([beside])
        reads: list[Ref] = []
        target, values = self._trees(given, reads)
        self.entries.append(Entry(put, (target, values), None, reads=reads, writes=(target.storage,)))

    def compute(self, given: Any, result: Any, beside: Any) -> None:
        """Numpy code outside of ops."""
        function, (arrays, counted) = given[0], beside
        self._counts(counted)
        writes = tuple([self._read(target).storage for target in given[1 + len(arrays) :]])
        reads: list[Ref] = []
        made: list[Ref] = []
        tree, outs = tuple(self._trees(arrays, reads)), self._outs(result[0], made, result[1])
        self.entries.append(Entry(function, tree, outs, reads, made, writes=writes, effect=True))
        if not writes:
            options = getattr(function, "keywords", {})
            named = [a for a in (*arrays, *options.values()) if isinstance(a, Generator)]
            self.generators += [g for g in named or [default_generator] if g not in self.generators]

    def clear(self, _: Any, __: Any, leaf: Tensor) -> None:
        """A leaf whose gradient is forgotten."""
        self.leaves[id(leaf)] = leaf
        self.cleared.add(id(leaf))

    def look(self, _: Any, __: Any, beside: Any) -> None:
        """A leaf whose gradient, or that it has none, decided what happened next."""
        self._look(*beside)

    def _look(self, leaf: Tensor, grad: np.ndarray | None) -> None:
        key = id(leaf)
        self.leaves[key] = leaf
        if key in self.given or key in self.cleared or key in self.had_gradient:
            return
        self.had_gradient[key] = grad is not None
        if grad is not None and id(grad) not in self.known:
            self._place(grad, Storage("gradient", grad, leaf=leaf))

    def set_gradients(self, _: Any, __: Any, beside: Any) -> None:
        """The first gradients of leaves, which take these arrays over."""
        leaves, grads = beside
        for leaf in leaves:
            self._look(leaf, None)
            self.given[id(leaf)] = leaf
        found = [self._read(grad) for grad in grads]
        self.entries.append(Entry(keep_gradients, (found, leaves), None, reads=found, effect=True))

    def add_gradient(self, given: Any, _: Any, __: Any) -> None:
        """A further gradient of a leaf."""
        leaf, into, grad = given
        self._look(leaf, into)
        self.given[id(leaf)] = leaf
        target, found = self._read(into), self._read(grad)
        args, writes = (target, found, target), (target.storage,)
        self.entries.append(Entry(np.add, args, None, reads=list(args), writes=writes, effect=True))

    def update(self, given: Any, _: Any, beside: Any) -> None:
        """A step of an optimizer on one of its groups."""
        (optimizer, number, group), (blocks, grads, values, looked, counted) = given[:3], beside
        self.updates.append((optimizer, number, group, blocks))
        for param, grad in looked:
            self._look(param, grad)
        self._counts(counted)
        at = 0
        for block in blocks:
            part = slice(at, at + len(block.params))
            at = part.stop
            sources, targets = [self._read(a) for a in grads[part]], [self._read(a) for a in values[part]]
            args = (optimizer, block, group, sources, targets)
            writes = tuple([target.storage for target in targets])
            reads = sources + targets
            self.entries.append(Entry(update_block, args, None, reads=reads, writes=writes, effect=True))

    def call(self, given: Any, _: Any, __: Any) -> None:
        """Plain Python to be called at every replay too."""
        self.entries.append(Entry(given[0], given[1:], None, effect=True, role="python"))

    def _counts(self, beside: Any) -> None:
        """Tensors that are written to, with their version counters."""
        for tensor, counter in beside:
            self.counters[id(counter)] = counter
            self.tensors[id(tensor)] = tensor

    def outside(self) -> list[Tensor]:
        """The tensors from outside that it used: parameters, buffers, constants."""
        found = []
        for tensor in self.tensors.values():
            ref = self.known.get(id(tensor._array))
            if ref is not None and ref.storage.kind == "external" and ref.storage.initial is None:
                found.append(tensor)
        return found


def put(target: np.ndarray, values: Any) -> None:
    """Values into memory, in its type."""
    np.copyto(target, values, casting="unsafe")


def keep_gradients(grads: list[np.ndarray], leaves: list[Tensor]) -> None:
    """Mark in a recording: from here on the arrays are the leaves' gradients. It has no code of its own."""


def update_block(optimizer: Any, block: Any, group: Any, grads: Any, targets: Any) -> None:
    """One block's update; gradients and targets are named for whoever orders the entries."""
    optimizer._update(block, group)
