"""The walk back over the tape.

Counts how often each node is used, then visits a node when all its gradients have arrived; no recursion, so
the depth of a graph is not limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.anomaly import blame, check_finite
from engine.fit import fit
from engine.node import Node, run_hooks
from engine.tensor import Tensor, wrap

_ndarray = np.ndarray


def accumulate(leaf: Tensor, grad: Any, create_graph: bool) -> None:
    """Add a gradient to ``leaf.grad``: into the same tensor, unless the sum itself is to be recorded."""
    before = leaf._grad
    if before is None:
        leaf._grad = grad.clone() if create_graph else wrap(grad)
    elif create_graph:
        leaf._grad = before + grad
    else:
        np.add(before._array, grad, out=before._array)
        before._counter[0] += 1
    if leaf._accumulated_hooks:
        for hook in list(leaf._accumulated_hooks.values()):
            hook(leaf)


def count_uses(roots: Sequence[Any]) -> dict[Any, int]:
    """How many gradients each node and leaf below ``roots`` will get."""
    counts: dict[Any, int] = dict.fromkeys(roots, 0)
    stack = [root for root in counts if not isinstance(root, Tensor)]
    while stack:
        for edge in stack.pop().edges:
            if edge is not None:
                target = edge[0]
                if target in counts:
                    counts[target] += 1
                else:
                    counts[target] = 1
                    if type(target) is Node or not isinstance(target, Tensor):
                        stack.append(target)
    return counts


def _leading_to(wanted: Sequence[Any], counts: dict[Any, int]) -> set[Any]:
    """The nodes through which gradients must pass to reach ``wanted``."""
    users: dict[Any, list[Any]] = {}
    for node in counts:
        if not isinstance(node, Tensor):
            for edge in node.edges:
                if edge is not None:
                    users.setdefault(edge[0], []).append(node)
    found: set[Any] = set()
    stack = [target for target in wanted if target in counts]
    while stack:
        target = stack.pop()
        if target not in found:
            found.add(target)
            stack.extend(users.get(target, ()))
    return found


class Walk:
    """One backward pass over the graph below ``roots``."""

    def __init__(self, keep: bool, create_graph: bool, wanted: Sequence[tuple[Any, int]] | None) -> None:
        self.keep = keep
        self.create_graph = create_graph
        self.pending: dict[Any, Any] = {}
        self.through: set[Any] | None = None
        self.wanted = wanted
        self.captured: dict[tuple[Any, int], Any] = {}

    def deliver(self, target: Any, nr: int, grad: Any) -> None:
        """Add ``grad`` to what has arrived for output ``nr`` of ``target``."""
        pending = self.pending
        if isinstance(target, Node) and target.out_meta is not None:
            slots = pending.setdefault(target, [None] * len(target.out_meta))
            slots[nr] = grad if slots[nr] is None else slots[nr] + grad
        elif target in pending:
            pending[target] = pending[target] + grad
        else:
            pending[target] = grad

    def run(self, roots: Sequence[tuple[Any, int]], grads: Sequence[Any]) -> None:
        """Visit every node once, after all its gradients have arrived."""
        counts = count_uses([target for target, _ in roots])
        if self.wanted is not None:
            self.through = _leading_to([target for target, _ in self.wanted], counts)
        for at, (target, nr) in enumerate(roots):
            self.deliver(target, nr, grads[at])
        ready = [target for target, count in counts.items() if count == 0]
        through, pending, keep, create_graph = self.through, self.pending, self.keep, self.create_graph
        plain = self.wanted is None and not create_graph
        while ready:
            target = ready.pop()
            grad = pending.pop(target, None)
            if type(target) is not Node and isinstance(target, Tensor):
                if grad is not None:
                    self.finish_leaf(target, grad)
                continue
            edges = target.edges
            if grad is None or (through is not None and target not in through):
                results: Sequence[Any] = (None,) * len(edges)
            elif plain and not target.special:  # nothing to do but the rule
                results = target.apply(grad, None, False)
                if not keep and target.versions:
                    target.saved = None
            else:
                results = self.step(target, grad)
            if len(results) != len(edges):
                raise RuntimeError(
                    f"the rule of {target.name()} gave {len(results)} gradients for {len(edges)} inputs"
                )
            at = 0
            for edge in edges:
                result = results[at]
                at += 1
                if edge is None:
                    continue
                goal, nr, shape, numpy_dtype = edge
                left = counts[goal] - 1
                if result is not None and (through is None or goal in through):
                    if result.shape != shape or result.dtype is not numpy_dtype:
                        result = fit(result, shape, numpy_dtype)
                    if type(goal) is Node:
                        if goal in pending or goal.special:
                            self.deliver(goal, nr, result)
                        else:
                            pending[goal] = result
                    elif not isinstance(goal, Tensor):
                        self.deliver(goal, nr, result)
                    else:
                        if not create_graph:
                            result = unshared(result, grad, results)
                        if left or goal in pending:
                            self.deliver(goal, nr, result)
                        elif plain and goal._grad is None and not (goal._hooks or goal._accumulated_hooks):
                            if goal._requires_grad:
                                goal._grad = wrap(result)
                            continue
                        else:
                            self.finish_leaf(goal, result)
                            continue
                if left:
                    counts[goal] = left
                else:
                    ready.append(goal)

    def step(self, node: Node, grad: Any) -> Sequence[Any]:
        """Run one node: its tensors' hooks, its rule, its own hooks."""
        special = node.special
        if special and node.out_meta is not None and node.materialize:
            grad = [g if g is not None else self.zeros(m) for g, m in zip(grad, node.out_meta, strict=True)]
        if special or self.wanted is not None:
            grad = self.show(node, grad)
        edges, through = node.edges, self.through
        if through is None:
            needs = [e is not None for e in edges]
        else:
            needs = [e is not None and e[0] in through for e in edges]
        results: Sequence[Any] = (None,) * len(edges)
        if True in needs:
            if node.trace:
                results = self.watched(node, grad, needs)
            else:
                results = node.apply(grad, needs, self.create_graph)
        if special and node.hooks:
            results = self.run_node_hooks(node, grad, results)
        if not self.keep:
            node.release()
        return results

    def watched(self, node: Node, grad: Any, needs: list[bool]) -> Sequence[Any]:
        """Run a rule in anomaly mode."""
        try:
            results = node.apply(grad, needs, self.create_graph)
        except Exception:
            blame(node)
            raise
        check_finite(node, results)
        return results

    def zeros(self, meta: tuple[tuple[int, ...], Any]) -> Any:
        """The gradient of an output that nothing used."""
        array = np.zeros(*meta)
        return wrap(array) if self.create_graph else array

    def show(self, node: Node, grad: Any) -> Any:
        """Let hooks replace, and ``retain_grad`` and ``autograd.grad`` keep, the gradients that arrived."""
        several = node.out_meta is not None
        parts = list(grad) if several else [grad]
        for nr, hooks in node.pre_hooks or ():
            parts[nr] = run_hooks(hooks, parts[nr])
        for nr, reference in node.retained or ():
            tensor = reference()
            if tensor is not None:
                value = parts[nr] if self.create_graph else wrap(np.array(parts[nr]))
                tensor._grad = value if tensor._grad is None else tensor._grad + value
        for wanted, nr in self.wanted or ():
            if wanted is node:
                self.captured[node, nr] = parts[nr]
        for hook in list((node.before or {}).values()):
            replaced = hook(_shown(parts))
            if replaced is not None:
                parts = self.taken(replaced)
        return parts if several else parts[0]

    def run_node_hooks(self, node: Node, grad: Any, results: Sequence[Any]) -> Sequence[Any]:
        """Call ``hook(grad_inputs, grad_outputs)``; what it returns replaces the first."""
        for hook in list((node.hooks or {}).values()):
            replaced = hook(_shown(results), _shown(grad if node.out_meta is not None else (grad,)))
            if replaced is not None:
                results = self.taken(replaced)
        return results

    def taken(self, replaced: Any) -> list[Any]:
        """Gradients that a node's hook gave, as the walk passes them on."""
        given = replaced if isinstance(replaced, tuple) else (replaced,)
        return [g if g is None or self.create_graph else g._array for g in given]

    def finish_leaf(self, leaf: Tensor, grad: Any) -> None:
        """All gradients of a leaf are here: hand them to whoever asked, if it still wants them."""
        if not leaf._requires_grad:
            return
        if leaf._hooks:
            grad = run_hooks(leaf._hooks, grad)
            if not self.create_graph:
                grad = np.array(grad)
        if self.wanted is not None:
            self.captured[leaf, 0] = grad
        else:
            accumulate(leaf, grad, self.create_graph)


def _shown(grads: Any) -> tuple[Any, ...]:
    """Gradients as a node's hooks get them."""
    return tuple(g if g is None or isinstance(g, Tensor) else wrap(g) for g in grads)


def unshared(result: Any, grad: Any, results: Sequence[Any]) -> Any:
    """A gradient array that nobody else holds, so that it may become ``leaf.grad`` as it is."""
    if type(result) is not _ndarray:
        return np.asarray(result)
    if result is grad or result.base is not None:
        return result.copy()
    met = False
    for other in results:
        if other is result:
            if met:
                return result.copy()
            met = True
    return result
