"""One-line declarations for ops of one or two tensors: name, numpy function, derivative, meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.node import Node
from engine.op import REGISTRY, Array, Op
from engine.recording import constant
from engine.tensor import Tensor, wrap


def zeros_as(g: Array) -> Array:
    """Zeros like an array or a tensor: the gradient of what is flat, also where ``g`` is infinite."""
    return wrap(constant(np.zeros_like(g._array))) if isinstance(g, Tensor) else np.zeros_like(g)


def suffixed(name: str, tensors: int, other: int, input: int | None = None) -> Callable[[Node], str]:
    """Node names with PyTorch's suffix: for two tensors, for a number as ``other`` or as ``input``.

    Read off what the node keeps; once that is freed, or where it keeps neither, off its edges.
    """

    def node_name(node: Node) -> str:
        if input is not None and _is_number(node, 0):
            return f"{name}Backward{input}"
        return f"{name}Backward{other if _is_number(node, 1) else tensors}"

    return node_name


def _is_number(node: Node, place: int) -> bool:
    kept = node.op.kept_input(node, place)
    return node.edges[place] is None if kept is None else not isinstance(kept, Tensor)


def _one(input: Array) -> None: ...


def _two(input: Array, other: Array) -> None: ...


def _declare(like: Any, name: str, forward: Any, rule: Any, doc: str, facts: dict[str, Any]) -> Op:
    made = Op(forward, name=name, doc=doc, like=like, nondiff=rule is None, **facts)
    if rule is not None:
        made.vjp(rule)
    REGISTRY[name] = made
    return made


def unary(
    name: str,
    forward: Callable[[Any], Any],
    rule: Callable[..., Any] | None,
    doc: str,
    promote: str = "float",
    family: str = "elementwise",
    **facts: Any,
) -> Op:
    """An op of one tensor; ``promote="float"`` makes floats of integers. No rule: not differentiable."""
    return _declare(_one, name, forward, rule, doc, {"promote": promote, "family": family, **facts})


def binary(
    name: str, forward: Callable[[Any, Any], Any], rule: Callable[..., Any] | None, doc: str,
    promote: str = "number", family: str = "elementwise", **facts: Any,
) -> Op:
    """An op of two tensors that broadcast, in their common type."""
    return _declare(_two, name, forward, rule, doc, {"promote": promote, "family": family, **facts})
