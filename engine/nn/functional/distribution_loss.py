"""Losses between distributions as functions of tensors: Kullback–Leibler, Poisson and Gaussian."""

from __future__ import annotations

import math
import warnings
from typing import Any

from engine.creation import ones_like
from engine.grad_mode import no_grad
from engine.nn.functional.loss import reduced, reduction_of
from engine.ops.special import xlogy
from engine.repeat import check, is_any_negative
from engine.tensor import Tensor


def kl_div(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target · (log target − input), for log-probabilities `input`; "batchmean" divides by the batch only."""
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    if input._array.dtype.kind != "f" or target._array.dtype.kind != "f":
        raise RuntimeError("kl_div: Integral inputs not supported.")
    over_batch = reduction == "batchmean" and input.ndim != 0
    reduction = reduction_of(size_average, reduce, "sum" if reduction == "batchmean" else reduction)
    each = target.exp() * (target - input) if log_target else xlogy(target, target) - target * input
    total = reduced(each, None, reduction)
    return total / input.shape[0] if over_batch else total


def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool = True, full: bool = False, size_average: Any = None,
    eps: float = 1e-8, reduce: Any = None, reduction: str = "mean",
) -> Tensor:
    """−log of the Poisson probability of `target`, at the rate e^input, or `input` unless `log_input`.

    With `full` the term that depends on the target alone is added, by Stirling's formula.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    each = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        each = each + stirling.masked_fill(target <= 1, 0.0)
    return reduced(each, None, reduction)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log var + (input − target)² / var) / 2, with `var` at least `eps`; one per number or per sample."""
    variance = var * ones_like(input) if isinstance(var, float) else var
    check(is_any_negative, ValueError, "var has negative entry/entries", variance)
    if variance.shape != input.shape:
        if input.shape[:-1] == variance.shape:
            variance = variance.unsqueeze(-1)
        elif not _misses_one(input, variance):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    variance = variance.clone()
    with no_grad():             # the bound does not stop gradients
        variance.clamp_(min=eps)
    each = 0.5 * (variance.log() + (input - target) ** 2 / variance)
    if full:
        each = each + 0.5 * math.log(2 * math.pi)
    return reduced(each, None, reduction)


def _misses_one(input: Tensor, var: Tensor) -> bool:
    """Whether `var` has size 1 where `input` is larger, once."""
    if input.ndim != var.ndim:
        return False
    return sum(v for n, v in zip(input.shape, var.shape, strict=True) if n != v) == 1
