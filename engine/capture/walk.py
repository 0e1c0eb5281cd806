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
from engine.walk import Walk, accumulate, count_uses, unshared


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
        counts = count_uses([target for target, _ in roots])
        if reason := self.obstacle(counts):
            recorder.refuse(reason)
            Walk(self.keep, False, None).run(roots, grads)
            return
        for (target, nr), grad in zip(roots, grads, strict=True):
            self.deliver(target, nr, grad)
        ready = [target for target, count in counts.items() if count == 0]
        with recorder.pause():
            while ready:
                target = ready.pop()
                grad = self.pending.pop(target, None)
                if isinstance(target, Tensor):
                    if grad is not None:
                        self.finish_leaf(target, grad)
                    continue
                results = (None,) * len(target.edges) if grad is None else self.visit(target, grad)
                for edge, result in zip(target.edges, results, strict=True):
                    if edge is not None:
                        self.send(edge, result, grad, results)
                        counts[edge[0]] -= 1
                        if not counts[edge[0]]:
                            ready.append(edge[0])
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

    def send(self, edge: Any, result: Any, grad: Any, results: Sequence[Any]) -> None:
        """Bring one gradient to where it goes."""
        goal, nr, shape, numpy_dtype = edge
        if result is None:
            return
        if result.shape != shape or result.dtype is not numpy_dtype:
            fitted = fit(result, shape, numpy_dtype)
            if fitted is not result:
                self.recorder.add(fit, (result, shape, numpy_dtype), fitted)
            result = fitted
        if isinstance(goal, Tensor):
            own = unshared(result, grad, results)
            if own is not result:
                self.recorder.copy(result, own)
            result = own
        self.deliver(goal, nr, result)

    def deliver(self, target: Any, nr: int, grad: Any) -> None:
        """Add ``grad`` to what has arrived for output ``nr`` of ``target``."""
        pending = self.pending
        if isinstance(target, Node) and target.out_meta is not None:
            slots = pending.setdefault(target, [None] * len(target.out_meta))
            slots[nr] = grad if slots[nr] is None else self.sum(slots[nr], grad)
        elif target in pending:
            pending[target] = self.sum(pending[target], grad)
        else:
            pending[target] = grad

    def sum(self, first: Any, second: Any) -> Any:
        """The sum of two gradients."""
        total = first + second
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
