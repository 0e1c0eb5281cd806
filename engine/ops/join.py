"""Several tensors into one, and one into several."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from engine.dtypes import promote_numpy
from engine.layout import in_rows
from engine.op import Array, Arrays, composite, op
from engine.ops.shape import narrow, pad_to, reshape, select, select_vjp, unsqueeze, wrap_dim
from engine.tensor import Tensor


@op(family="join", doc="tensors joined along a dimension", method=False)
def cat(tensors: Arrays, dim: int = 0) -> Array:
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, array in enumerate(tensors):
        if not isinstance(array, np.ndarray):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(array).__name__}")
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
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {first.ndim} and {array.ndim}"
            )
        for d, (n, m) in enumerate(zip(first.shape, array.shape, strict=True)):
            if d != at and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {at}. Expected size {n} but got size "
                    f"{m} for tensor number {i} in the list."
                )
    return in_rows(np.concatenate(real, at, dtype=target))


@cat.vjp
def cat_vjp(g: Array, tensors_shape: Any, dim: int) -> tuple[Array | None, ...]:
    start = 0
    parts: list[Array | None] = []
    for shape in tensors_shape:
        if shape == (0,) and len(g.shape) > 1:
            parts.append(narrow(reshape(g, (-1,)), 0, 0, 0))
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
    return in_rows(np.stack(tensors, wrap_dim(dim, len(shape) + 1), dtype=target))


@stack.vjp
def stack_vjp(g: Array, tensors_shape: Any, dim: int) -> tuple[Array, ...]:
    return tuple(select(g, dim, i) for i in range(len(tensors_shape)))


# ---- one into several: views ----


@op(family="shape", doc="one of the stretches that a dimension is split into", view=True, part=True,
    internal=True, node=lambda node: node.statics[3])
def piece(input: Array, dim: int, start: int, length: int, node: str) -> Array:
    return narrow.forward(input, dim, start, length)


@piece.vjp
def piece_vjp(g: Array, input_shape: Any, dim: int, start: int) -> Array:
    return pad_to(g, dim, start, input_shape)


@op(family="shape", doc="one of all the entries of a dimension", view=True, part=True,
    internal=True, node="UnbindBackward0")
def entry(input: Array, dim: int, index: int) -> Array:
    return select.forward(input, dim, index)


entry.vjp(select_vjp)


@composite(family="join", doc="pieces of a size, or of given sizes, along a dimension")
def split(
    tensor: Array, split_size_or_sections: Any = None, dim: int = 0, *, split_size: Any = None
) -> tuple[Array, ...]:
    if split_size_or_sections is None:
        split_size_or_sections = split_size
    if not tensor.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    size = tensor.shape[wrap_dim(dim, tensor.ndim)]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step < 0 or (step == 0 and size):
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={step}")
        lengths = [min(step, size - i) for i in range(0, size, step)] if size else [0]
    else:
        lengths = list(split_size_or_sections)
        if sum(lengths) != size:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at "
                f"dimension {dim}), but got split_sizes={lengths}"
            )
    starts = np.cumsum([0, *lengths]).tolist()
    node = "SplitBackward0" if isinstance(split_size_or_sections, int) else "SplitWithSizesBackward0"
    return tuple(piece(tensor, dim, start, n, node) for start, n in zip(starts, lengths, strict=False))


@composite(family="join", doc="at most this many pieces of equal size along a dimension")
def chunk(input: Array, chunks: int, dim: int = 0) -> tuple[Array, ...]:
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.shape[wrap_dim(dim, input.ndim)]
    return split(input, max(-(-size // chunks), 1), dim) if size else (input,) * chunks


@composite(family="join", doc="a number of nearly equal pieces, or pieces cut at indices")
def tensor_split(input: Array, indices_or_sections: Any, dim: int = 0) -> tuple[Array, ...]:
    if not input.ndim:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    size = input.shape[wrap_dim(dim, input.ndim)]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        n = indices_or_sections
        if n <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {n}")
        cuts = np.cumsum([size // n + (1 if i < size % n else 0) for i in range(n - 1)]).tolist()
    else:
        cuts = [min(max(c + size if c < 0 else c, 0), size) for c in indices_or_sections]
    bounds = [0, *cuts, size]
    return tuple(narrow(input, dim, min(a, size), max(b - a, 0)) for a, b in pairwise(bounds))


@composite(family="join", doc="the entries of a dimension as separate tensors")
def unbind(input: Array, dim: int = 0) -> tuple[Array, ...]:
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return tuple(entry(input, dim, i) for i in range(input.shape[wrap_dim(dim, input.ndim)]))


def _cut(name: str, dim: int, least: int) -> None:
    def function(input: Array, indices_or_sections: Any) -> tuple[Array, ...]:
        if input.ndim < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with "
                f"{input.ndim} dimensions!"
            )
        if isinstance(indices_or_sections, str):
            raise TypeError(f"{name}() received an invalid combination of arguments - got (Tensor, str)")
        at = 0 if name == "hsplit" and input.ndim == 1 else dim
        pieces = indices_or_sections
        if isinstance(pieces, int) and (pieces == 0 or input.shape[at] % pieces):
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {at}, but the size of the dimension "
                f"{input.shape[at]} is not divisible by the split_size {indices_or_sections}!"
            )
        return tensor_split(input, indices_or_sections, at)

    function.__name__ = name
    composite(family="join", doc=f"pieces along dimension {dim}")(function)


_cut("hsplit", 1, 1)
_cut("vsplit", 0, 2)
_cut("dsplit", 2, 3)

# ---- several into one, by direction ----


def _two(t: Array) -> Array:
    return t if t.ndim >= 2 else reshape(t, (1, -1))


def _refuse_empty(name: str, tensors: Any) -> None:
    if not len(tensors):
        raise RuntimeError(f"{name} expects a non-empty TensorList")


@composite(family="join", doc="tensors side by side", method=False)
def hstack(tensors: Arrays) -> Array:
    _refuse_empty("hstack", tensors)
    tensors = [t if t.ndim else reshape(t, (1,)) for t in tensors]
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@composite(family="join", doc="tensors one below the other", method=False)
def vstack(tensors: Arrays) -> Array:
    _refuse_empty("vstack", tensors)
    return cat([_two(t) for t in tensors], 0)


@composite(family="join", doc="tensors one behind the other", method=False)
def dstack(tensors: Arrays) -> Array:
    _refuse_empty("dstack", tensors)
    return cat([unsqueeze(_two(t), -1) if t.ndim < 3 else t for t in tensors], 2)


@composite(family="join", doc="vectors as columns, matrices side by side", method=False)
def column_stack(tensors: Arrays) -> Array:
    _refuse_empty("column_stack", tensors)
    return cat([reshape(t, (-1, 1)) if t.ndim < 2 else t for t in tensors], 1)
