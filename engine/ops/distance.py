"""Distances by the p-norm: of two tensors, and of rows from each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import from_numpy_dtype
from engine.op import Array, composite, op
from engine.ops.gather import add_rows, rows_at
from engine.ops.reduce import vector_norm, vector_norm_vjp
from engine.ops.shape import unsqueeze
from engine.recording import constant
from engine.tensor import Tensor, wrap


@composite(family="linalg", doc="the p-norm of the difference")
def dist(input: Array, other: Array, p: float = 2) -> Array:
    return (input - other).norm(p)


def _slope(g: Array, apart: Array, out: Array, p: float) -> Array:
    """The gradient of the p-norms ``out`` of the differences ``apart``."""
    found = vector_norm_vjp(g, apart, out, p, -1, False)
    return apart * 0 if found is None else found


@op(family="linalg", doc="the p-norm distance of every row of x1 to every row of x2", method=False)
def cdist(x1: Array, x2: Array, p: float = 2.0, compute_mode: Any = None) -> Array:
    _check_rows(x1, x2, p)
    return vector_norm.forward(np.expand_dims(x1, -2) - np.expand_dims(x2, -3), p, -1, False)


@cdist.vjp
def cdist_vjp(g: Array, x1: Array, x2: Array, out: Array, p: float) -> tuple[Array, Array]:
    apart = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    slope = _slope(g, apart, out, p)
    return slope.sum(-2), -slope.sum(-3)


def _check_rows(x1: Any, x2: Any, p: float) -> None:
    """RuntimeError in PyTorch's words for what has no distances."""
    kinds = [from_numpy_dtype(x.dtype).tensor_type[6:-6] for x in (x1, x2)]
    for number, x in enumerate((x1, x2), 1):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{number} got: {x.ndim}D")
        if x.dtype.kind != "f":
            raise RuntimeError(
                f"cdist only supports floating-point dtypes, X{number} got: {kinds[number - 1]}"
            )
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if x1.dtype != x2.dtype:
        raise RuntimeError(f"expected scalar type {kinds[0]} but found {kinds[1]}")
    try:
        np.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    except ValueError:
        raise errors.broadcast(x1.shape[:-2], x2.shape[:-2]) from None


@op(family="linalg", doc="the p-norm distance of every two rows", internal=True)
def pdist(input: Array, p: float) -> Array:
    first, second = np.triu_indices(len(input), 1)
    return vector_norm.forward(input[first] - input[second], p, -1, False)


@pdist.vjp
def pdist_vjp(g: Array, input: Array, out: Array, p: float) -> Array:
    first, second = (_rows(g, each) for each in np.triu_indices(input.shape[0], 1))
    slope = _slope(g, rows_at(input, first, 0) - rows_at(input, second, 0), out, p)
    shape = tuple(input.shape)
    return add_rows(slope, first, 0, shape) - add_rows(slope, second, 0, shape)


def _rows(like: Array, rows: Any) -> Array:
    return wrap(constant(rows)) if isinstance(like, Tensor) else rows
