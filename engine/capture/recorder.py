"""Recorder: writes down what a step does while the engine does it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.capture.guards import facts
from engine.capture.trace import Entry, Ref, Storage, bounds, owner
from engine.random import Generator, default_generator
from engine.recording import Recording
from engine.tensor import Tensor
from engine.walk import Walk

_ENGINE = str(Path(__file__).parent.parent)


class Recorder(Recording):
    """The entries of one call of a step, and everything else that a replay has to know."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []
        self.entries: list[Entry] = []
        self.storages: dict[int, list[Storage]] = {}
        self.known: dict[int, Ref] = {}
        self.kept: list[Any] = []  # alive, so that an id stays the name of one thing
        self.leaves: dict[int, Tensor] = {}
        self.cleared: set[int] = set()
        self.had_gradient: dict[int, bool] = {}  # of a leaf, before the step, where that mattered
        self.given: dict[int, Tensor] = {}  # leaves whose gradient the step has set
        self.counters: dict[int, list[int]] = {}
        self.tensors: dict[int, Tensor] = {}
        self.modules: dict[int, Any] = {}
        self.before: list[tuple[Any, Any]] = []  # modules as they were when first called
        self.updates: list[tuple[Any, int, Any, list[Any]]] = []
        self.consumed: set[int] = set()
        self.generators: list[Generator] = []  # that numbers were drawn from
        self.outputs: Any = None

    def refuse(self, reason: str) -> None:
        """This step cannot be captured: keep why, and where in the user's code."""
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_ENGINE):
            frame = frame.f_back
        where = f" ({frame.f_code.co_filename}:{frame.f_lineno})" if frame is not None else ""
        self.reasons.append(reason + where)

    # ---- arrays and where they lie ----

    def argument(self, array: np.ndarray) -> Ref:
        """An array that the step is given, and may find elsewhere at the next call."""
        return self._place(array, Storage("argument", array))

    def constant(self, array: Any, blank: bool = False) -> None:
        """An array made of shapes and plain numbers, the same at every replay; ``blank`` if not filled."""
        if isinstance(array, np.ndarray):
            storage = Storage("external", owner(array))
            storage.initial = np.zeros_like(array) if blank else array.copy()
            self._place(array, storage)

    def _place(self, array: np.ndarray, storage: Storage) -> Ref:
        self.storages.setdefault(id(owner(array)), []).append(storage)
        return self._know(array, storage)

    def _know(self, array: np.ndarray, storage: Storage) -> Ref:
        ref = self.known[id(array)] = Ref(array, storage)
        self.kept.append((array, storage.root))
        return ref

    def ref(self, array: Any) -> Ref:
        """The reference to an array that something reads; what is not known yet is from outside."""
        found = self.known.get(id(array))
        if found is not None:
            return found
        if not isinstance(array, np.ndarray):
            array = np.asarray(array)
        return self._know(array, self._storage_of(array) or self._outside(array))

    def _outside(self, array: np.ndarray) -> Storage:
        storage = Storage("external", owner(array))
        self.storages.setdefault(id(storage.root), []).append(storage)
        return storage

    def _storage_of(self, array: np.ndarray) -> Storage | None:
        root = owner(array)
        candidates = self.storages.get(id(root), ())
        if len(candidates) == 1 and candidates[0].root is root:
            return candidates[0]
        if not candidates:
            return None
        start, stop = bounds(array)
        for storage in candidates:
            if storage.bounds[0] <= start and stop <= storage.bounds[1]:
                return storage
        return None

    def made(self, result: Any) -> Ref:
        """The reference to a result: a view of something known, or new memory."""
        if not isinstance(result, np.ndarray):
            held = np.asarray(result)
            storage = Storage("temporary", held, len(self.entries))
            self.storages[id(held)] = [storage]
            self._know(held, storage)
            if not isinstance(result, np.bool_):
                self.known[id(result)] = self.known[id(held)]
                self.kept.append(result)
            return self.known[id(held)]
        found = self.known.get(id(result))
        if found is not None:
            return found
        storage_ = self._storage_of(result)
        if storage_ is None:
            storage_ = Storage("temporary", owner(result), len(self.entries))
            self.storages.setdefault(id(storage_.root), []).append(storage_)
        return self._know(result, storage_)

    def tree(self, value: Any) -> Any:
        """Arguments with a Ref for each array."""
        if isinstance(value, Tensor):
            return self.ref(value._array)
        if isinstance(value, (np.ndarray, np.generic)):
            return self.ref(value)
        if type(value) in (tuple, list):
            return type(value)([self.tree(part) for part in value])
        if type(value) is dict:
            return {key: self.tree(part) for key, part in value.items()}
        return value

    def _outs(self, result: Any, out: Any = None) -> Any:
        if type(result) in (tuple, list):
            outs = out if type(out) is tuple else (None,) * len(result)
            return tuple([self._outs(part, o) for part, o in zip(result, outs, strict=True)])
        if result is None:
            return None
        ref = self.made(result)
        if out is not None and out._array is not result:
            self.known[id(out._array)] = ref
            self.kept.append(out._array)
        return ref

    def add(self, function: Callable[..., Any], args: Sequence[Any], result: Any, out: Any = None,
            **facts: Any) -> None:
        """Write down one call of numpy code."""
        tree = tuple([self.tree(arg) for arg in args])
        self.entries.append(Entry(function, tree, self._outs(result, out), **facts))

    # ---- what the engine shows ----

    def op(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any, out: Any
    ) -> None:
        """A call of an op: its tensors, the arrays its forward got, and what came out."""
        arrays = self._cast(inputs, arrays)
        args = ([list(arrays)] if op.listed else list(arrays)) + list(statics)
        first = out[0] if type(out) is tuple and out else out
        node = getattr(first, "_node", None)
        if node is not None:
            self.kept.append(node)
        if op.kept_at is not None:
            out = (out, None)  # beside the result stand arrays for the rule
        self.add(op.forward, args, result, out, source=op, role="forward", node=id(node))

    def _cast(self, inputs: Sequence[Any], arrays: Sequence[Any]) -> Sequence[Any]:
        for x, array in zip(inputs, arrays, strict=True):
            if isinstance(x, Tensor):
                self.tensors[id(x)] = x
                if array is not x._array:
                    self.add(np.ndarray.astype, (x._array, array.dtype), array)
            elif isinstance(array, np.ndarray) and array is not x:
                self.constant(array)
        return arrays

    def forward(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any
    ) -> None:
        """The numbers that an op in place computes, before they are stored."""
        self.op(op, inputs, arrays, statics, result, None)

    def store(self, tensor: Tensor, values: Any) -> None:
        """Values put into a tensor's memory."""
        target = self.ref(tensor._array)
        if target.storage.kind == "argument":
            self.refuse("it writes into one of its arguments")
        self.counters[id(tensor._counter)] = tensor._counter
        self.tensors[id(tensor)] = tensor
        self.entries.append(Entry(put, (target, self.tree(values)), None, writes=(target.storage,)))

    def copy(self, source: Any, copied: Any) -> None:
        """An array copied."""
        self.add(np.array, (source,), copied)

    def compute(
        self, function: Callable[..., Any], arrays: list[Any], writes: Sequence[Tensor], result: Any, out: Any
    ) -> None:
        """Numpy code outside of ops."""
        for tensor in writes:
            self.counters[id(tensor._counter)] = tensor._counter
            self.tensors[id(tensor)] = tensor
        written = tuple(self.ref(tensor._array).storage for tensor in writes)
        if any(storage.kind == "argument" for storage in written):
            self.refuse("it writes into one of its arguments")
        self.add(function, arrays, result, out, writes=written, effect=True)
        if not writes:
            options = getattr(function, "keywords", {})
            named = [a for a in (*arrays, *options.values()) if isinstance(a, Generator)]
            self.generators += [g for g in named or [default_generator] if g not in self.generators]

    def module(self, module: Any) -> None:
        """A module that was called."""
        if id(module) not in self.modules:
            self.modules[id(module)] = module
            self.before.append((module, facts(module)))
            if any(hooks for name, hooks in module.__dict__.items() if name.endswith("_hooks")):
                self.refuse(f"a module has a hook ({type(module).__name__})")

    def clear(self, leaf: Tensor) -> None:
        """A leaf whose gradient is forgotten."""
        self.leaves[id(leaf)] = leaf
        self.cleared.add(id(leaf))
        self.given.pop(id(leaf), None)

    def look_at_gradient(self, leaf: Tensor) -> None:
        """A leaf whose gradient, or that it has none, decides what happens next."""
        self.leaves[id(leaf)] = leaf
        if id(leaf) in self.given or id(leaf) in self.cleared or id(leaf) in self.had_gradient:
            return
        self.had_gradient[id(leaf)] = leaf._grad is not None
        if leaf._grad is not None:
            array = leaf._grad._array
            if id(array) not in self.known:
                self._place(array, Storage("gradient", array, leaf=leaf))

    def set_gradient(self, leaf: Tensor, grad: np.ndarray) -> None:
        """The first gradient of a leaf, which takes the array over."""
        self.given[id(leaf)] = leaf
        self.leaves[id(leaf)] = leaf
        ref = self.ref(grad)
        self.entries.append(Entry(keep_gradient, (ref, leaf), None, effect=True))

    def add_gradient(self, leaf: Tensor, grad: Any) -> None:
        """A further gradient of a leaf."""
        into = leaf._grad
        self.given[id(leaf)] = leaf
        target = self.ref(into._array)  # type: ignore[union-attr]
        args = (target, self.tree(grad), target)
        self.entries.append(Entry(np.add, args, None, writes=(target.storage,), effect=True))

    def update(self, optimizer: Any, number: int, group: Any, blocks: list[Any]) -> None:
        """A step of an optimizer on one of its groups."""
        self.updates.append((optimizer, number, group, blocks))
        for param in group["params"]:
            self.look_at_gradient(param)
        for block in blocks:
            grads = [self.ref(param._grad._array) for param in block.params]
            targets = [self.ref(param._array) for param in block.params]
            for param in block.params:
                self.counters[id(param._counter)] = param._counter
                self.tensors[id(param)] = param
            writes = tuple(target.storage for target in targets)
            args = (optimizer, block, group, grads, targets)
            self.entries.append(Entry(update_block, args, None, writes=writes, effect=True))

    def walk(self, keep: bool, create_graph: bool, wanted: Any) -> Any:
        """A walk back over the tape that this recording sees."""
        from engine.capture.walk import RecordedWalk

        if not create_graph and wanted is None:
            return RecordedWalk(self, keep)
        self.refuse(
            "it asks for a graph of the gradients (create_graph)" if create_graph
            else "it asks for gradients by name (autograd.grad, or inputs= of backward)"
        )
        return Walk(keep, create_graph, wanted)

    def finish(self, result: Any) -> None:
        """The step is over: what it gives back."""
        self.outputs = self._result(result)

    def _result(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            if value._node is not None and id(value._node) not in self.consumed:
                self.refuse("what it returns is part of a graph that goes on; return it detached")
            return self.ref(value._array)
        if type(value) in (tuple, list):
            return type(value)([self._result(part) for part in value])
        if type(value) is dict:
            return {name: self._result(part) for name, part in value.items()}
        if not isinstance(value, (int, float, str, type(None))):
            self.refuse(f"it returns a {type(value).__name__}")
        return value

    def outside(self) -> list[Tensor]:
        """The tensors from outside that it used: parameters, buffers, constants."""
        found = []
        for tensor in self.tensors.values():
            ref = self.known.get(id(tensor._array))
            if ref is not None and ref.storage.kind == "external" and ref.storage.initial is None:
                found.append(tensor)
        return found

    def call(self, function: Callable[..., Any], *args: Any) -> None:
        """Plain Python to be called at every replay too."""
        self.entries.append(Entry(function, args, None, effect=True, role="python"))


def put(target: np.ndarray, values: Any) -> None:
    """Values into memory, in its type."""
    np.copyto(target, values, casting="unsafe")


def keep_gradient(grad: np.ndarray, leaf: Tensor) -> None:
    """Mark in a recording: from here on the array is the leaf's gradient. It has no code of its own."""


def update_block(optimizer: Any, block: Any, group: Any, grads: Any, targets: Any) -> None:
    """One block's update; gradients and targets are named for whoever orders the entries."""
    optimizer._update(block, group)
