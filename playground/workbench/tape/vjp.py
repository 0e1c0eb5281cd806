"""The derivative of one node, with the numbers that it had."""

from typing import Any

import numpy as np

import engine
from playground.protocol.tensors import VjpInput, VjpReply
from playground.workbench.errors import NotThereError
from playground.workbench.explain.writing import joined, number
from playground.workbench.program import Program
from playground.workbench.tape.formulas import formula, source
from playground.workbench.tape.record import MOST_NODES
from playground.workbench.tape.walk import Edge
from playground.workbench.windows import grid

MOST_ELEMENTS = 4


def derivative(program: Program, wanted: int) -> VjpReply:
    """Raises NotThereError where the tape has no such node."""
    tape = program.tapes.shown()
    order = tape.walk.order[:MOST_NODES] if tape is not None else []
    if tape is None or wanted >= len(order):
        raise NotThereError(f"The tape has no node {wanted}.")
    target = order[wanted]
    arrived = tape.walk.arrived.get(id(target))
    incoming = next((g for g in arrived if g is not None), None) if isinstance(arrived, list) else arrived
    ids = {id(each): at for at, each in enumerate(order)}
    told = None if incoming is None else grid(np.asarray(incoming), rows=8, columns=8)
    if isinstance(target, engine.Tensor):
        return VjpReply(node=wanted, name="AccumulateGrad", formula="leaf.grad += g", source="",
                        incoming=told, inputs=[])  # fmt: skip
    edges = [edge for edge in tape.walk.edges if edge.source is target]
    return VjpReply(
        node=wanted,
        name=target.label(),
        formula=formula(target),
        source=source(target),
        incoming=told,
        inputs=[
            VjpInput(
                input=edge.input,
                target=ids.get(id(edge.target), -1),
                arithmetic=_arithmetic(edge, incoming, tape.values.get(id(target), {})),
                gradient=None if edge.gradient is None else grid(edge.gradient, rows=8, columns=8),
            )
            for edge in edges
        ],
    )


def _arithmetic(edge: Edge, incoming: Any, saved: dict[str, Any]) -> str:
    """What the first few elements of a gradient were made of."""
    if edge.gradient is None:
        return "no gradient arrived"
    params = edge.source.op.params
    name = (
        params[edge.input]
        if edge.input < len(params) and not edge.source.op.listed
        else f"input {edge.input}"
    )
    lines = []
    for place in list(np.ndindex(*edge.gradient.shape))[:MOST_ELEMENTS]:
        known = [f"g = {found}"] if (found := _at(incoming, place, edge.gradient.shape)) else []
        known += [
            f"{key} = {found}"
            for key, value in saved.items()
            if (found := _at(value, place, edge.gradient.shape))
        ]
        index = f"[{', '.join(map(str, place))}]" if place else ""
        lines.append(f"{name}{index}: {joined(known, ', ')} → {number(edge.gradient[place].item())}")
    return "\n".join(lines)


def _at(value: Any, place: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """The element of a value that stands where `place` is in `shape`; nothing where there is no one such."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        return ""
    try:
        return number(np.broadcast_to(array, shape)[place].item())
    except ValueError:
        return f"{array.size} elements"
