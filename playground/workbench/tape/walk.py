"""A walk back over a graph that changes nothing: what arrives at each node, and what goes along each edge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import engine
from engine.fit import fit
from engine.node import Node

MOST_WALKED = 3000
Target = Node | engine.Tensor


@dataclass
class Edge:
    """The way from a node to what made its input number `input`; `raw` is its shape before it was fitted."""

    source: Node
    target: Target
    input: int
    shape: tuple[int, ...]
    gradient: Any = None
    raw: tuple[int, ...] | None = None
    nth: int = 1


@dataclass
class Walk:
    """A graph below its root, a tensor of this `shape`.

    `order` is how backward visits it; `arrived` is empty where it did not run.
    """

    root: Target
    shape: tuple[int, ...]
    order: list[Target] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    arrived: dict[int, Any] = field(default_factory=dict)
    results: dict[int, Sequence[Any]] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)


def walk(root: engine.Tensor, gradient: Any) -> Walk | None:
    """Follow `root` back to its leaves, with `gradient` (None: without it); None where it is too large."""
    first: Target = root.grad_fn or root
    found = Walk(first, tuple(root.shape))
    counts = _count(first, found)
    if counts is None:
        return None
    found.uses = dict(counts)
    pending: dict[int, Any] = {id(first): _slot(first, root._nr, gradient)} if gradient is not None else {}
    ready: list[Target] = [first]
    seen: dict[int, int] = {}
    with engine.no_grad():
        while ready:
            target = ready.pop()
            found.order.append(target)
            grad = pending.pop(id(target), None)
            if grad is not None:
                found.arrived[id(target)] = grad
            if isinstance(target, Node):
                for edge in _edges(target, grad, found):
                    key = id(edge.target)
                    seen[key] = edge.nth = seen.get(key, 0) + 1
                    found.edges.append(edge)
                    if edge.gradient is not None:
                        _deliver(pending, edge)
                    counts[key] -= 1
                    if not counts[key]:
                        ready.append(edge.target)
    return found


def _count(first: Target, found: Walk) -> dict[int, int] | None:
    """How many edges lead to each node and leaf."""
    counts: dict[int, int] = {id(first): 0}
    stack = [first]
    while stack:
        node = stack.pop()
        for edge in node.edges if isinstance(node, Node) else ():
            if edge is not None:
                if id(edge[0]) not in counts:
                    counts[id(edge[0])] = 0
                    stack.append(edge[0])
                counts[id(edge[0])] += 1
        if len(counts) > MOST_WALKED:
            return None
    return counts


def _slot(target: Target, nr: int, gradient: Any) -> Any:
    if isinstance(target, Node) and target.out_meta is not None:
        slots: list[Any] = [None] * len(target.out_meta)
        slots[nr] = gradient
        return slots
    return gradient


def _edges(node: Node, grad: Any, found: Walk) -> list[Edge]:
    edges = [
        Edge(node, edge[0], at, edge[2]) if edge is not None else None for at, edge in enumerate(node.edges)
    ]
    if grad is not None and node.saved is not None:
        if node.out_meta is not None and node.materialize:
            grad = [np.zeros(*meta) if g is None else g for g, meta in zip(grad, node.out_meta, strict=True)]
        results = node.apply(grad, [edge is not None for edge in node.edges], False)
        found.results[id(node)] = results
        for edge, whole, result in zip(edges, node.edges, results, strict=True):
            if edge is not None and result is not None:
                edge.raw = tuple(result.shape)
                edge.gradient = np.asarray(fit(result, whole[2], whole[3]))
    return [edge for edge in edges if edge is not None]


def _deliver(pending: dict[int, Any], edge: Edge) -> None:
    key, target = id(edge.target), edge.target
    whole = edge.source.edges[edge.input]
    if isinstance(target, Node) and target.out_meta is not None:
        slots = pending.setdefault(key, [None] * len(target.out_meta))
        slots[whole[1]] = edge.gradient if slots[whole[1]] is None else slots[whole[1]] + edge.gradient
    else:
        pending[key] = pending[key] + edge.gradient if key in pending else edge.gradient
