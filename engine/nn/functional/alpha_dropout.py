"""Dropout that keeps mean and variance, for networks of SELUs (Klambauer et al., 2017)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.ops.activation import SELU_ALPHA, SELU_SCALE
from engine.random import rng_of
from engine.repeat import compute
from engine.tensor import Tensor

LOWEST = -SELU_ALPHA * SELU_SCALE       # what SELU makes of very negative numbers


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Each number becomes SELU's lowest with probability `p`; then all are scaled to their old variance."""
    return _dropped(input, p, training, inplace, tuple(input.shape))


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels of (N, C, …)."""
    if training and input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return _dropped(input, p, training, inplace, (*input.shape[:2], *(1,) * (input.ndim - 2)))


def _dropped(input: Tensor, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input.mul_(0.0) if inplace else input * 0.0
    scale = 1 / math.sqrt((LOWEST**2 * p + 1) * (1 - p))
    factor, shift = compute(_affine, shape, p, scale, input._array.dtype)
    return input.mul_(factor).add_(shift) if inplace else input * factor + shift


def _affine(shape: tuple[int, ...], p: float, scale: float, dtype: Any) -> Any:
    """Factor and shift of each number, side by side."""
    kept = rng_of(None).random(shape) >= p
    factor, shift = kept * scale, ((~kept) * LOWEST - p * LOWEST) * scale
    return np.stack([factor, shift]).astype(dtype)
