"""Normalisation into given arrays, for captured steps: the same numbers as `norm`, call by call."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.norm import Axes, Shape, normalize_over
from engine.ops.scratch import Call
from engine.ops.windows import count
from engine.room import constant


@normalize_over.writes("forward")
def normalize_over_into(
    room: Room, outs: Any, input: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, kind: str,
    view: Shape, axes: Axes, affine: Shape, eps: float,
) -> Any:
    out, mean, variance = outs
    if not (_lies_in_rows(input, out, mean, variance) and input.size):
        return None
    x, out = input.reshape(view), out.reshape(view)
    squares = room.scratch(view, x.dtype, "full")
    calls = [
        *_mean(x, mean, axes, view),
        (np.subtract, (x, mean, out)),
        (np.multiply, (out, out, squares)),
        *_mean(squares, variance, axes, view),
        *_inverse(variance, eps, scale := room.scratch(variance.shape, x.dtype, "scale")),
        (np.multiply, (out, scale, out)),
    ]
    if weight is not None:
        calls.append((np.multiply, (out, weight.reshape(affine), out)))
    if bias is not None:
        calls.append((np.add, (out, bias.reshape(affine), out)))
    return calls


@normalize_over.writes("vjp")
def normalize_over_vjp_into(
    room: Room, outs: Any, g: Any, input: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None,
    out: Any, view: Shape, axes: Axes, affine: Shape, eps: float, needs: Any,
) -> Any:
    (to_input, to_weight, to_bias), (_, mean, variance) = outs, out
    arrays = [a for a in (g[0], input, mean, variance, *outs) if a is not None]
    if not (_lies_in_rows(*arrays) and input.size):
        return None
    grad, x = g[0].reshape(view), input.reshape(view)
    unit, product = (room.scratch(view, x.dtype, name) for name in ("unit", "full"))
    scale, small = (room.scratch(variance.shape, x.dtype, name) for name in ("scale", "small"))
    others = tuple(d for d, n in enumerate(affine) if n == 1)
    calls = [
        *_inverse(variance, eps, scale),
        (np.subtract, (x, mean, unit)),
        (np.multiply, (unit, scale, unit)),
    ]
    if to_weight is not None:
        calls.append((np.multiply, (grad, unit, product)))
        calls.append((np.add.reduce, (product, others, None, to_weight.reshape(affine), True)))
    if to_bias is not None:
        calls.append((np.add.reduce, (grad, others, None, to_bias.reshape(affine), True)))
    if to_input is not None:
        slope, inner = to_input.reshape(view), grad
        if weight is not None:
            inner = slope
            calls.append((np.multiply, (grad, weight.reshape(affine), inner)))
        calls += [
            (np.multiply, (inner, unit, product)),
            *_mean(product, small, axes, view),
            (np.multiply, (unit, small, unit)),
            *_mean(inner, small, axes, view),
            (np.subtract, (inner, small, slope)),
            (np.subtract, (slope, unit, slope)),
            (np.multiply, (slope, scale, slope)),
        ]
    return calls


def _lies_in_rows(*arrays: np.ndarray) -> bool:
    return all(array.flags.c_contiguous for array in arrays)


def _mean(x: np.ndarray, out: np.ndarray, axes: Axes, view: Shape) -> list[Call]:
    """The mean over some dimensions, which are kept."""
    size = constant(count([view[axis] for axis in axes]), x.dtype)
    return [(np.add.reduce, (x, axes, None, out, True)), (np.divide, (out, size, out))]


def _inverse(variance: np.ndarray, eps: float, out: np.ndarray) -> list[Call]:
    """1 / √(variance + eps)."""
    least, one = constant(eps, out.dtype), constant(1.0, out.dtype)
    return [(np.add, (variance, least, out)), (np.sqrt, (out, out)), (np.divide, (one, out, out))]
