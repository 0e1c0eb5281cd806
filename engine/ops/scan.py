"""Running sums and products along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.dtypes import cast_dtype
from engine.layout import in_rows
from engine.op import Array, op
from engine.ops.join import cat, stack
from engine.ops.shape import flip, narrow, ones_as, select, wrap_dim


def summable(input: Any, dtype: Any) -> Any:
    """The array in the type its sum will have: int64 for integers and truth values."""
    if dtype is not None:
        return cast_dtype(dtype, input)
    return input if input.dtype.kind == "f" else input.astype(np.int64)


@op(family="scan", doc="running sum along a dimension", inplace=True)
def cumsum(input: Array, dim: int, dtype: dtypes.dtype | None = None) -> Array:
    input = summable(input, dtype)
    if not input.ndim:
        return input.copy()
    return in_rows(np.add.accumulate(input, wrap_dim(dim, input.ndim), input.dtype))


@cumsum.vjp
def cumsum_vjp(g: Array, dim: Any) -> Array:
    return reverse_cumsum(g, dim)


def reverse_cumsum(g: Array, dim: int) -> Array:
    """The running sum from the end."""
    return flip(cumsum(flip(g, (dim,)), dim, None), (dim,)) if g.ndim else g


@op(family="scan", doc="running product along a dimension", inplace=True)
def cumprod(input: Array, dim: int, dtype: dtypes.dtype | None = None) -> Array:
    input = summable(input, dtype)
    if not input.ndim:
        return input.copy()
    return in_rows(np.multiply.accumulate(input, wrap_dim(dim, input.ndim), input.dtype))


@cumprod.vjp
def cumprod_vjp(g: Array, input: Array, out: Array, dim: Any) -> Array:
    if not input.ndim:
        return g
    if not bool((input == 0).any()):
        return reverse_cumsum(g * out, dim) / input
    parts = []  # with zeros: position k gets Σⱼ gⱼ · (product up to j without k)
    length = input.shape[dim]
    for k in range(length):
        before = input if k == 0 else narrow(input, dim, 0, k)
        left = ones_as(select(input, dim, 0)) if k == 0 else select(cumprod(before, dim, None), dim, k - 1)
        total = select(g, dim, k) * left
        if k + 1 < length:
            tail = cumprod(narrow(input, dim, k + 1, length - k - 1), dim, None)
            ahead = narrow(g, dim, k + 1, length - k - 1) * tail
            for j in range(length - k - 1):
                total = total + select(ahead, dim, j) * left
        parts.append(total)
    return stack(parts, dim)


def exclusive_product(x: Array, dim: int) -> Array:
    """For each element the product of all the others along ``dim``; right also where some are 0."""
    if not x.ndim:
        return ones_as(x)
    length = x.shape[dim]
    if length == 0:
        return ones_as(x)
    one = ones_as(narrow(x, dim, 0, 1))
    left = cumprod(cat([one, narrow(x, dim, 0, length - 1)], dim), dim, None)
    right = cumprod(cat([one, narrow(flip(x, (dim,)), dim, 0, length - 1)], dim), dim, None)
    return left * flip(right, (dim,))
