"""Lookup and dropout as functions of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.ops import embedding as embedding_op
from engine.random import rng_of
from engine.repeat import compute
from engine.tensor import Tensor


def embedding(
    input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
    norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:
    """The rows of `weight` that `input` numbers. The row `padding_idx` gets no gradient.

    With `max_norm`, rows that are looked up are first shortened to it, in place.
    """
    if not isinstance(input, Tensor):
        raise errors.no_tensor("embedding", "indices", 2, input)
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        compute(_shorten, weight, input, max_norm, norm_type, writes=(weight,))
    return embedding_op.embedding(
        weight, input, -1 if padding_idx is None else padding_idx, scale_grad_by_freq
    )


def _shorten(weight: np.ndarray, numbers: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are used down to `max_norm`, in place."""
    which = np.unique(numbers)
    lengths = np.linalg.norm(weight[which], norm_type, axis=1, keepdims=True)
    factors = np.where(lengths > max_norm, max_norm / (lengths + 1e-7), 1)
    weight[which] *= factors.astype(weight.dtype)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each number becomes 0 with probability `p`, the rest are divided by 1 − p; in training only."""
    return _dropped(input, p, training, inplace, tuple(input.shape))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, L) become 0 with probability `p`."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d "
            "exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, "
            "and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _feature_dropped(input, p, training, inplace, 2)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, H, W) become 0 with probability `p`."""
    return _feature_dropped(input, p, training, inplace, 3)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, D, H, W) become 0 with probability `p`."""
    return _feature_dropped(input, p, training, inplace, 4)


def _feature_dropped(input: Tensor, p: float, training: bool, inplace: bool, unbatched: int) -> Tensor:
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    lead = tuple(input.shape[:1 if input.ndim == unbatched and unbatched == 2 else 2])
    return _dropped(input, p, training, inplace, (*lead, *(1,) * (input.ndim - len(lead))))


def _noise(shape: tuple[int, ...], p: float, dtype: Any) -> np.ndarray:
    """0 with probability `p`, else 1 / (1 − p)."""
    kept = rng_of(None).random(shape, np.float32) >= p
    return kept.astype(dtype) if p == 1 else kept * dtype.type(1 / (1 - p))


def _dropped(input: Tensor, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    dtype = input._array.dtype
    if dtype.kind != "f":
        kind = input.dtype.tensor_type[6:-6]
        raise RuntimeError(f"result type Float can't be cast to the desired output type {kind}")
    noise = compute(_noise, shape, p, dtype)
    return input.mul_(noise) if inplace else input * noise
