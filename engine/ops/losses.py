"""Losses, each one op with its gradient written down: difference, penalty and mean in one node."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array, op
from engine.ops.activation import sigmoid
from engine.ops.compare import where
from engine.ops.elementwise import exp, log, sign
from engine.tensor import Tensor

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
        return int(np.prod(a.shape))
    return int(np.prod(np.broadcast_shapes(tuple(a.shape), tuple(b.shape))))


# ---- distances ----


@op(family="loss", doc="mean of (input − target)²", promote="number", internal=True)
def mse_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    _floating(input, "mse_cpu")
    difference = input - target
    if reduction == "none":
        return difference * difference
    flat = difference.reshape(-1)
    total = flat.dot(flat)
    return total / difference.dtype.type(difference.size) if reduction == "mean" else total


@mse_loss.vjp
def mse_loss_vjp(
    g: Array, input: Array, target: Array, reduction: str, needs: Any
) -> tuple[Array | None, ...]:
    slope = (input - target) * (spread(g, reduction, _count(input, target)) * 2)
    return slope, -slope if needs[1] else None


@op(family="loss", doc="mean of |input − target|", promote="number", internal=True, node="MeanBackward0")
def l1_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
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


# ---- classes ----


@op(family="loss", doc="−log softmax(input) at target, averaged", internal=True, node="NllLossBackward0")
def cross_entropy_of_classes(
    input: Array,
    target: Array,
    weight: Array | None = None,
    reduction: str = "mean",
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> tuple[Array, Array]:
    """The loss, and log softmax for the rule; classes are dimension 1, or 0 of a vector."""
    scores = class_rows(input)
    logs = scores - np.maximum.reduce(scores, 1, keepdims=True)
    logs -= np.log(np.add.reduce(np.exp(logs), 1, keepdims=True))
    return _class_loss(logs, target, weight, reduction, ignore_index, label_smoothing), logs


@cross_entropy_of_classes.vjp
def cross_entropy_of_classes_vjp(
    g: Array,
    out: Array,
    input_shape: Any,
    target: Array,
    weight: Array | None,
    reduction: str,
    ignore_index: int,
    label_smoothing: float,
) -> tuple[Array | None, ...]:
    (to_loss, to_logs), (_, logs) = g, out
    plain = weight is None and not label_smoothing and reduction != "none"
    if plain and isinstance(logs, np.ndarray) and not to_logs.any():
        slope = _class_slope(to_loss, logs, target.reshape(-1), reduction, ignore_index)
    else:
        shares = _target_shares(logs, logs.shape[1], target, weight, reduction, ignore_index, label_smoothing)
        per_row = to_loss.reshape((-1, 1)) if reduction == "none" else to_loss
        to_logs = to_logs - per_row * shares
        slope = to_logs - exp(logs) * to_logs.sum(1, keepdims=True)
    return from_class_rows(slope, input_shape), None, None


def _class_slope(
    g: Array, logs: np.ndarray, target: np.ndarray, reduction: str, ignore_index: int
) -> np.ndarray:
    """(softmax − 1 at the target) · g / number of targets."""
    rows = np.arange(len(target))
    valid = target != ignore_index
    slope = np.exp(logs)
    if valid.all():
        slope[rows, target] -= 1
        count = len(target)
    else:
        slope[rows[valid], target[valid]] -= 1
        slope[~valid] = 0
        count = int(valid.sum())
    slope *= g / count if reduction == "mean" else g
    return slope


@op(family="loss", doc="−input at target, averaged", internal=True)
def nll_loss(
    input: Array,
    target: Array,
    weight: Array | None = None,
    reduction: str = "mean",
    ignore_index: int = -100,
) -> Array:
    """`input` holds log-probabilities; classes are dimension 1, or 0 of a vector."""
    return _class_loss(class_rows(input), target, weight, reduction, ignore_index, 0.0)


@nll_loss.vjp
def nll_loss_vjp(
    g: Array, input_shape: Any, target: Array, weight: Array | None, reduction: str, ignore_index: int
) -> tuple[Array | None, ...]:
    classes = input_shape[1] if len(input_shape) > 1 else input_shape[0]
    shares = _target_shares(g, classes, target, weight, reduction, ignore_index, 0.0)
    per_row = g.reshape((-1, 1)) if reduction == "none" else g
    return from_class_rows(-(per_row * shares), input_shape), None, None


def class_rows(x: np.ndarray) -> np.ndarray:
    """(N, C), (C,) or (N, C, d…) as one row of C scores per target."""
    if x.ndim == 2:
        return x
    if x.ndim == 1:
        return x.reshape(1, -1)
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def from_class_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """Back from rows to the shape that `class_rows` was given."""
    if len(shape) <= 2:
        return rows.reshape(shape)
    apart = rows.reshape((shape[0], *shape[2:], shape[1]))
    return np.moveaxis(apart, -1, 1) if isinstance(apart, np.ndarray) else apart.movedim(-1, 1)


def _class_loss(
    logs: np.ndarray, target: np.ndarray, weight: np.ndarray | None, reduction: str, ignore_index: int,
    label_smoothing: float,
) -> np.ndarray:
    """The loss from log-probabilities, one row per target."""
    flat = target.reshape(-1)
    check_classes(flat, logs.shape[1], ignore_index)
    valid = flat != ignore_index
    everything = bool(valid.all())
    at = flat if everything else np.where(valid, flat, 0)
    losses = -logs[np.arange(len(flat)), at]
    counted = np.ones_like(losses) if weight is None else weight[at]
    if weight is not None:
        losses = losses * counted
    if label_smoothing:
        weighted = logs if weight is None else logs * weight
        losses = (1 - label_smoothing) * losses - label_smoothing / logs.shape[1] * weighted.sum(1)
    if not everything:
        losses, counted = np.where(valid, losses, 0), counted * valid
    if reduction == "none":
        return losses.reshape(target.shape)
    total = np.add.reduce(losses)
    if reduction == "sum":
        return total
    return total / (losses.dtype.type(len(flat)) if weight is None and everything else counted.sum())


def _target_shares(
    like: Array, classes: int, target: Array, weight: Array | None, reduction: str, ignore_index: int,
    label_smoothing: float,
) -> np.ndarray:
    """How much each log-probability counts in the loss; in the dtype of `like`."""
    dtype = like._array.dtype if isinstance(like, Tensor) else like.dtype
    flat = (target._array if isinstance(target, Tensor) else target).reshape(-1)
    weights = weight._array if isinstance(weight, Tensor) else weight
    valid = flat != ignore_index
    at = np.where(valid, flat, 0)
    weights = np.ones(classes, dtype) if weights is None else weights
    shares = np.empty((len(flat), classes), dtype)
    shares[:] = label_smoothing / classes * weights
    shares[np.arange(len(flat)), at] += (1 - label_smoothing) * weights[at]
    shares[~valid] = 0
    return shares / (weights[at] * valid).sum() if reduction == "mean" else shares


def check_classes(target: np.ndarray, classes: int, ignore_index: int) -> None:
    """The targets' type and range; errors as PyTorch has them."""
    if target.dtype not in (np.int64, np.uint8):
        kind = from_numpy_dtype(target.dtype).tensor_type[6:-6]
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {kind}")
    if target.size and (target.min() < 0 or target.max() >= classes):
        outside = target[((target < 0) | (target >= classes)) & (target != ignore_index)]
        if outside.size:
            raise IndexError(f"Target {outside[0]} is out of bounds.")


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


@op(family="loss", doc="binary cross-entropy of probabilities, element by element", internal=True,
    node="BinaryCrossEntropyBackward0")
def bce(input: Array, target: Array) -> Array:
    if input.dtype != target.dtype:
        names = [from_numpy_dtype(x.dtype).tensor_type[6:-6] for x in (target, input)]
        raise RuntimeError(f"Found dtype {names[0]} but expected {names[1]}")
    for name, x in (("input", input), ("target", target)):
        if not ((x >= 0) & (x <= 1)).all():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    return -(target * np.maximum(np.log(input), -100) + (1 - target) * np.maximum(np.log1p(-input), -100))


@bce.vjp
def bce_vjp(g: Array, input: Array, target: Array, needs: Any) -> tuple[Array | None, ...]:
    spread_out = input * (1 - input)
    to_input = g * (input - target) / where(spread_out < _TINY, _TINY, spread_out)
    return to_input, g * (log(1 - input) - log(input)) if needs[1] else None


def _floating(x: np.ndarray, kernel: str) -> None:
    if x.dtype.kind != "f":
        kind = from_numpy_dtype(x.dtype).tensor_type[6:-6]
        raise NotImplementedError(f'"{kernel}" not implemented for \'{kind}\'')
