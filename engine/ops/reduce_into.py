"""Sums and means into given arrays, for captured steps, and gradients spread out over what was summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.fit import fit
from engine.op import Room
from engine.ops.reduce import axes, count, mean, sum, vector_norm
from engine.room import ones, writes

_add_up: Any = np.add.reduce


@sum.writes("forward")
def sum_into(room: Room, out: np.ndarray, input: np.ndarray, dim: Any, keepdim: bool, dtype: Any) -> Any:
    whole = out.dtype.kind == "i" and input.dtype.kind in "bi"
    other = dtype is not None or input.dtype != out.dtype
    if (other and not whole) or not out.flags.c_contiguous:
        return None
    return [(_add_up, (input, axes(dim, input.ndim), out.dtype, out, keepdim))]


@mean.writes("forward")
def mean_into(room: Room, out: np.ndarray, input: np.ndarray, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if dtype is not None or not out.flags.c_contiguous:
        return None
    total = np.empty_like(out)  # of one number numpy is slow to divide in place
    number = np.asarray(count(input.shape, dim), out.dtype)
    return [
        (_add_up, (input, axes(dim, input.ndim), None, total, keepdim)), (np.divide, (total, number, out)),
    ]


@sum.writes("vjp")
def sum_vjp_into(room: Room, outs: Any, g: np.ndarray, shape: Any, dim: Any, keepdim: bool) -> Any:
    spread = _spread_out(outs[0], g, shape, dim, keepdim)
    return None if spread is None else [(spread[0].__setitem__, (..., spread[1]))]


@mean.writes("vjp")
def mean_vjp_into(room: Room, outs: Any, g: np.ndarray, shape: Any, dim: Any, keepdim: bool) -> Any:
    spread = _spread_out(outs[0], g, shape, dim, keepdim)
    if spread is None:
        return None
    return [(np.divide, (spread[1], np.asarray(count(shape, dim) or 1, g.dtype), spread[0]))]


def _spread_out(
    out: np.ndarray, g: np.ndarray, shape: tuple[int, ...], dim: Any, keepdim: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """The part of a result that all of it repeats, and a gradient in its number of dimensions."""
    if not shape or not out.size:
        return None
    kept = g if keepdim else np.expand_dims(g, axes(dim, len(shape)) or tuple(range(len(shape))))
    return out[tuple([slice(None) if step else slice(1) for step in out.strides])], kept


@writes(fit)
def fit_into(room: Room, out: np.ndarray, grad: np.ndarray, shape: tuple[int, ...], dtype: Any) -> Any:
    added = grad.ndim - len(shape)
    stretched = tuple([i for i, n in enumerate(shape) if n == 1 and grad.shape[i + added] != 1])
    if grad.dtype != out.dtype or not out.flags.c_contiguous or (added > 0) is bool(stretched):
        return None
    if stretched:
        return [(_add_up, (grad, stretched, None, out, True))]
    if added == 1 and grad.ndim == 2 and grad.dtype.char in "fd":
        return [(ones(len(grad), grad.dtype).dot, (grad, out))]
    return [(_add_up, (grad, 0 if added == 1 else tuple(range(added)), None, out))]


@vector_norm.writes("forward")
def vector_norm_into(
    room: Room, out: np.ndarray, input: np.ndarray, p: float, dim: Any, keepdim: bool
) -> Any:
    if p != 2 or out.dtype.char not in "fd" or input.dtype != out.dtype or not input.flags.c_contiguous:
        return None
    squares, total = room.scratch(input.shape, input.dtype), np.empty_like(out)
    return [
        (np.absolute, (input, squares)), (np.multiply, (squares, squares, squares)),
        (_add_up, (squares, axes(dim, input.ndim), None, total, keepdim)), (np.sqrt, (total, out)),
    ]


@vector_norm.writes("vjp")
def vector_norm_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, out: np.ndarray, p: float, dim: Any,
    keepdim: bool,
) -> Any:
    (slope,) = outs
    if p != 2 or slope.dtype.char not in "fd" or any(a.dtype != slope.dtype for a in (g, input, out)):
        return None
    if not input.ndim:
        return None
    if not keepdim:
        g, out = (np.expand_dims(a, axes(dim, input.ndim) or tuple(range(input.ndim))) for a in (g, out))
    flat = room.scratch(out.shape, np.bool_, "flat")
    return [
        (np.divide, (input, out, slope)), (np.equal, (out, np.zeros((), out.dtype), flat)),
        (np.copyto, (slope, 0, "same_kind", flat)), (np.multiply, (g, slope, slope)),
    ]
