"""Many elements to fewer: sums, means, spreads, extremes."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import dtype
from engine.op import Array, cast_dtype, composite, op
from engine.ops.shape import expand, unsqueeze

Dims = Any  # None, one int or a sequence of them


def axes(dim: Dims, ndim: int) -> tuple[int, ...] | None:
    """numpy's axes for PyTorch's ``dim``: checked, not negative; None for all."""
    if dim is None:
        return None
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if not dims:
        return None
    limit = ndim or 1
    for d in dims:
        if not -limit <= d < limit:
            raise errors.dim_range(d, ndim)
    found = tuple(d % limit for d in dims)
    if len(set(found)) != len(found):
        raise RuntimeError(f"dim {found[0]} appears multiple times in the list of dims")
    return found if ndim else ()


def restore(g: Array, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Array:
    """A reduced gradient or result stretched back over the dimensions that were reduced."""
    if not shape:
        return g
    if not keepdim:
        for d in sorted(axes(dim, len(shape)) or range(len(shape))):
            g = unsqueeze(g, d)
    return expand(g, shape)


@op(family="reduce", doc="sum of the elements", node=lambda n: f"SumBackward{int(n.statics[0] is not None)}")
def sum(input: Array, dim: Dims = None, keepdim: bool = False, dtype: dtype | None = None) -> Array:
    if dtype is None and input.dtype.kind != "f":
        input = input.astype(np.int64)
    return np.add.reduce(cast_dtype(dtype, input), axis=axes(dim, input.ndim), keepdims=keepdim)


@sum.vjp
def sum_vjp(g: Array, input_shape: Any, dim: Any, keepdim: Any) -> Array:
    return restore(g, input_shape, dim, keepdim)


@op(family="reduce", doc="mean of the elements", node=lambda n: f"MeanBackward{int(n.statics[0] is not None)}")
def mean(input: Array, dim: Dims = None, keepdim: bool = False, dtype: dtype | None = None) -> Array:
    input = cast_dtype(dtype, input)
    if input.dtype.kind != "f":
        from engine.dtypes import from_numpy_dtype

        kind = from_numpy_dtype(input.dtype).tensor_type[6:-6]
        raise NotImplementedError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {kind}"
        )
    where = axes(dim, input.ndim)
    total = np.add.reduce(input, axis=where, keepdims=keepdim)
    return total / input.dtype.type(input.size / (total.size or 1) if total.size else 1)


@mean.vjp
def mean_vjp(g: Array, input_shape: Any, dim: Any, keepdim: Any) -> Array:
    count = 1
    for d in axes(dim, len(input_shape)) or range(len(input_shape)):
        count *= input_shape[d]
    return restore(g / count, input_shape, dim, keepdim)
