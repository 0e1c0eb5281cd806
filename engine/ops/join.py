"""Several tensors into one, and one into several."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import promote_numpy
from engine.op import Array, Arrays, composite, op
from engine.ops.shape import expand, narrow, reshape, select, unsqueeze, wrap_dim
from engine.tensor import Tensor


@op(family="join", doc="tensors joined along a dimension", method=False)
def cat(tensors: Arrays, dim: int = 0) -> Array:
    if not tensors:
        raise ValueError("expected a non-empty list of Tensors")
    target = tensors[0].dtype
    for array in tensors[1:]:
        target = promote_numpy(target, array.dtype)
    real = [a for a in tensors if a.shape != (0,)] or list(tensors)
    first = real[0]
    if not first.ndim:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")
    at = wrap_dim(dim, first.ndim)
    for i, array in enumerate(real):
        if array.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {array.ndim}")
        for d, (n, m) in enumerate(zip(first.shape, array.shape, strict=True)):
            if d != at and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {at}. Expected size {n} but got size {m} "
                    f"for tensor number {i} in the list."
                )
    return np.concatenate(real, at, dtype=target)


@cat.vjp
def cat_vjp(g: Array, tensors_shape: Any, dim: int) -> tuple[Array | None, ...]:
    start, parts = 0, []
    for shape in tensors_shape:
        if shape == (0,) and len(g.shape) > 1:
            parts.append(None)
        else:
            parts.append(narrow(g, dim, start, shape[dim]))
            start += shape[dim]
    return tuple(parts)


@op(family="join", doc="tensors of one shape side by side in a new dimension", method=False)
def stack(tensors: Arrays, dim: int = 0) -> Array:
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape, target = tensors[0].shape, tensors[0].dtype
    for i, array in enumerate(tensors):
        if array.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and "
                f"{list(array.shape)} at entry {i}"
            )
        target = promote_numpy(target, array.dtype)
    return np.stack(tensors, wrap_dim(dim, len(shape) + 1), dtype=target)


@stack.vjp
def stack_vjp(g: Array, tensors_shape: Any, dim: int) -> tuple[Array, ...]:
    return tuple(select(g, dim, i) for i in range(len(tensors_shape)))
