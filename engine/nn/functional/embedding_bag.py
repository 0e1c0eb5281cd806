"""Sums, means and maxima of embeddings as a function of tensors."""

from __future__ import annotations

import numpy as np

from engine.creation import zeros
from engine.nn.functional.sparse import embedding
from engine.ops.compare import where
from engine.recording import constant
from engine.repeat import compute, derived
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
    numbers = input.flatten()
    compute(_check_range, numbers, weight.shape[0])
    if offsets is None:
        count = len(input)
        bag = wrap(constant(np.repeat(np.arange(count), input.shape[1])))
    else:
        compute(_check_offsets, offsets, len(numbers))
        count = len(offsets) - include_last_offset
        bag = derived(_bags, offsets, len(numbers), count, mode)
    rows = embedding(numbers, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    if padding_idx is not None:     # what does not count is put into a bag that is thrown away
        bag = where(numbers == padding_idx % weight.shape[0], count, bag)
    if mode == "max":
        largest = derived(_largest, rows, bag, count)
        found = largest >= 0
        return where(found, rows.gather(0, largest.clamp(min=0)), 0.0) if len(rows) else found.to(rows.dtype)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    total = zeros(count + 1, weight.shape[1], dtype=weight.dtype).index_add(0, bag, rows)[:count]
    return total if mode == "sum" else total / derived(_sizes, bag, count).to(total.dtype)


def _check_range(numbers: np.ndarray, rows: int) -> None:
    outside = np.flatnonzero((numbers < 0) | (numbers >= rows))
    if outside.size:
        raise RuntimeError(
            f"Index {outside[0]} of input takes value {numbers[outside[0]]} which is not in the valid range "
            f"[0, {rows})"
        )


def _check_offsets(offsets: np.ndarray, size: int) -> None:
    if offsets.size and offsets[0]:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position "
            f"0. However, got {offsets[0]}"
        )
    if offsets.size and offsets[-1] > size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {size} but got offsets[-1] of {offsets[-1]}"
        )
    if (offsets[1:] < offsets[:-1]).any():
        raise RuntimeError(f"offsets must not decrease, but got {offsets.tolist()}")


def _bags(offsets: np.ndarray, size: int, count: int, mode: str) -> np.ndarray:
    """Which bag each number lies in, by where bags begin; ``count`` for none.

    What comes after a last offset that is an end lies in none; for the maximum in the last, as in PyTorch.
    """
    found = np.searchsorted(offsets, np.arange(size), side="right") - 1
    return found.clip(max=max(count - 1, 0)) if mode == "max" else np.where(found < 0, count, found)


def _sizes(bag: np.ndarray, count: int) -> np.ndarray:
    """(count, 1): how many rows each bag has, at least 1."""
    return np.bincount(bag, minlength=count)[:count, None].clip(1)


def _largest(rows: np.ndarray, bag: np.ndarray, count: int) -> np.ndarray:
    """(count, D): the row with the largest of each feature in each bag, the first of equals; −1 for none."""
    found = np.full((count, rows.shape[1]), -1)
    for number in range(count):
        at = np.flatnonzero(bag == number)
        if at.size:
            found[number] = at[rows[at].argmax(0)]
    return found


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
