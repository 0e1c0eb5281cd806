"""Losses, each one op with its gradient written down: difference, penalty and mean in one node."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array, Room, op
from engine.ops.activation import sigmoid
from engine.ops.compare import where
from engine.ops.elementwise import log, sign
from engine.room import constant

_TINY = float(np.float32(1e-12))    # PyTorch's guard against a division by 0 is a float32
REDUCTIONS = ("none", "mean", "sum")


def check_reduction(reduction: str) -> None:
    """ValueError for a word that is no reduction."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")


def reduced(losses: np.ndarray, reduction: str) -> np.ndarray:
    """The losses themselves, their mean or their sum."""
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, axis=None)
    return total / losses.dtype.type(losses.size) if reduction == "mean" else total


def spread(g: Array, reduction: str, count: int) -> Array:
    """The gradient of each single loss, from the gradient of what they were reduced to."""
    return g / count if reduction == "mean" else g


def _count(a: Array, b: Array) -> int:
    if a.shape == b.shape:
        return math.prod(a.shape)
    return math.prod(np.broadcast_shapes(tuple(a.shape), tuple(b.shape)))


# ---- distances ----


@op(family="loss", doc="mean of (input − target)²", promote="number", internal=True)
def mse_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    _floating(input, "mse_cpu")
    difference = input - target
    if reduction == "none":
        return difference * difference
    flat = difference.reshape(-1)
    total = flat.dot(flat)
    return total / total.dtype.type(flat.size) if reduction == "mean" else total


@mse_loss.vjp
def mse_loss_vjp(
    g: Array, input: Array, target: Array, reduction: str, needs: Any
) -> tuple[Array | None, ...]:
    slope = input - target
    if type(slope) is np.ndarray and slope.ndim and not g.ndim:  # the same, with less to allocate
        factor = 2 / slope.size if reduction == "mean" else 2
        np.multiply(slope, g * constant(factor, slope.dtype), slope)
    else:
        slope = slope * (g * (2 / _count(input, target) if reduction == "mean" else 2))
    return slope, -slope if needs[1] else None


@mse_loss.writes("forward")
def mse_loss_into(room: Room, out: np.ndarray, input: Any, target: Any, reduction: str) -> Any:
    if reduction == "none" or not isinstance(input, np.ndarray) or not isinstance(target, np.ndarray):
        return None
    difference = room.notes["difference"] = np.empty(np.broadcast(input, target).shape, out.dtype)
    flat = difference.reshape(-1)
    if reduction == "sum":
        return [(np.subtract, (input, target, difference)), (flat.dot, (flat, out))]
    total = np.empty((), out.dtype)  # not `out` itself: of one number numpy is slow to divide in place
    return [
        (np.subtract, (input, target, difference)), (flat.dot, (flat, total)),
        (np.divide, (total, np.asarray(flat.size, out.dtype), out)),
    ]


@mse_loss.writes("vjp")
def mse_loss_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: Any, target: Any, reduction: str, needs: Any
) -> Any:
    difference = room.notes.get("difference")
    if difference is None or needs[1] or difference.shape != outs[0].shape:
        return None
    factor = np.asarray(2 / difference.size if reduction == "mean" else 2, g.dtype)
    calls: list[Any] = []
    if g.flags.writeable:
        scale = np.empty((), g.dtype)
        calls.append((np.multiply, (g, factor, scale)))
    else:
        scale = np.asarray(g * factor)
    return [*calls, (np.multiply, (difference, scale, outs[0]))]


@op(
    family="loss", doc="mean of |input − target|", promote="number", bools=False, internal=True,
    node=lambda node: {"mean": "MeanBackward0", "sum": "SumBackward0"}.get(node.statics[0], "AbsBackward0"),
)
def l1_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    if reduction == "mean" and input.dtype.kind != "f":
        kind = from_numpy_dtype(input.dtype).tensor_type[6:-6]
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex "
            f"dtype. Got: {kind}"
        )
    return reduced(np.abs(input - target), reduction)


@l1_loss.vjp
def l1_loss_vjp(
    g: Array, input: Array, target: Array, reduction: str, needs: Any
) -> tuple[Array | None, ...]:
    slope = sign(input - target) * spread(g, reduction, _count(input, target))
    return slope, -slope if needs[1] else None


