"""Losses that are 0 once a score is right by a margin, as functions of tensors."""

from __future__ import annotations

from typing import Any

from engine.creation import zeros_like
from engine.dtypes import dtype, int64
from engine.nn.functional.loss import reduced, reduction_of
from engine.nn.functional.smooth import logsigmoid
from engine.ops.compare import where
from engine.repeat import check, is_any_outside
from engine.tensor import Tensor


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: Any = None,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:
    """max(0, −target · (input1 − input2) + margin), for targets 1 (first is higher) and −1."""
    reduction = reduction_of(size_average, reduce, reduction)
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced((-target * (input1 - input2) + float(margin)).clamp_min(0), None, reduction)


def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """`input`, a distance, for targets 1; max(0, margin − input) for targets −1."""
    reduction = reduction_of(size_average, reduce, reduction)
    far = where(target != 1, (margin - input).clamp_min(0), 0.0)
    near = where(target != -1, input, 0.0)
    return reduced(far + near, None, reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + e^(−target · input)), for targets 1 and −1."""
    reduction = reduction_of(size_average, reduce, reduction)
    if target.requires_grad:
        raise RuntimeError(
            "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This "
            "input cannot have requires_grad True."
        )
    each = -input * target
    if each.shape != input.shape:
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(each.shape)}"
        )
    return reduced(each.exp().log1p().to(input.dtype), None, reduction)


def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:
    """Mean over the last dimension of the binary cross-entropy of sigmoid(input), for targets 0 and 1."""
    reduction = reduction_of(size_average, reduce, reduction)
    each = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    each = each if weight is None else each * weight
    classes = input.ndim - 1
    return reduced(each.sum(classes) / input.shape[classes], None, reduction)


def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
    size_average: Any = None, reduce: Any = None, reduction: str = "mean",
) -> Tensor:
    """Sum over the wrong classes j of max(0, margin − x[y] + x[j])^p, divided by the number of classes."""
    reduction = reduction_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    scores = _scores(input)
    samples, classes = scores.shape
    if target.ndim > 1 or target.numel() != samples:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples "
            f"(batch size). Expected target size [{samples}], but got {list(target.shape)}. Input has shape "
            f"{list(input.shape)}."
        )
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(
            f"inconsistent weight size, expected {classes} but got {list(weight.shape)}"
        )
    _check_scalar_type(target, int64)
    if weight is not None:
        _check_scalar_type(weight, input.dtype)
    check(is_any_outside, RuntimeError, "target out of range", target, 0, classes - 1)
    right = target.reshape((-1, 1))
    over = (margin - scores.gather(1, right) + scores).relu() ** p
    if weight is not None:
        over = over * weight[right]
    over = over.scatter(1, right, 0.0)
    each = over.sum(1) / classes
    return reduced(each if target.ndim else each.reshape(()), None, reduction)


def _scores(input: Tensor) -> Tensor:
    """(N, C) from that, or from the C of one sample. RuntimeError where there are no classes."""
    if input.ndim > 2 or 0 in input.shape[-1:]:
        raise RuntimeError(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(input.shape)}"
        )
    return input.reshape((1, -1)) if input.ndim < 2 else input


def _check_scalar_type(given: Tensor, wanted: dtype) -> None:
    if given.dtype is not wanted:
        kinds = [d.tensor_type[6:-6] for d in (wanted, given.dtype)]
        raise RuntimeError(f"expected scalar type {kinds[0]} but found {kinds[1]}")


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """Sum of max(0, 1 − x[y] + x[i]) over right classes y and wrong ones i, divided by the classes.

    Each row of `target` lists right classes, up to the first −1.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    scores = _scores(input)
    one_sample = max(input.ndim, target.ndim) == 1 and target.numel() == input.numel()
    if input.shape != target.shape and not one_sample:
        raise RuntimeError(
            f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}"
        )
    _check_scalar_type(target, int64)
    words = "argument #2 'target' is out of range"
    check(is_any_outside, RuntimeError, words, target, -1, scores.shape[1] - 1)
    listed = target.reshape(scores.shape)
    real = (listed >= 0).long().cumprod(1)                     # 1 up to the first −1
    right = zeros_like(listed).scatter_reduce(1, listed * real, real, "amax")
    over = (1 - scores.gather(1, listed * real).unsqueeze(2) + scores.unsqueeze(1)).relu()
    pairs = real.unsqueeze(2) > right.unsqueeze(1)
    each = where(pairs, over, zeros_like(over)).sum((1, 2)) / scores.shape[1]
    return reduced(each if input.ndim == 2 else each.reshape(()), None, reduction)
