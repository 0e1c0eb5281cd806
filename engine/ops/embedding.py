"""Rows of a table looked up by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array, op


@op(family="embedding", doc="the rows of weight at the given numbers", internal=True)
def embedding(
    weight: Array, indices: Array, padding_idx: int = -1, scale_grad_by_freq: bool = False
) -> Array:
    """(rows, width) and any shape of numbers → that shape with `width` added."""
    if indices.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
            f"but got {from_numpy_dtype(indices.dtype).tensor_type} instead (while checking arguments "
            "for embedding)"
        )
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if indices.size and (indices.min() < 0 or indices.max() >= len(weight)):
        raise IndexError("index out of range in self")
    return weight.take(indices, 0)


@embedding.vjp
def embedding_vjp(
    g: Array, weight_shape: Any, indices: Array, padding_idx: int, scale_grad_by_freq: bool
) -> tuple[Array, None]:
    return embedding_to_weight(g, indices, weight_shape[0], padding_idx, scale_grad_by_freq), None


@op(family="embedding", doc="gradients added up by row", internal=True)
def embedding_to_weight(
    g: Array, indices: Array, rows: int, padding_idx: int, scale_grad_by_freq: bool
) -> Array:
    result = np.zeros((rows, g.shape[-1]), g.dtype)
    if not indices.size:
        return result
    flat = indices.reshape(-1)
    order = flat.argsort(kind="stable")
    which, starts = np.unique(flat[order], return_index=True)
    sums = np.add.reduceat(g.reshape(len(flat), -1)[order], starts, 0)
    if scale_grad_by_freq:
        sums /= np.diff(starts, append=len(flat)).astype(g.dtype)[:, None]
    result[which] = sums
    if padding_idx >= 0:
        result[padding_idx] = 0
    return result


@embedding_to_weight.vjp
def embedding_to_weight_vjp(
    v: Array, indices: Array, rows: int, padding_idx: int, scale_grad_by_freq: bool
) -> tuple[Array, None]:
    numbers = indices if isinstance(indices, np.ndarray) else indices._array
    flat = numbers.reshape(-1)
    factor = np.ones(rows)
    if scale_grad_by_freq:
        factor /= np.maximum(np.bincount(flat, minlength=rows), 1)
    if padding_idx >= 0:
        factor[padding_idx] = 0
    kind = v.dtype if isinstance(v, np.ndarray) else v._array.dtype
    return embedding(v, indices) * factor.astype(kind)[numbers][..., None], None
