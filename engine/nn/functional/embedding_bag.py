"""Sums, means and maxima of embeddings as a function of tensors."""

from __future__ import annotations

import numpy as np

from engine.creation import zeros
from engine.nn.functional.sparse import embedding
from engine.ops.join import stack
from engine.tensor import Tensor, wrap


def embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
    norm_type: float = 2, scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
    per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The mean, sum or maximum of the rows of `weight` that each bag of `input` numbers: (bags, D).

    Bags are the rows of (N, L), or of (L,) the stretches that begin at `offsets`; an empty bag gives zeros.
    Rows numbered `padding_idx` do not count. Raises ValueError for shapes and modes that do not fit.
    """
    _check(input, weight, offsets, per_sample_weights, mode, scale_grad_by_freq)
    if input.ndim == 2:
        count, length = input.shape
        bag = np.repeat(np.arange(count), length)
    else:
        begin = offsets._array if offsets is not None else np.zeros(0, np.int64)
        begin = begin[:-1] if include_last_offset else begin
        count = len(begin)
        bag = np.searchsorted(begin, np.arange(input.numel()), side="right") - 1
    numbers = input.flatten()
    for place, number in enumerate(numbers.tolist()):
        if not 0 <= number < weight.shape[0]:
            raise RuntimeError(
                f"Index {place} of input takes value {number} which is not in the valid range "
                f"[0, {weight.shape[0]})"
            )
    rows = embedding(numbers, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    if padding_idx is not None:
        counts = numbers._array != padding_idx % weight.shape[0]
        kept = wrap(np.flatnonzero(counts))
        rows, bag = rows.index_select(0, kept), bag[counts]
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.flatten().index_select(0, kept)
    if mode == "max":
        return _largest(rows, bag, count)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    total = zeros(count, weight.shape[1], dtype=weight.dtype).index_add(0, wrap(bag), rows)
    if mode == "sum":
        return total
    sizes = np.bincount(bag, minlength=count).clip(1).astype(total._array.dtype)
    return total / wrap(sizes[:, None])


def _largest(rows: Tensor, bag: np.ndarray, count: int) -> Tensor:
    """The largest of each feature in each bag, the first of equals."""
    if not len(rows):
        return rows.sum(0, keepdim=True).expand(count, rows.shape[1]) * 0
    nothing = zeros(rows.shape[1], dtype=rows.dtype)
    bags = [np.flatnonzero(bag == number) for number in range(count)]
    return stack([rows.index_select(0, wrap(at)).max(0)[0] if at.size else nothing for at in bags])


def _check(
    input: Tensor, weight: Tensor, offsets: Tensor | None, per_sample_weights: Tensor | None, mode: str,
    scale_grad_by_freq: bool,
) -> None:
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must "
            f"have the same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed "
            f"length sequences. However, found offsets of type {type(offsets)}"
        )
    if input.ndim == 1 and offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if input.ndim == 1 and offsets is not None and offsets.ndim != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    if input.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for "
            f"mode='sum' (got mode='{mode}'). Please open a feature request on GitHub."
        )
