"""The walk back over the tape.

Looks first which nodes there are, and sorts them: each after all that its gradients come from. No recursion,
so the depth of a graph is not limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.anomaly import blame, check_finite
from engine.fit import fit
from engine.node import PART, Node, run_hooks
from engine.tensor import Tensor, wrap

Start = tuple[Any, int, Any]  # a node or leaf, the number of its output, and the gradient of that


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


def below(roots: Iterable[Any]) -> tuple[list[Node], dict[Any, int]]:
    """The nodes from ``roots`` on in the order of the walk, and how many gradients each target gets."""
    counts: dict[Any, int] = dict.fromkeys(roots, 0)
    stack = [root for root in counts if not isinstance(root, Tensor)]
    order, shared = [], False
    while stack:
        node = stack.pop()
        order.append(node)
        for edge in node.edges:
            if edge is not None:
                target, nr, _, _ = edge
                if target in counts:
                    counts[target] += 1
                    shared = shared or nr is not None
                else:
                    counts[target] = 1
                    if nr is not None:
                        stack.append(target)
    return _sorted(counts) if shared else order, counts


def _sorted(counts: dict[Any, int]) -> list[Node]:
    """The nodes where some are used several times."""
    left, order = counts.copy(), []
    ready = [target for target, count in counts.items() if not (count or isinstance(target, Tensor))]
    while ready:
        node = ready.pop()
        order.append(node)
        for edge in node.edges:
            if edge is not None:
                target, nr, _, _ = edge
                left[target] -= 1
                if not left[target] and nr is not None:
                    ready.append(target)
    return order


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

    leaves: list[Tensor] | None = None  # those that get their first gradient, for a recording
    fit = staticmethod(fit)

    def __init__(self, keep: bool, create_graph: bool, wanted: Sequence[tuple[Any, int]] | None) -> None:
        self.keep = keep
        self.create_graph = create_graph
        self.pending: dict[Any, Any] = {}
        self.own: set[Any] = set()  # targets whose pending gradient is an array that only this walk has
        self.through: set[Any] | None = None
        self.wanted = wanted
        self.captured: dict[tuple[Any, int], Any] = {}
        self.counts: dict[Any, int] = {}  # how many gradients each target gets
        self.arrived: dict[Tensor, int] = {}  # how many of those leaves have got

    def deliver(self, target: Any, nr: int, grad: Any) -> None:
        """Add ``grad`` to what has arrived for output ``nr`` of ``target``."""
        pending = self.pending
        if isinstance(target, Node) and target.out_meta is not None:
            slots = pending.setdefault(target, [None] * len(target.out_meta))
            slots[nr] = grad if slots[nr] is None else self.sum(slots[nr], grad)
        else:
            pending[target] = self.total(target, grad) if target in pending else grad

    def total(self, target: Any, grad: Any) -> Any:
        """What has arrived for a target, and ``grad`` added."""
        self.own.add(target)
        return self.sum(self.pending[target], grad)

    def sum(self, first: Any, second: Any) -> Any:
        """The sum of two gradients."""
        return first + second

    def run(self, starts: Sequence[Start]) -> None:
        """Visit every node once, after all its gradients have arrived."""
        order = self.begin(starts)
        pending, counts, keep, through = self.pending, self.counts, self.keep, self.through
        plain = self.wanted is None and not self.create_graph
        leaves = self.leaves
        quick = plain and leaves is None
        for node in order:
            grad, edges, special = pending.pop(node, None), node.edges, node.special
            if grad is None or (through is not None and node not in through):
                results: Sequence[Any] = (None,) * len(edges)
            elif quick and not special:  # nothing to do but the rule
                results = node.apply(grad, None, False)
                if not keep and (node.versions or node.counter is not None):
                    node.saved = None
            else:
                results = self.step(node, grad)
            for edge, result in zip(edges, results):  # noqa: B905 - strict takes longer
                if edge is None:
                    continue
                goal, nr, shape, numpy_dtype = edge
                if result is None or (through is not None and goal not in through):
                    if nr is None:
                        self.gather(goal, None)
                    continue
                if result.shape != shape or result.dtype is not numpy_dtype:
                    result = self.fit(result, shape, numpy_dtype)
                if nr is not None:
                    if goal in pending or goal.special:
                        self.deliver(goal, nr, result)
                    else:
                        pending[goal] = result
                    continue
                if plain:
                    if (
                        special is True or result is grad or result.base is not None
                        or not result.flags.c_contiguous
                    ):
                        result = self.copy(result, goal)  # else it is the leaf's alone, and in rows
                    if counts[goal] == 1 and goal._grad is None and not (
                        goal._hooks or goal._accumulated_hooks
                    ):
                        if goal._requires_grad:
                            goal._grad = wrap(result)
                            if leaves is not None:
                                leaves.append(goal)
                        continue
                self.gather(goal, result)

    def begin(self, starts: Sequence[Start]) -> list[Node]:
        """Bring the gradients to where the pass starts; the nodes to visit, in order."""
        for target, nr, grad in starts:
            if isinstance(target, Tensor) and not self.create_graph:
                grad = self.copy(grad, target)
            self.deliver(target, nr, grad)
        order, counts = below(self.pending)
        self.counts = counts
        if self.wanted is not None:
            self.through = _leading_to([target for target, _ in self.wanted], counts)
        for leaf in [root for root in self.pending if isinstance(root, Tensor)]:
            counts[leaf] += 1
            self.gather(leaf, None)
        return order

    def copy(self, grad: Any, leaf: Tensor) -> Any:
        """An array of its own for a leaf, in rows where the leaf is: a program may ``view`` its ``grad``."""
        return np.array(grad, order="C" if leaf._array.flags.c_contiguous else "K")

    def gather(self, leaf: Tensor, grad: Any) -> None:
        """Add what one of its users gives to the gradient of a leaf, and hand on the last sum."""
        pending, arrived = self.pending, self.arrived
        arrived[leaf] = arrived.get(leaf, 0) + 1
        if grad is not None:
            pending[leaf] = self.total(leaf, grad) if leaf in pending else grad
        if arrived[leaf] == self.counts[leaf] and leaf in pending:
            self.finish_leaf(leaf, pending.pop(leaf))

    def step(self, node: Node, grad: Any) -> Sequence[Any]:
        """Run one node: its tensors' hooks, its rule, its own hooks."""
        special = node.special
        if special is PART:
            if self.add_part(node, grad):
                return (None,)
            special = False
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
                results = self.traced(node, grad, needs)
            else:
                results = node.apply(grad, needs, self.create_graph)
        if special and node.hooks:
            results = self.run_node_hooks(node, grad, results)
        if not self.keep:
            node.release()
        return results

    def add_part(self, node: Node, grad: Any) -> bool:
        """Add the gradient of a part to that of the others where it belongs, without zeros around it.

        Only where there are others, in an array that nobody else has.
        """
        goal, pending = node.edges[0][0], self.pending
        if goal not in pending:
            self.own.add(goal)
            return False
        whole = pending[goal]
        if self.create_graph or self.wanted or goal not in self.own or type(whole) is not np.ndarray:
            return False
        self.add_into(node.op.forward(whole, *node.statics), grad)
        return True

    def add_into(self, place: Any, grad: Any) -> None:
        """Add a gradient to an array."""
        np.add(place, grad, place)

    def traced(self, node: Node, grad: Any, needs: list[bool]) -> Sequence[Any]:
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
