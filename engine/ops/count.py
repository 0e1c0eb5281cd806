"""Distinct values, bins and membership. None of these has a gradient."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from engine.dtypes import float32
from engine.op import Array, composite
from engine.recording import refuse
from engine.repeat import check, derived, is_any_negative
from engine.tensor import Tensor, wrap

_SIZED = "the shape of a result depends on the data (unique)"


def _several(found: Any, wanted: tuple[bool, ...]) -> Any:
    """The values alone, or with the extra results asked for."""
    values, *extra = found
    chosen = [wrap(np.asarray(e, np.int64)) for e, w in zip(extra, wanted, strict=True) if w]
    return (wrap(values), *chosen) if chosen else wrap(values)


@composite(family="order", doc="the distinct elements, sorted", nondiff=True)
def unique(
    input: Array, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    refuse(_SIZED)
    values, inverse, counts = np.unique(
        input._array, return_inverse=True, return_counts=True, axis=dim, equal_nan=False
    )
    inverse = inverse.reshape(input._array.shape if dim is None else -1)
    return _several((values, inverse, counts), (return_inverse, return_counts))


@composite(family="order", doc="without repetitions of the element before", nondiff=True)
def unique_consecutive(
    input: Array, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    refuse(_SIZED)
    array = input._array.reshape(-1) if dim is None else np.moveaxis(input._array, dim, 0)
    flat = array.reshape(len(array), int(np.prod(array.shape[1:])))
    first = np.ones(len(array), np.bool_)
    first[1:] = (flat[1:] != flat[:-1]).any(1)
    values = array[first]
    starts = np.flatnonzero(first)
    counts = np.diff([*starts, len(array)])
    inverse = np.cumsum(first) - 1
    if dim is None:
        inverse = inverse.reshape(input._array.shape)
    else:
        values = np.moveaxis(values, 0, dim)
    return _several((values, inverse, counts), (return_inverse, return_counts))


@composite(
    family="order", doc="how often each integer from 0 occurs, or the sum of its weights", nondiff=True
)
def bincount(input: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    if input.is_floating_point():
        raise NotImplementedError(f'"bincount_cpu" not implemented for \'{input.dtype.tensor_type[6:-6]}\'')
    words = "bincount only supports 1-d non-negative integral inputs."
    if input.ndim != 1:
        raise RuntimeError(words)
    check(is_any_negative, RuntimeError, words, input)
    found = derived(np.bincount, input, weights, minlength, sized=True)
    return found if weights is None or weights.dtype is not float32 else found.float()


@composite(family="order", doc="how many elements lie in each of bins between min and max", nondiff=True)
def histc(input: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    if not input.is_floating_point():
        raise NotImplementedError(f'"histogram_cpu" not implemented for \'{input.dtype.tensor_type[6:-6]}\'')
    return derived(_in_bins, input, bins, float(min), float(max))


def _in_bins(values: np.ndarray, bins: int, low: float, high: float) -> np.ndarray:
    array = values.reshape(-1)
    if low == high and array.size:
        low, high = float(array.min()), float(array.max())
    if low == high:
        low, high = low - 1, high + 1
    inside = array[(array >= low) & (array <= high)]
    places = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    return np.bincount(places, minlength=bins).astype(array.dtype)


def _side(side: str | None, right: bool) -> Literal["left", "right"]:
    """Before or after what is equal: ``left`` or ``right``."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right "
            "was True"
        )
    return "right" if right or side == "right" else "left"


@composite(family="order", doc="where values would go in a sorted sequence", nondiff=True, method=False)
def searchsorted(
    sorted_sequence: Array,
    values: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Array | None = None,
) -> Array:
    at, shape = _side(side, right), np.shape(values._array if isinstance(values, Tensor) else values)
    if sorted_sequence.ndim != 1 and tuple(sorted_sequence.shape[:-1]) != shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            "boundaries tensor and input value tensor must match, but we got boundaries tensor "
            f"{list(sorted_sequence.shape)} and input value tensor {list(shape)}"
        )
    if sorter is not None:
        sorted_sequence = derived(np.take_along_axis, sorted_sequence, sorter, -1)
    return derived(_places, sorted_sequence, values, at, np.int32 if out_int32 else np.int64)


def _places(sequence: np.ndarray, wanted: Any, side: Literal["left", "right"], kind: Any) -> np.ndarray:
    if sequence.ndim == 1:
        return np.searchsorted(sequence, wanted, side=side).astype(kind)
    found = np.empty(wanted.shape, kind)
    for row in np.ndindex(sequence.shape[:-1]):
        found[row] = np.searchsorted(sequence[row], wanted[row], side=side)
    return found


@composite(
    family="order", doc="the number of the bucket between boundaries that each element is in", nondiff=True
)
def bucketize(input: Array, boundaries: Array, *, out_int32: bool = False, right: bool = False) -> Array:
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@composite(family="compare", doc="whether each element is one of test_elements", nondiff=True, method=False)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Array:
    return derived(np.isin, elements, test_elements, assume_unique, invert)
