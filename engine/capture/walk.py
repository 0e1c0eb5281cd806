"""The walk back over the tape while a recording watches: the same order, each number's origin shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.capture.recorder import Recorder
from engine.fit import fit
from engine.function import FunctionNode
from engine.node import Node
from engine.tensor import Tensor
from engine.walk import Walk, accumulate, below


class RecordedWalk(Walk):
    """One backward pass, shown to ``recorder``."""

    def __init__(self, recorder: Recorder, keep: bool) -> None:
        super().__init__(keep, False, None)
        self.recorder = recorder
        self.leaves: list[Tensor] = []  # that had no gradient
        self.grads: list[Any] = []

    def run(self, roots: Sequence[tuple[Any, int]], grads: Sequence[Any]) -> None:
        """Visit every node once, after all its gradients have arrived."""
        recorder = self.recorder
        order, self.counts = below([target for target, _ in roots])
        if reason := self.obstacle(self.counts):
            recorder.refuse(reason)
            Walk(self.keep, False, None).run(roots, grads)
            return
        with recorder.pause():
            self.begin(roots, grads)
            for node in order:
                grad = self.pending.pop(node, None)
                results = (None,) * len(node.edges) if grad is None else self.visit(node, grad)
                for edge, result in zip(node.edges, results, strict=True):
                    if edge is not None:
                        self.send(node, edge, result, grad)
        if self.leaves:
            recorder.set_gradients(self.leaves, self.grads)

    def obstacle(self, targets: Any) -> str:
        """Why this pass cannot be replayed; empty if it can."""
        for target in targets:
            if isinstance(target, Tensor):
                if target._hooks or target._accumulated_hooks:
                    return "a tensor has a hook"
            elif isinstance(target, FunctionNode):
                return f"it uses an autograd.Function ({target.function.__name__})"
            elif not target.special:
                continue
            elif target.hooks or target.retained or target.trace or any(h for _, h in target.pre_hooks or ()):
                return "a node of the graph has a hook, keeps its gradient or is watched for anomalies"
        return ""

    def visit(self, node: Node, grad: Any) -> Sequence[Any]:
        """Run the rule of one node."""
        if node.out_meta is not None:
            grad = [self.zeros(m) if g is None else g for g, m in zip(grad, node.out_meta, strict=True)]
        op, values = node.op, list(node.saved or ())
        needs = [edge is not None for edge in node.edges]
        values = [value._array if isinstance(value, Tensor) else value for value in values]
        if op.needs_at is not None and values:
            values[op.needs_at] = needs
        results = node.apply(grad, needs, False)
        self.recorder.rule(node, grad, values, results)
        if not self.keep:
            node.release()
        return results

    def zeros(self, meta: tuple[tuple[int, ...], Any]) -> Any:
        """The gradient of an output that nothing used."""
        made = super().zeros(meta)
        self.recorder.constant(made)
        return made

    def send(self, node: Node, edge: Any, result: Any, grad: Any) -> None:
        """Bring one gradient to where it goes."""
        goal, nr, shape, numpy_dtype = edge
        if result is not None and (result.shape != shape or result.dtype is not numpy_dtype):
            fitted = fit(result, shape, numpy_dtype)
            if fitted is not result:
                self.recorder.add(fit, (result, shape, numpy_dtype), fitted)
            result = fitted
        if isinstance(goal, Tensor):
            if result is not None and (
                type(result) is not np.ndarray or result is grad or node.special or result.base is not None
            ):
                result = self.copy(result)
            self.gather(goal, result)
        elif result is not None:
            self.deliver(goal, nr, result)

    def copy(self, grad: Any) -> Any:
        """An array of its own for a leaf."""
        copied = super().copy(grad)
        self.recorder.copy(grad, copied)
        return copied

    def sum(self, first: Any, second: Any) -> Any:
        """The sum of two gradients."""
        total = super().sum(first, second)
        self.recorder.add(np.add, (first, second), total)
        return total

    def finish_leaf(self, leaf: Tensor, grad: Any) -> None:
        """All gradients of a leaf are here: they become its ``grad``, or are added to it."""
        if leaf._grad is None:
            accumulate(leaf, grad, False)
            self.leaves.append(leaf)
            self.grads.append(leaf._grad._array)  # type: ignore[attr-defined]
        else:
            self.recorder.add_gradient(leaf, grad)
            accumulate(leaf, grad, False)
