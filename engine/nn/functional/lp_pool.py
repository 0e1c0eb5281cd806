"""Pooling by a norm of each window, as functions of tensors."""

from __future__ import annotations

from typing import Any

from engine.nn.functional.conv_checks import IntOrSizes, sizes_of
from engine.nn.functional.pooling import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from engine.ops.windows import count
from engine.tensor import Tensor


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) of each window of (N, C, L) or (C, L); 0 where the sum is negative."""
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) of each window of (N, C, H, W) or (C, H, W)."""
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) of each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def _lp_pool(
    ndim: int, input: Tensor, norm_type: float, kernel_size: IntOrSizes, stride: IntOrSizes | None,
    ceil_mode: bool,
) -> Tensor:
    if abs(norm_type) == float("inf"):
        largest: Any = (max_pool1d, max_pool2d, max_pool3d)[ndim - 1]
        sign = 1 if norm_type > 0 else -1
        return sign * largest(sign * input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    mean: Any = (avg_pool1d, avg_pool2d, avg_pool3d)[ndim - 1]
    means = mean(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    sums = means.sign() * means.abs() * count(sizes_of(kernel_size, ndim))
    return sums.pow(1.0 / norm_type)
