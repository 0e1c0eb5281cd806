"""Tensors in nested tuples, lists and dictionaries: what the transforms take and give."""

from __future__ import annotations

from typing import Any

from engine.node import Node
from engine.tensor import Tensor


def leaves(nest: Any) -> list[Tensor]:
    """The tensors in a nest, in order."""
    if isinstance(nest, Tensor):
        return [nest]
    parts = nest.values() if isinstance(nest, dict) else nest if isinstance(nest, (tuple, list)) else ()
    return [leaf for part in parts for leaf in leaves(part)]


def like(nest: Any, found: list[Any]) -> Any:
    """The same nest with other things for its tensors, taken from the front of a list."""
    if isinstance(nest, Tensor):
        return found.pop(0)
    if isinstance(nest, dict):
        return type(nest)((key, like(part, found)) for key, part in nest.items())
    if isinstance(nest, (tuple, list)):
        parts = [like(part, found) for part in nest]
        return type(nest)(*parts) if hasattr(nest, "_fields") else type(nest)(parts)
    return nest


def fresh(nest: Any) -> Any:
    """Tensors to differentiate by: new ones, that lead back to those given where these want gradients."""
    given = leaves(nest)
    return like(nest, [x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in given])


def cut(nest: Any) -> Any:
    """The same without a graph behind it."""
    return like(nest, [leaf.detach() for leaf in leaves(nest)])


def close(nest: Any) -> None:
    """A transform is done with its fresh tensors: nobody else differentiates by them."""
    for leaf in leaves(nest):
        leaf.__dict__["closed"] = leaf.grad_fn is None


def leads_on(nest: Any, own: list[Tensor]) -> bool:
    """Whether someone may differentiate further: by a leaf in the graph behind a nest, ``own`` ones apart."""
    inner = {id(leaf) for leaf in own}
    stack = [x.grad_fn or x for x in leaves(nest) if x.requires_grad]
    seen: set[int] = set()
    while stack:
        target = stack.pop()
        if not isinstance(target, Node):
            if id(target) not in inner and not target.__dict__.get("closed"):
                return True
        elif id(target) not in seen:
            seen.add(id(target))
            stack.extend(edge[0] for edge in target.edges if edge is not None)
    return False
