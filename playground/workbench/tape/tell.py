"""A tape as the page gets it."""

from collections.abc import Mapping

import numpy as np

import engine
from engine.node import Node
from playground.protocol.tensors import Tape as ToldTape
from playground.protocol.tensors import TapeEdge, TapeNode
from playground.workbench.tape.formulas import formula
from playground.workbench.tape.record import MOST_NODES, Tape
from playground.workbench.tape.walk import Edge, Target
from playground.workbench.windows import grid

MOST_CELLS = 6000


def tell(tape: Tape, lines: Mapping[str, int]) -> ToldTape:
    """Nodes in the order of backward, the root first; the rest counted where there are too many."""
    shown = tape.walk.order[:MOST_NODES]
    ids = {id(target): at for at, target in enumerate(shown)}
    edges = [edge for edge in tape.walk.edges if id(edge.source) in ids and id(edge.target) in ids]
    side = 8 if (len(shown) + len(edges)) * 64 <= MOST_CELLS else 4
    return ToldTape.model_construct(
        root=0,
        line=tape.line,
        ran=tape.ran,
        nodes=[_node(target, ids[id(target)], tape, lines, side) for target in shown],
        edges=[_edge(edge, ids, tape, side) for edge in edges],
        order=list(range(len(shown))),
        left_out=len(tape.walk.order) - len(shown),
    )


def _node(target: Target, at: int, tape: Tape, lines: Mapping[str, int], side: int) -> TapeNode:
    names = tape.names.get(id(target), [])
    arrived = tape.walk.arrived.get(id(target))
    grads = arrived if isinstance(arrived, list) else [arrived]
    grad = next((g for g in grads if g is not None), None)
    leaf = isinstance(target, engine.Tensor)
    return TapeNode.model_construct(
        id=at,
        name="AccumulateGrad" if isinstance(target, engine.Tensor) else target.label(),
        op="" if isinstance(target, engine.Tensor) else target.op.name,
        leaf=leaf,
        names=names,
        line=next((lines[n.partition(".")[0]] for n in names if n.partition(".")[0] in lines), 0),
        shape=list(target.shape) if isinstance(target, engine.Tensor) else _shape(target, tape),
        saved=[] if isinstance(target, engine.Tensor) else tape.saved.get(id(target), []),
        formula=formula(target) if isinstance(target, Node) else f"{names[0] if names else 'leaf'}.grad += g",
        grad=None if grad is None else grid(np.asarray(grad), rows=side, columns=side),
    )


def _shape(node: Node, tape: Tape) -> list[int]:
    """The shape of a node's result: that of its gradient, known to the edges that lead to it."""
    if node is tape.walk.root:
        return list(tape.walk.shape)
    if node.out_meta is not None:
        return list(node.out_meta[0][0])
    for edge in tape.walk.edges:
        if edge.target is node:
            return list(edge.shape)
    return []


def _edge(edge: Edge, ids: Mapping[int, int], tape: Tape, side: int) -> TapeEdge:
    gradient = edge.gradient
    return TapeEdge.model_construct(
        source=ids[id(edge.source)],
        target=ids[id(edge.target)],
        input=edge.input,
        shape=list(edge.shape),
        gradient=None if gradient is None else grid(gradient, rows=side, columns=side),
        note="; ".join(notes(edge, tape)) or None,
    )


def notes(edge: Edge, tape: Tape) -> list[str]:
    """Where a broadcast was summed back, and where gradients add up."""
    found = []
    if edge.raw is not None and edge.raw != edge.shape:
        extra = len(edge.raw) - len(edge.shape)
        dims = [
            *range(extra),
            *(i + extra for i, n in enumerate(edge.shape) if n == 1 != edge.raw[i + extra]),
        ]
        word = "dim" if len(dims) == 1 else "dims"
        found.append(f"summed over {word} {', '.join(map(str, dims))} (broadcast undone)")
    uses = tape.walk.uses.get(id(edge.target), 1)
    if uses > 1:
        found.append(f"added: used {'twice' if uses == 2 else f'{uses} times'}")
    return found
