"""Elements picked and placed by an index of positions along one dimension, or by a mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.inplace import write
from engine.layout import in_rows
from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.shape import wrap_dim
from engine.tensor import Tensor


def places_along(index: np.ndarray[Any, Any], dim: int, size: int) -> tuple[Any, ...]:
    """Full positions for an index along ``dim``: the other coordinates are its own."""
    if index.dtype.kind not in "iu":
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    if index.size and (index.min() < 0 or index.max() >= size):
        wrong = int(index[(index < 0) | (index >= size)].flat[0])
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")
    grid = np.ogrid[tuple(slice(0, n) for n in index.shape)]
    return (*grid[:dim], index, *grid[dim + 1 :])


@op(family="index", doc="input's elements at index along dim", node="GatherBackward0", internal=True)
def take_at(input: Array, index: Array, dim: int) -> Array:
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    if not input.ndim:
        wrap_dim(dim, 0)
        return np.array(input).reshape(np.shape(index))
    dim = wrap_dim(dim, input.ndim)
    if not index.size:
        return np.empty(index.shape, input.dtype)
    if index.ndim != input.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    for d, (n, m) in enumerate(zip(index.shape, input.shape, strict=True)):
        if d != dim and n > m:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(index.shape)} to be no larger "
                f"than self {list(input.shape)} apart from dimension {dim}"
            )
    return in_rows(input[places_along(index, dim, input.shape[dim])])


@take_at.vjp
def take_at_vjp(g: Array, index: Array, input_shape: Any, dim: int) -> tuple[Array, None]:
    return put_at(g, index, dim, input_shape), None


@op(family="index", doc="zeros of a shape with input added at index along dim", internal=True)
def put_at(input: Array, index: Array, dim: int, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    if not out.ndim:
        return out + input.reshape(())
    dim = wrap_dim(dim, out.ndim)
    if not index.size:
        return out
    np.add.at(out, places_along(index, dim, out.shape[dim]), input)
    return out


@put_at.vjp
def put_at_vjp(g: Array, index: Array, dim: int) -> tuple[Array, None]:
    return take_at(g, index, dim), None


@composite(family="index", doc="elements at index along dim: out[i][j] = input[index[i][j]][j] for dim 0")
def gather(input: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    return take_at(input, index, dim)


@composite(family="index", doc="elements at indices along dim; the other dimensions broadcast")
def take_along_dim(input: Array, indices: Array, dim: int | None = None) -> Array:
    if dim is None:
        return take_along_dim(input.reshape(-1), indices.reshape(-1), 0)
    if indices._array.dtype != np.int64:
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{indices.dtype.tensor_type[6:-6]}"
        )
    if input.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    at = wrap_dim(dim, input.ndim)
    indices = where(indices < 0, indices + input.shape[at], indices)
    shape = np.broadcast_shapes(
        *(tuple(1 if d == at else n for d, n in enumerate(x.shape)) for x in (input, indices))
    )

    def stretched(x: Array) -> Array:
        return x.expand(tuple(x.shape[d] if d == at else n for d, n in enumerate(shape)))

    return take_at(stretched(input), stretched(indices), at)


def _rows(index: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, Any]:
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype.kind not in "iu":
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if index.size and (index.min() < 0 or index.max() >= size):
        raise IndexError("index out of range in self")
    return np.atleast_1d(index)


@op(family="index", doc="entries of a dimension, chosen by index", node="IndexSelectBackward0", internal=True)
def rows_at(input: Array, index: Array, dim: int) -> Array:
    dim = wrap_dim(dim, input.ndim)
    rows = _rows(index, input.shape[dim] if input.ndim else 1)
    return np.take(input, rows, dim) if input.ndim else np.take(input, rows).reshape(())


@rows_at.vjp
def rows_at_vjp(g: Array, index: Array, input_shape: Any, dim: int) -> tuple[Array, None]:
    return add_rows(g, index, dim, input_shape), None


@op(family="index", doc="zeros of a shape with entries added at index along dim", internal=True)
def add_rows(input: Array, index: Array, dim: int, shape: Any) -> Array:
    out = np.zeros(shape or (1,), input.dtype)
    place: Any = (slice(None),) * (dim % out.ndim) + (np.atleast_1d(index),)
    np.add.at(out, place, input)
    return out.reshape(shape)


@add_rows.vjp
def add_rows_vjp(g: Array, index: Array, dim: int) -> tuple[Array, None]:
    return rows_at(g, index, dim), None


@composite(family="index", doc="entries of a dimension, chosen by index")
def index_select(input: Array, dim: int, index: Array) -> Array:
    if not isinstance(index, Tensor):
        raise errors.no_tensor("index_select", "index", 3, index)
    return rows_at(input, index, dim)


def check_rows(index: Any, dim: int, input: Any, kind: Any = IndexError, before: str = "") -> None:
    """An error, in PyTorch's words, for entries of a dimension that are not there."""
    size = input.shape[wrap_dim(dim, input.ndim)] if input.ndim else 1
    wrong = index._array[(index._array < -size * (kind is IndexError)) | (index._array >= size)]
    if wrong.size:
        raise kind(f"{before}index {wrong.flat[0]} is out of bounds for dimension {dim} with size {size}")


