"""Losses between scores and classes: softmax, logarithm, choice of the target and mean in one node."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array, op
from engine.ops import second
from engine.ops.activation import log_softmax
from engine.ops.linear import column_sums, ones, shares
from engine.tensor import Tensor, wrap

_INT64 = np.dtype(np.int64)


def _name(node: Any) -> str:
    """PyTorch has another kernel for more than two dimensions."""
    edge = node.edges[0]
    return "NllLossBackward0" if edge is None or len(edge[2]) < 3 else "NllLoss2DBackward0"


@op(family="loss", doc="−log softmax(input) at target, averaged", internal=True, node=_name)
def cross_entropy_of_classes(
    input: Array,
    target: Array,
    weight: Array | None = None,
    reduction: str = "mean",
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> tuple[Array, tuple[Array, Array]]:
    """The loss; kept are e^scores, scaled, and their sums. Classes are dimension 1, or 0 of a vector.

    Inside they come first: numpy reduces over the first of two dimensions several times as fast.
    """
    scores = _classes_first(input)
    scores -= np.maximum.reduce(scores, 0)
    exps = np.exp(scores)
    sums = column_sums(exps)
    flat = target.reshape(-1)
    if _is_plain(flat, len(scores), weight, reduction, ignore_index, label_smoothing):
        weights = (shares if reduction == "mean" else ones)(len(flat), sums.dtype)
        return weights.dot(np.log(sums) - scores[flat, numbers_to(len(flat))]), (exps, sums)
    scores -= np.log(sums)
    return _class_loss(scores.T, target, weight, reduction, ignore_index, label_smoothing), (exps, sums)


@cross_entropy_of_classes.vjp
def cross_entropy_of_classes_vjp(
    g: Array,
    kept: tuple[Array, Array],
    input: Array,
    target: Array,
    weight: Array | None,
    reduction: str,
    ignore_index: int,
    label_smoothing: float,
) -> tuple[Array | None, ...]:
    if isinstance(g, Tensor):
        return _differentiable_slope(g, input, target, weight, reduction, ignore_index, label_smoothing)
    exps, sums = kept
    classes, count = exps.shape
    flat = target.reshape(-1)
    if _is_plain(flat, classes, weight, reduction, ignore_index, label_smoothing):
        each = g / count if reduction == "mean" else g
        slope = exps * (each / sums)
        slope[flat, numbers_to(count)] -= each
    else:
        shares = _target_shares(exps, classes, target, weight, reduction, ignore_index, label_smoothing).T
        slope = (exps / sums * shares.sum(0) - shares) * (g.reshape(-1) if reduction == "none" else g)
    return _from_classes_first(slope, input.shape), None, None


def _differentiable_slope(
    g: Tensor, input: Tensor, target: Array, weight: Array | None, reduction: str, ignore_index: int,
    label_smoothing: float,
) -> tuple[Array | None, ...]:
    """The same slope made of operations, so that it has a slope itself."""
    dim = 1 if input.ndim > 1 else 0
    classes = input.shape[dim]
    shares = wrap(_target_shares(input, classes, target, weight, reduction, ignore_index, label_smoothing))
    rows = log_softmax(input, dim).movedim(dim, -1).reshape((-1, classes)).exp()
    per_row = g.reshape((-1, 1)) if reduction == "none" else g
    return from_class_rows((rows * shares.sum(1, keepdim=True) - shares) * per_row, input.shape), None, None


def _is_plain(
    target: np.ndarray, classes: int, weight: Any, reduction: str, ignore_index: int, label_smoothing: float
) -> bool:
    """Whether every target is a class that counts, as much as any other; one pass over the targets."""
    return (
        weight is None
        and not label_smoothing
        and reduction != "none"
        and not 0 <= ignore_index < classes
        and target.dtype == _INT64  # not `is`: what comes out of another process has a dtype of its own
        and target.size > 0
        and np.maximum.reduce(target.view(np.uint64)) < classes  # below 0 is far above as unsigned
    )


def _classes_first(x: np.ndarray) -> np.ndarray:
    """A copy of (N, C), (C,) or (N, C, d…) with one row per class and one column per target."""
    if x.ndim == 1:
        return x.reshape(-1, 1).copy()
    return (x.T if x.ndim == 2 else np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)).copy("C")


def _from_classes_first(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Back to the shape that `_classes_first` was given."""
    if len(shape) <= 2:
        return rows.T.reshape(shape)
    return np.moveaxis(rows.reshape((shape[1], shape[0], *shape[2:])), 0, 1)


@op(family="loss", doc="−input at target, averaged", internal=True, second=second.zeros)
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
    everything = _all_count(flat, ignore_index)
    if everything and weight is None and not label_smoothing and reduction != "none":
        total = -np.add.reduce(logs[numbers_to(len(flat)), flat])
        return total / total.dtype.type(len(flat)) if reduction == "mean" else total
    valid = flat != ignore_index
    at = np.where(valid, flat, 0)
    losses = -logs[numbers_to(len(flat)), at]
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
    shares[numbers_to(len(flat)), at] += (1 - label_smoothing) * weights[at]
    shares[~valid] = 0
    if reduction != "mean":
        return shares
    total = (weights[at] * valid).sum()
    if total:
        return shares / total
    shares[numbers_to(len(flat)), at] = np.where(valid, np.nan, 0)      # 0/0, but 0 where nothing is learnt
    return shares


def check_classes(target: np.ndarray, classes: int, ignore_index: int) -> None:
    """The targets' type and range; errors as PyTorch has them."""
    if target.dtype.kind not in "iu" or target.dtype.str[1:] not in ("i8", "u1"):
        kind = from_numpy_dtype(target.dtype).tensor_type[6:-6]
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {kind}")
    if target.size and (np.minimum.reduce(target) < 0 or np.maximum.reduce(target) >= classes):
        outside = target[((target < 0) | (target >= classes)) & (target != ignore_index)]
        if outside.size:
            raise IndexError(f"Target {outside[0]} is out of bounds.")


def _all_count(target: np.ndarray, ignore_index: int) -> bool:
    """Whether no target is the ignored one; most often that is below 0 and the targets are not."""
    if ignore_index < 0 and target.size and np.minimum.reduce(target) >= 0:
        return True
    return bool((target != ignore_index).all())


@lru_cache(maxsize=64)
def numbers_to(count: int) -> np.ndarray:
    """0, 1, … count − 1; kept, for batches have few sizes."""
    return np.arange(count)
