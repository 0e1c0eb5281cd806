"""Losses as functions of tensors: PyTorch's checks and warnings in front of the ops."""

from __future__ import annotations

import warnings
from typing import Any

from engine import errors
from engine.nn.functional.activation import softplus
from engine.ops import activation, class_losses, losses
from engine.tensor import Tensor

SIZES_DIFFER = (
    "Using a target size ({target}) that is different to the input size ({input}). This will likely lead to "
    "incorrect results due to broadcasting. Please ensure they have the same size.{fix}"
)


def mse_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input − target)², reduced. Warns where the sizes differ."""
    if size_average is not None or reduce is not None or reduction not in losses.REDUCTIONS:
        reduction = reduction_of(size_average, reduce, reduction)
    return _distance(losses.mse_loss, input, target, reduction, weight)


def l1_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input − target|, reduced. Warns where the sizes differ."""
    return _distance(losses.l1_loss, input, target, reduction_of(size_average, reduce, reduction), weight)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """A parabola where |input − target| < β, else |input − target| − β/2; reduced."""
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    return _distance(
        losses.smooth_l1_loss, input, target, reduction_of(size_average, reduce, reduction), None, beta
    )


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """A parabola where |input − target| ≤ δ, else δ (|input − target| − δ/2); reduced."""
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    losses.check_reduction(reduction)
    found = _distance(losses.huber_loss, input, target, reduction, weight, delta)
    if found.dtype is input.dtype:
        return found
    if not input.is_floating_point():
        kinds = [tensor.dtype.tensor_type[6:-6] for tensor in (found, input)]
        raise RuntimeError(f"result type {kinds[0]} can't be cast to the desired output type {kinds[1]}")
    return found.to(input.dtype)


def _distance(
    loss: Any, input: Tensor, target: Tensor, reduction: str, weight: Tensor | None, *shape: float
) -> Tensor:
    if input._array.shape != target._array.shape:
        warnings.warn(_sizes_differ(input, target), stacklevel=4)
    if weight is None:
        return loss.call(input, target, reduction, *shape)
    weighted = loss(input, target, "none", *shape) * weight
    if reduction == "none":
        return weighted
    return weighted.sum() / weight.sum() if reduction == "mean" else weighted.sum()


