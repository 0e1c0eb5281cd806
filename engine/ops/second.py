"""Gradients that do not change with the input, and have a graph none the less, as PyTorch's have.

PyTorch computes such a gradient by an op of the input: its second derivative is zeros, where ours would be
none at all. A row of the table names one of these functions as `second`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.node import Node
from engine.op import Array, op
from engine.ops.table import zeros_as
from engine.tensor import Tensor, wrap


@op(family="shape", doc="input, tied to what it does not depend on", internal=True)
def beside(input: Array, other: Array) -> Array:
    return input


@beside.vjp
def beside_vjp(g: Array) -> tuple[Array, Array]:
    return g, zeros_as(g)


def zeros(node: Node, results: Sequence[Any]) -> Sequence[Any]:
    """The gradient by the first input has zeros as its slope by that input."""
    first, edge = results[0], node.edges[0]
    return results if first is None else (beside(first, _at_end(edge, first)), *results[1:])


def jointly(node: Node, results: Sequence[Any]) -> Sequence[Any]:
    """All gradients have a graph, though it may lead nowhere; none where only a bias, the last, wants one."""
    if not any(node.edges[:-1]):
        return results
    return tuple(r if r is None or r.requires_grad else alias(r.detach().requires_grad_()) for r in results)


def _at_end(edge: Any, like: Tensor) -> Tensor:
    """The tensor that an edge leads to, but for its values."""
    target, nr = edge[:2]
    if isinstance(target, Tensor):
        return target
    made = wrap(like._array)
    made._node, made._nr, made._requires_grad = target, nr, True
    return made


@op(family="shape", doc="input itself", internal=True, second=zeros)
def alias(input: Array) -> Array:
    """At the start of several ops that PyTorch has as one whose gradient does not change with the input."""
    return input


@alias.vjp
def alias_vjp(g: Array) -> Array:
    return g
