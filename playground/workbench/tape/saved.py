"""What nodes keep for their derivatives."""

import inspect
from typing import Any

import numpy as np

import engine
from engine.node import Node
from playground.protocol.tensors import Saved


def saved(node: Node) -> list[Saved]:
    """What a node keeps for its derivative, under the names that the derivative gives it."""
    if node.saved is None or node.op.rule is None:
        return []
    names = list(inspect.signature(node.op.rule).parameters)[1:]
    found = []
    for name, value in zip(names, node.saved, strict=False):
        if name == "needs" or value is None:
            continue
        array = value._array if isinstance(value, engine.Tensor) else value
        if isinstance(array, np.ndarray | np.generic):
            found.append(Saved(name=name, shape=list(array.shape), text=_short(array)))
        else:
            found.append(Saved(name=name, shape=[], text=repr(value)[:60]))
    return found


def _short(array: np.ndarray[Any, Any] | np.generic) -> str:
    """A few numbers of an array in one line."""
    numbers = [
        f"{value:.4g}" if isinstance(value, float) else str(value) for value in array.ravel()[:6].tolist()
    ]
    listed = ", ".join(numbers) + (", …" if array.size > 6 else "")
    return f"[{listed}]" if array.ndim else listed


def values_of(node: Node) -> dict[str, Any]:
    """The arrays that a node keeps, under the names of its derivative."""
    if node.saved is None or node.op.rule is None:
        return {}
    names = list(inspect.signature(node.op.rule).parameters)[1:]
    found = {}
    for name, value in zip(names, node.saved, strict=False):
        array = value._array if isinstance(value, engine.Tensor) else value
        if isinstance(array, np.ndarray | int | float) and name != "needs" and not isinstance(array, bool):
            found[name] = array
    return found