def _sizes_differ(input: Tensor, target: Tensor) -> str:
    """PyTorch's warning, and what to do about (N,) against (N, 1)."""
    fix = ""
    for one, other, name in ((input, target, "input"), (target, input, "target")):
        if one.ndim == other.ndim + 1 and one.shape[-1] == 1 and one.shape[:-1] == other.shape:
            fix = (
                f" Every input meets every target here: use {name}.squeeze(-1), "
                f"or {'target' if name == 'input' else 'input'}.unsqueeze(-1)."
            )
    return SIZES_DIFFER.format(target=target.shape, input=input.shape, fix=fix)


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
    ignore_index: int = -100, reduce: Any = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:
    """−log softmax(input) at the target class, or against target probabilities of the input's shape.

    `input` is (C,), (N, C) or (N, C, d…); class targets are int64 without the dimension C.
    Raises IndexError for a class that does not exist and RuntimeError for a wrong dtype.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if not isinstance(target, Tensor):
        raise errors.no_tensor("cross_entropy_loss", "target", 2, target)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if target._array.shape == input._array.shape:
        return _cross_entropy_of_shares(input, target, weight, ignore_index, reduction, label_smoothing)
    _check_class_shapes(input, target, weight)
    if input._array.dtype.kind != "f":
        activation.log_softmax(input, 0)
    return class_losses.cross_entropy_of_classes.call(
        input, target, weight, reduction, ignore_index, label_smoothing
    )


def _cross_entropy_of_shares(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    """The target says how probable each class is."""
    if not target.is_floating_point():
        kind = target.dtype.tensor_type[6:-6]
        raise RuntimeError(f"Expected floating point type for target with class probabilities, got {kind}")
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    dim = 0 if input.ndim == 1 else 1
    classes = input.shape[dim]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    if weight is not None:
        target = target * weight.reshape((-1, *(1,) * (input.ndim - dim - 1)))
    each = -(activation.log_softmax(input, dim) * target)
    if reduction == "none":
        return each.sum(dim)
    return each.sum() / (input.numel() // (classes or 1)) if reduction == "mean" else each.sum()


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
    ignore_index: int = -100, reduce: Any = None, reduction: str = "mean",
) -> Tensor:
    """−input at the target class, for log-probabilities (C,), (N, C) or (N, C, d…)."""
    reduction = reduction_of(size_average, reduce, reduction)
    _check_class_shapes(input, target, weight)
    if input._array.dtype.kind != "f" and target._array.dtype.kind != "f":
        kernel = "nll_loss_out_frame" if input.ndim < 3 else "nll_loss2d_forward_out_frame"
        raise NotImplementedError(f'"{kernel}" not implemented for \'{input.dtype.tensor_type[6:-6]}\'')
    return class_losses.nll_loss(input, target, weight, reduction, ignore_index)


def _check_class_shapes(input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    """Errors as PyTorch has them, for (C,), (N, C) or (N, C, d…) against class targets."""
    sizes, wanted = input._array.shape, target._array.shape
    if not sizes:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(sizes) == 1:
        if target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if target.numel() != 1:
            raise ValueError(
                f"For 1D input, 1D target must have size 1, but got target size: {target.numel()}"
            )
    else:
        batch = wanted[0] if wanted else 0
        if sizes[0] != batch:
            raise ValueError(f"Expected input batch_size ({sizes[0]}) to match target batch_size ({batch}).")
        if len(sizes) == 2 and target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        expected = (sizes[0], *sizes[2:])
        if tuple(wanted) != expected:
            raise RuntimeError(f"Expected target size {list(expected)}, got {list(wanted)}")
    if weight is not None:
        classes = sizes[1] if len(sizes) > 1 else sizes[0]
        if weight.ndim != 1 or weight.numel() != classes:
            raise RuntimeError(
                f"weight tensor should be defined either for all {classes} classes or no classes "
                f"but got weight tensor of shape: {list(weight.shape)}"
            )
        if weight.dtype != input.dtype:
            names = [t.dtype.tensor_type[6:-6] for t in (input, weight)]
            raise RuntimeError(f"expected scalar type {names[0]} but found {names[1]}")


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """−target log input − (1 − target) log(1 − input), for probabilities; logs are cut off at −100."""
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
            "deprecated. Please ensure they have the same size."
        )
    return losses.bce.call(input, target, weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean", pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy of sigmoid(input), safe for large inputs; `pos_weight` weighs the ones."""
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if target._array.dtype.kind != "f":
        kinds = [tensor.dtype.tensor_type[6:-6] for tensor in (input, target)]
        raise RuntimeError(f"result type {kinds[0]} can't be cast to the desired output type {kinds[1]}")
    if weight is None and pos_weight is None:
        return losses.bce_with_logits(input, target, reduction).to(target.dtype)
    if pos_weight is None:
        each = losses.bce_with_logits(input, target, "none")
    else:
        ones = (pos_weight - 1) * target + 1
        each = (1 - target) * input + ones * softplus(-input, threshold=float("inf"))
    return reduced(each.to(target.dtype), weight, reduction)


def reduced(each: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """The terms as they are, their mean or their sum, each times its weight."""
    if weight is not None:
        each = each * weight
    if reduction == "none":
        return each
    return each.mean() if reduction == "mean" else each.sum()


def reduction_of(size_average: Any, reduce: Any, reduction: str) -> str:
    """`reduction`, or what PyTorch's two old flags mean."""
    if size_average is not None or reduce is not None:
        averaged = size_average is None or size_average
        reduction = "none" if reduce is False else "mean" if averaged else "sum"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=3,
        )
    losses.check_reduction(reduction)
    return reduction