def check_source(input: Any, dim: int, source: Any) -> None:
    """RuntimeError where a source cannot be added along a dimension because of the other ones."""
    at = wrap_dim(dim, input.ndim)
    others, given = ([n for d, n in enumerate(t.shape) if d != at] for t in (input, source))
    if others != given:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got "
            f"self.shape = {list(input.shape)} source.shape = {list(source.shape)}"
        )


def check_count(index: Any, dim: int, source: Any, name: str) -> None:
    """RuntimeError unless there is one entry of the source for each position."""
    entries = source.shape[dim] if source.ndim else 1
    if index.numel() != entries:
        raise RuntimeError(
            f"{name}(): Number of indices ({index.numel()}) should be equal to source.size(dim): "
            f"({entries}), for dim: {dim}"
        )


@composite(family="index", doc="input with alpha · source added to the entries at index along dim")
def index_add(input: Array, dim: int, index: Array, source: Array, *, alpha: float = 1) -> Array:
    check_count(index, dim, source, "index_add")
    check_source(input, dim, source)
    if input.dtype is not source.dtype:
        kinds = [t.dtype.tensor_type[6:-6] for t in (input, source)]
        raise RuntimeError(
            f"index_add_(): self ({kinds[0]}) and source ({kinds[1]}) must have the same scalar type"
        )
    check_rows(index, dim, input, RuntimeError)
    return input + add_rows(source if alpha == 1 else source * alpha, index, dim, tuple(input.shape))


# ---- masks ----

_C_NAMES = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "uint8": "unsigned char",
    "int8": "signed char", "int16": "short int", "int32": "int", "int64": "long int",
}


@op(
    family="index",
    doc="input with value where mask holds",
    promote="",
    node=lambda node: f"MaskedFillBackward{int(node.edges[2] is not None)}",
    internal=True,
)
def fill_where(input: Array, mask: Array, value: Array) -> Array:
    if mask.dtype.kind != "b":
        kind = _C_NAMES[mask.dtype.name]
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {kind}")
    if np.ndim(value):
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{np.ndim(value)} dimension(s)."
        )
    return in_rows(np.where(mask, np.asarray(value).astype(input.dtype), input))


@fill_where.vjp
def fill_where_vjp(g: Array, mask: Array, needs: Any) -> tuple[Array | None, None, Array | None]:
    return where(mask, 0.0, g) if needs[0] else None, None, where(mask, g, 0.0) if needs[2] else None


@composite(family="index", doc="input with value where mask holds")
def masked_fill(input: Array, mask: Array, value: Array) -> Array:
    return fill_where(input, mask, value)


def masked_fill_(self: Tensor, mask: Any, value: Any) -> Tensor:
    """In place: ``value`` where ``mask`` holds."""
    return write(self, fill_where, (self, mask, value))


@composite(family="index", doc="the elements where mask holds, in one dimension")
def masked_select(input: Array, mask: Array) -> Array:
    if mask._array.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    try:
        shape = np.broadcast_shapes(input.shape, mask.shape)
    except ValueError:
        raise errors.broadcast(mask.shape, input.shape) from None
    return input.expand(shape)[mask.expand(shape)]


@composite(family="index", doc="the elements at positions counted over the whole tensor")
def take(input: Array, index: Array) -> Array:
    if index._array.dtype != np.int64:
        kind = index.dtype.tensor_type[6:-6]
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {kind}")
    size = input.numel()
    wrong = index._array[(index._array < -size) | (index._array >= size)]
    if wrong.size:
        raise IndexError(
            f"out of range: tried to access index {wrong.flat[0]} on a tensor of {size} elements."
        )
    return input.reshape(-1)[index.reshape(-1)].reshape(index.shape)


@op(
    family="index",
    doc="positions of the elements that are not zero, one row each",
    nondiff=True,
    sized=lambda input: True,
    internal=True,
)
def positions(input: Array) -> Array:
    return np.argwhere(input).astype(np.int64)


@composite(family="index", doc="positions of the elements that are not zero, one row each")
def nonzero(input: Array, *, as_tuple: bool = False) -> Any:
    if not as_tuple:
        return positions(input)
    found = positions(input if input.ndim else input.reshape(1))
    return tuple(found[:, i] for i in range(max(input.ndim, 1)))


@composite(family="index", doc="positions where a condition holds")
def argwhere(input: Array) -> Array:
    return positions(input)
