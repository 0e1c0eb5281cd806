"""The walk back over the tape while a recording watches: the same, with each number's origin shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.function import FunctionNode
from engine.node import PART, Node
from engine.tensor import Tensor, wrap
from engine.walk import Start, Walk, accumulate

if TYPE_CHECKING:
    from engine.capture.notes.recorder import Recorder


_ARRAYS = frozenset((np.ndarray, type(None)))


class RecordedWalk(Walk):
    """One backward pass, shown to ``recorder``."""

    leaves: list[Tensor]

    def __init__(self, recorder: Recorder, keep: bool) -> None:
        super().__init__(keep, False, None)
        self.recorder, self.leaves = recorder, []

    def run(self, starts: Sequence[Start]) -> None:
        """Visit every node once, after all its gradients have arrived."""
        with self.recorder.pause():  # what rules call is a part of them
            super().run(starts)
        if self.leaves:
            self.recorder.set_gradients(self.leaves)

    def step(self, node: Node, grad: Any) -> Sequence[Any]:
        """Run the rule of one node."""
        if node.special is PART:
            if self.add_part(node, grad):
                return (None,)
        elif node.special:
            if reason := _obstacle(node):
                self.recorder.refuse(reason)
                return super().step(node, grad)
            if node.out_meta is not None:
                grad = [self.zeros(m) if g is None else g for g, m in zip(grad, node.out_meta, strict=True)]
        at, needs = node.op.needs_at, None
        values = [value._array if isinstance(value, Tensor) else value for value in node.saved or ()]
        if at is not None and values:
            needs = values[at] = [edge is not None for edge in node.edges]
        results = node.apply(grad, needs, False)
        if not _ARRAYS.issuperset(map(type, results)):  # but plain numbers
            results = tuple([None if result is None else np.asarray(result) for result in results])
        self.recorder.rule(node, grad, values, results)
        if not self.keep:
            node.release()
        return results

    def zeros(self, meta: tuple[tuple[int, ...], Any]) -> Any:
        """The gradient of an output that nothing used."""
        made = super().zeros(meta)
        self.recorder.constant(made)
        return made

    def fit(self, grad: Any, shape: tuple[int, ...], numpy_dtype: Any) -> Any:
        """A gradient in the shape and type of what it belongs to."""
        fitted = super().fit(grad, shape, numpy_dtype)
        if fitted is not grad:
            fitted = np.asarray(fitted)
            self.recorder.add(Walk.fit, (grad, shape, numpy_dtype), fitted)
        return fitted

    def copy(self, grad: Any, leaf: Tensor) -> Any:
        """An array of its own for a leaf."""
        copied = super().copy(grad, leaf)
        self.recorder.copy(grad, copied)
        return copied

    def sum(self, first: Any, second: Any) -> Any:
        """The sum of two gradients."""
        total = np.asarray(super().sum(first, second))
        self.recorder.add(np.add, (first, second), total)
        return total

    def add_into(self, place: Any, grad: Any) -> None:
        """Add a gradient to an array."""
        super().add_into(place, grad)
        self.recorder.add_into(place, grad)

    def finish_leaf(self, leaf: Tensor, grad: Any) -> None:
        """All gradients of a leaf are here: they become its ``grad``, or are added to it."""
        if leaf._hooks or leaf._accumulated_hooks:
            self.recorder.refuse("a tensor has a hook")
            super().finish_leaf(leaf, grad)
        elif leaf._requires_grad and leaf._grad is None:
            leaf._grad = wrap(grad)
            self.leaves.append(leaf)
        elif leaf._requires_grad:
            self.recorder.add_gradient(leaf, grad)
            accumulate(leaf, grad, False)


def _obstacle(node: Node) -> str:
    """Why the pass through a node cannot be replayed; empty if it can."""
    if isinstance(node, FunctionNode):
        return f"it uses an autograd.Function ({node.function.__name__})"
    hooks = node.before or node.hooks or any(hooks for _, hooks in node.pre_hooks or ())
    if hooks or node.retained or node.trace:
        return "a node of the graph has a hook, keeps its gradient or is watched for anomalies"
    return ""
