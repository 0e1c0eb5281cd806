"""Adafactor: Adam's second moments kept as one row and one column of each matrix."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.one_by_one import Array, OneByOne
from engine.optim.optimizer import Group
from engine.tensor import Tensor, wrap


class Adafactor(OneByOne):
    """Adafactor (Shazeer & Stern, 2018): steps scaled by squared gradients, a matrix as two vectors.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: The longest a step relative to the parameter's own size may be.
        beta2_decay: How fast squared gradients are forgotten less; at most 0.
        eps: Least running mean square, the type's own precision if None; and least size of a parameter.
        d: A step larger than this, as a root mean square, is scaled down to it; at least 1.
        weight_decay: How strongly weights are pulled towards 0, apart from the gradient.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-2,
        beta2_decay: Annotated[float, Range(-10, 0)] = -0.8,
        eps: Annotated[tuple[float | None, float], NotOffered()] = (None, 1e-3),
        d: Annotated[float, Range(1, 1e6)] = 1.0,
        weight_decay: Annotated[float, Range(0, 10)] = 0.0,
        *,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not lr >= 0.0:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        for number, value in enumerate(eps, 1):
            if value is not None and not value >= 0.0:
                raise ValueError(f"epsilon{number} should be >= 0 but is: {value}")
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if not weight_decay >= 0.0:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        super().__init__(params, {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize,
        })

    def _update_one(self, value: Array, gradient: Array, state: dict[str, Any], group: Group) -> None:
        if not state:
            state["step"] = wrap(np.zeros((), np.float32))
            names = ("row_var", "col_var") if gradient.ndim > 1 else ("variance",)
            for axis, name in enumerate(names, 1):
                shape = list(gradient.shape)
                if gradient.ndim > 1:
                    shape[-axis] = 1
                state[name] = wrap(np.zeros(shape, gradient.dtype))
        state["step"]._array += 1
        step = float(state["step"]._array)
        new = step ** group["beta2_decay"]
        lr, (least, least_size) = float(group["lr"]), group["eps"]
        least = float(np.finfo(value.dtype).eps) if least is None else least
        rate = max(least_size, _root_mean_square(value)) * min(lr, step**-0.5)
        if group["weight_decay"]:
            value *= value.dtype.type(1 - lr * group["weight_decay"])
        g = -gradient if group["maximize"] else gradient
        scale = 1 / np.sqrt(np.maximum(_squares(g, state, new, least), value.dtype.type(least * least)))
        update = scale * g
        update *= value.dtype.type(-rate / max(1.0, _root_mean_square(update) / group["d"]))
        value += update


def _root_mean_square(x: Array) -> float:
    return float(np.sqrt(np.add.reduce(x * x, axis=None))) / math.sqrt(x.size)


def _squares(g: Array, state: dict[str, Any], new: float, least: float) -> Array:
    """The running mean of g², of which a matrix keeps the means of its rows and columns."""
    if g.ndim < 2:
        _move(state["variance"]._array, g * g, new)
        return state["variance"]._array
    row, column = state["row_var"]._array, state["col_var"]._array
    _move(row, np.add.reduce(g * g, -1, keepdims=True) / g.dtype.type(g.shape[-1]), new)
    _move(column, np.add.reduce(g * g, -2, keepdims=True) / g.dtype.type(g.shape[-2]), new)
    size = np.add.reduce(row, -2, keepdims=True) / row.dtype.type(row.shape[-2])
    return np.matmul(row, column) / np.maximum(size, row.dtype.type(least))


def _move(running: Array, latest: Array, new: float) -> None:
    """Towards ``latest`` by the share ``new``; from the nearer end, so that a share of 1 arrives."""
    way = latest - running
    if new < 0.5:
        running += running.dtype.type(new) * way
    else:
        running[...] = latest - way * running.dtype.type(1 - new)
