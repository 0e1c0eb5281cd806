"""Positions and counts in forms of their own, and the adjoint of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from engine import return_types
from engine.op import Array, composite
from engine.ops.shape import transpose
from engine.repeat import derived
from engine.tensor import Tensor, wrap


@composite(family="shape", doc="the last two dimensions swapped")
def adjoint(input: Array) -> Array:
    if input.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor."
        )
    return transpose.call(input, -2, -1) if input.ndim else input


# ---- positions ----


@composite(family="index", doc="positions in a flattened tensor as positions along each dimension of a shape",
           nondiff=True, method=False)
def unravel_index(indices: Array, shape: Any) -> tuple[Array, ...]:
    if indices._array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = _sizes(shape)
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    found = []
    rest = indices.long()
    for n in reversed(sizes):
        found.append(rest % max(n, 1))
        rest = rest // max(n, 1)
    return tuple(reversed(found))


def _sizes(shape: Any) -> tuple[int, ...]:
    given = (shape,) if isinstance(shape, (int, np.integer)) else shape
    if isinstance(given, Tensor):
        given = given.tolist()
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    for n in given:
        if not hasattr(n, "__index__"):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(n)}")
    return tuple(index(n) for n in given)


@composite(family="index", doc="positions of the first elements that are not 0, filled up to some rows",
           nondiff=True)
def nonzero_static(input: Array, *, size: int, fill_value: int = -1) -> Array:
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    return derived(_first_places, input, size, fill_value)


def _first_places(values: np.ndarray, size: int, fill_value: int) -> np.ndarray:
    found = np.argwhere(values)[:size] if values.ndim else np.zeros((0, 0), np.int64)
    rows = np.full((size, values.ndim), fill_value, np.int64)
    rows[: len(found)] = found
    return rows


# ---- counts ----


@composite(family="order", doc="how many elements, or how much weight, lies between edges", nondiff=True)
def histogram(
    input: Array, bins: Any, *, range: Any = None, weight: Array | None = None, density: bool = False
) -> Any:
    values = input._array.reshape(-1)
    if values.dtype.kind != "f":
        kind = input.dtype.tensor_type[6:-6]
        raise NotImplementedError(f'"histogramdd" not implemented for \'{kind}\'')
    edges = bins._array if isinstance(bins, Tensor) else _edges(values, int(bins), range)
    weights = np.ones_like(values) if weight is None else weight._array.reshape(-1)
    counts = np.histogram(values, edges, weights=weights)[0]
    if density:
        counts = counts / (counts.sum() * np.diff(edges))
    return return_types.histogram(wrap(counts.astype(values.dtype)), wrap(edges))


def _edges(values: np.ndarray, bins: int, limits: Any) -> np.ndarray:
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if limits is not None:
        low, high = limits
    else:
        low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    return np.linspace(low, high, bins + 1).astype(values.dtype)