@op(
    family="loss",
    doc="mean of a parabola within delta of 0, and a line beyond",
    promote="number",
    internal=True,
)
def huber_loss(input: Array, target: Array, reduction: str = "mean", delta: float = 1.0) -> Array:
    _floating(input, "huber_cpu")
    distance = np.abs(input - target)
    near = np.minimum(distance, delta)
    return reduced(near * (distance - 0.5 * near), reduction)


@huber_loss.vjp
def huber_loss_vjp(
    g: Array, input: Array, target: Array, reduction: str, delta: float, needs: Any
) -> tuple[Array | None, ...]:
    slope = _clipped(input - target, delta) * spread(g, reduction, _count(input, target))
    return slope, -slope if needs[1] else None


@op(family="loss", doc="Huber's loss with delta = beta, divided by beta", promote="number", internal=True)
def smooth_l1_loss(input: Array, target: Array, reduction: str = "mean", beta: float = 1.0) -> Array:
    _floating(input, "smooth_l1_cpu")
    distance = np.abs(input - target)
    if beta == 0:
        return reduced(distance, reduction)
    near = np.minimum(distance, beta)
    return reduced(near * (distance - 0.5 * near) / beta, reduction)


@smooth_l1_loss.vjp
def smooth_l1_loss_vjp(
    g: Array, input: Array, target: Array, reduction: str, beta: float, needs: Any
) -> tuple[Array | None, ...]:
    difference = input - target
    direction = _clipped(difference, beta) / beta if beta else sign(difference)
    slope = direction * spread(g, reduction, _count(input, target))
    return slope, -slope if needs[1] else None


def _clipped(x: Array, limit: float) -> Array:
    """`x` between −limit and limit."""
    return where(x > limit, limit, where(x < -limit, -limit, x))


# ---- yes or no ----


@op(family="loss", doc="binary cross-entropy of sigmoid(input), averaged", promote="number", internal=True,
    node="BinaryCrossEntropyWithLogitsBackward0")
def bce_with_logits(input: Array, target: Array, reduction: str = "mean") -> Array:
    losses = np.log1p(np.exp(-np.abs(input)))
    losses += np.maximum(input, 0)
    losses -= input * target
    return reduced(losses, reduction)


@bce_with_logits.vjp
def bce_with_logits_vjp(
    g: Array, input: Array, target: Array, reduction: str, needs: Any
) -> tuple[Array | None, ...]:
    each = spread(g, reduction, _count(input, target))
    return (sigmoid(input) - target) * each, -(input * each) if needs[1] else None


@op(family="loss", doc="binary cross-entropy of probabilities", internal=True,
    node="BinaryCrossEntropyBackward0")
def bce(input: Array, target: Array, weight: Array | None = None, reduction: str = "mean") -> Array:
    if input.dtype != target.dtype:
        names = [from_numpy_dtype(x.dtype).tensor_type[6:-6] for x in (target, input)]
        raise RuntimeError(f"Found dtype {names[0]} but expected {names[1]}")
    for name, x in (("input", input), ("target", target)):
        if not ((x >= 0) & (x <= 1)).all():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    each = -(target * np.maximum(np.log(input), -100) + (1 - target) * np.maximum(np.log1p(-input), -100))
    if weight is not None:
        weighted = each * weight
        if weighted.shape != each.shape:
            raise RuntimeError(
                f"output with shape {list(each.shape)} doesn't match the broadcast shape "
                f"{list(weighted.shape)}"
            )
        each = weighted.astype(each.dtype)
    return reduced(each, reduction)


@bce.vjp
def bce_vjp(
    g: Array, input: Array, target: Array, weight: Array | None, reduction: str, needs: Any
) -> tuple[Array | None, ...]:
    g = spread(g, reduction, _count(input, input))
    g = g if weight is None else g * weight
    spread_out = input * (1 - input)
    to_input = g * (input - target) / where(spread_out < _TINY, _TINY, spread_out)
    return to_input, g * (log(1 - input) - log(input)) if needs[1] else None, None


def _floating(x: np.ndarray, kernel: str) -> None:
    if x.dtype.kind != "f":
        kind = from_numpy_dtype(x.dtype).tensor_type[6:-6]
        raise NotImplementedError(f'"{kernel}" not implemented for \'{kind}\'')
