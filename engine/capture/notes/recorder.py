"""Recorder: writes down what a step does while the engine does it.

A step is recorded at most a few times, first of all to see whether it does the same again: so what the engine
shows is noted as it comes, and worked out (`reading.py`) only beside the notes of another call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.capture.form import mapped
from engine.capture.notes.reading import Reading, keep_gradients, put
from engine.capture.notes.trace import CLEARED, owner
from engine.capture.notes.walk import RecordedWalk
from engine.capture.surroundings.facts import Facts, difference, facts
from engine.capture.surroundings.guards import Guards
from engine.recording import Recording, structure
from engine.tensor import Tensor
from engine.walk import Walk

_ENGINE = str(Path(__file__).parents[2])


# How a note is read, what was called, what it was given, what came out, arrays that stand for plain numbers
# in that, and who stood by. Two recordings are the same if all but the last are, with arrays that play the
# same part standing for each other.
Note = tuple[Callable[..., None], Any, Sequence[Any], Any, Any, Any]


class Recorder(Recording):
    """The notes of one call of a step, on these arguments."""

    def __init__(
        self, function: Callable[..., Any], given: Sequence[Any], arguments: Sequence[np.ndarray],
        earlier: Recorder | None,
    ) -> None:
        super().__init__()
        self.reasons: list[str] = []
        self.notes: list[Note] = []
        self.arguments = arguments
        self.modules: dict[int, tuple[Any, Facts]] = {}  # as they were when first called
        self.met: dict[int, tuple[Tensor, Any]] = {}  # leaves, with the gradient they had, None or CLEARED
        self.cleared: dict[int, list[Tensor]] = {}  # leaves that lose their gradients, after so many notes
        self.origins: list[Tensor] = []  # tensors whose memory others have taken
        self.consumed: set[Any] = set()  # nodes of the graph that a walk back has visited
        self.outputs: Any = None
        self.structure = self._began = structure[0]
        self._known_modules: dict[int, tuple[Any, Facts]] = {}
        if earlier is not None and earlier.structure == self.structure:
            self._known_modules = earlier.modules
        self.guards: Guards
        if earlier is None or earlier._began != self._began or earlier.guards.broken():
            self.guards = Guards(function, given)
        else:
            self.guards = earlier.guards

    def refuse(self, reason: str) -> None:
        """This step cannot be captured: keep why, and where in the user's code."""
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_ENGINE):
            frame = frame.f_back
        where = f" ({frame.f_code.co_filename}:{frame.f_lineno})" if frame is not None else ""
        self.reasons.append(reason + where)

    # ---- what the engine shows ----

    def op(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any, out: Any
    ) -> None:
        """A call of an op: its tensors, the arrays its forward got, and what came out."""
        for x, array in zip(inputs, arrays, strict=True):
            if x is not array and (not isinstance(x, Tensor) or array is not x._array):
                self._cast(x, array)
        made = node = None
        if type(out) is tuple:
            made, node = tuple([one._array for one in out]), out[0]._node if out else None
        elif out is not None:
            node = out._node
            if out._array is not result:
                made = out._array
        self.notes.append((Reading.op, op, (*arrays, *statics), result, made, (inputs, node)))

    def _cast(self, x: Any, array: Any) -> None:
        if isinstance(x, Tensor):
            self.add(np.ndarray.astype, (x._array, array.dtype), array)
        elif isinstance(array, np.ndarray):
            self.constant(array)

    def forward(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any
    ) -> None:
        """The numbers that an op in place computes, before they are stored."""
        self.op(op, inputs, arrays, statics, result, None)

    def rule(self, node: Any, grad: Any, values: Any, results: Any) -> None:
        """The rule of a node of the graph."""
        self.consumed.add(node)
        self.notes.append((Reading.rule, node.op, (grad, *values), results, None, node))

    def add(
        self, function: Callable[..., Any], args: Sequence[Any], result: Any, sized: bool = False
    ) -> None:
        """A call of numpy code; ``sized`` if the shape of its result depends on numbers."""
        self.notes.append((Reading.sized if sized else Reading.add, function, args, result, None, None))

    def add_into(self, place: np.ndarray, grad: np.ndarray) -> None:
        """Numbers added to an array that the step has made."""
        self.notes.append((Reading.add_into, np.add, (place, grad), None, None, None))

    def copy(self, source: Any, copied: Any) -> None:
        """An array copied."""
        self.add(np.array, (source,), copied)

    def constant(self, array: Any, blank: bool = False) -> None:
        """An array made of shapes and plain numbers, the same at every replay; ``blank`` if not filled."""
        if isinstance(array, np.ndarray):
            values = None if blank else array.tobytes()
            self.notes.append((Reading.constant, values, (), array, None, None))

    def store(self, tensor: Tensor, values: Any) -> None:
        """Values put into a tensor's memory."""
        array = self._written(tensor)
        self.notes.append((Reading.store, put, (array, values), None, None, (tensor, tensor._counter)))

    def compute(
        self, function: Callable[..., Any], arrays: list[Any], writes: Sequence[Tensor], result: Any, out: Any
    ) -> None:
        """Numpy code outside of ops."""
        targets = [self._written(tensor) for tensor in writes]
        made = None if out is None or out._array is result else out._array
        beside = len(arrays), [(tensor, tensor._counter) for tensor in writes]
        self.notes.append((Reading.compute, function, (*arrays, *targets), result, made, beside))

    def _written(self, tensor: Tensor) -> np.ndarray:
        array: np.ndarray = tensor._array
        if any(owner(array) is owner(argument) for argument in self.arguments):
            self.refuse("it writes into one of its arguments")
        return array

    def module(self, module: Any) -> None:
        """A module that was called."""
        key = id(module)
        if key in self.modules:
            return
        found = self._known_modules.get(key) or (module, facts(module))
        self.modules[key] = found
        if found[1].hooks:
            self.refuse(f"a module has a hook ({type(module).__name__})")

    def clear(self, leaves: Sequence[Tensor]) -> None:
        """Leaves whose gradients are forgotten."""
        met = self.met
        for leaf in leaves:
            if id(leaf) not in met:
                met[id(leaf)] = leaf, CLEARED
        self.cleared.setdefault(len(self.notes), []).extend(leaves)

    def look_at(self, leaves: Sequence[Tensor]) -> None:
        """Leaves whose gradients, or that they have none, decide what happens next."""
        met = self.met
        for leaf in leaves:
            if id(leaf) not in met:
                met[id(leaf)] = leaf, _gradient(leaf)

    def look_through(self, tensor: Tensor) -> None:
        """A tensor whose memory another one takes."""
        self.origins.append(tensor)

    def set_gradients(self, leaves: list[Tensor]) -> None:
        """The first gradients of leaves, which take these arrays over."""
        for leaf in leaves:
            if id(leaf) not in self.met:
                self.met[id(leaf)] = leaf, None
        grads = [leaf._grad._array for leaf in leaves]  # type: ignore[union-attr]
        self.notes.append((Reading.set_gradients, keep_gradients, (*leaves, *grads), None, None, None))

    def add_gradient(self, leaf: Tensor, grad: Any) -> None:
        """A further gradient of a leaf."""
        self.look_at([leaf])
        given = (leaf, _gradient(leaf), grad)
        self.notes.append((Reading.add_gradient, np.add, given, None, None, None))

    def update(self, optimizer: Any, number: int, group: Any, blocks: list[Any]) -> None:
        """A step of an optimizer on one of its groups."""
        self.look_at(group["params"])
        grads, values, counted = [], [], []
        for block in blocks:
            for param in block.params:
                grads.append(param._grad._array)
                values.append(param._array)
                counted.append((param, param._counter))
        given = (number, group, *blocks, *grads, *values)
        self.notes.append((Reading.update, optimizer, given, None, None, (tuple(blocks), counted)))

    def walk(self, keep: bool, create_graph: bool, wanted: Any) -> Any:
        """A walk back over the tape that this recording sees."""
        if not create_graph and wanted is None:
            return RecordedWalk(self, keep)
        self.refuse(
            "it asks for a graph of the gradients (create_graph)" if create_graph
            else "it asks for gradients by name (autograd.grad, or inputs= of backward)"
        )
        return Walk(keep, create_graph, wanted)

    def call(self, function: Callable[..., Any], *args: Any) -> None:
        """Plain Python to be called at every replay too."""
        self.notes.append((Reading.call, function, args, None, None, None))

    # ---- the end ----

    def finish(self, result: Any) -> None:
        """The step is over: what it gives back."""
        self.outputs = mapped(result, self._result)
        self._known_modules = {}

    def _result(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            if value._node is not None and self._goes_on(value._node):
                self.refuse("what it returns is part of a graph that goes on; return it detached")
            return value._array
        if not isinstance(value, (int, float, str, type(None))):
            self.refuse(f"it returns a {type(value).__name__}, no tensor, number, list, tuple or dict")
        return value

    def _goes_on(self, node: Any) -> bool:
        """Whether one can still go back from a node: not through one that has given up what it had saved."""
        if node in self.consumed:
            return False
        waiting, met = [node], set()
        while waiting:
            found = waiting.pop()
            if found in met or isinstance(found, Tensor):
                continue
            met.add(found)
            if found.saved is None and found in self.consumed:
                return False
            waiting += [edge[0] for edge in found.edges if edge is not None]
        return True

    def changed_modules(self) -> list[str]:
        """Attributes of modules that the step itself has changed."""
        if self.structure == structure[0]:
            return []
        self.structure = structure[0]
        return [name for module, before in self.modules.values() if (name := difference(module, before))]


def _gradient(leaf: Tensor) -> np.ndarray | None:
    return None if leaf._grad is None else leaf._grad._array
