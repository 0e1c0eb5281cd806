"""The same elements in other places: repeated, rolled, rotated; diagonals and triangles."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from engine import errors
from engine.layout import in_rows
from engine.op import Array, Ints, Op, composite, op
from engine.ops.join import cat
from engine.ops.reduce import sum as sum_
from engine.ops.shape import expand, flip, reshape, transpose, unsqueeze, wrap_dim
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor, wrap


@op(family="shape", doc="the whole tensor repeated along each dimension")
def repeat(input: Array, repeats: Ints) -> Array:
    if len(repeats) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    times = tuple(int(n) for n in repeats)
    if min(times, default=0) < 0:
        sizes = [n * t for n, t in zip((1,) * (len(times) - input.ndim) + input.shape, times, strict=True)]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {sizes}")
    return np.tile(input, times)


@repeat.vjp
def repeat_vjp(g: Array, input_shape: Any, repeats: Any) -> Array:
    lead = len(repeats) - len(input_shape)
    shape: list[int] = []
    for i, n in enumerate(repeats):
        shape += [n, 1 if i < lead else input_shape[i - lead]]
    times = tuple(range(0, len(shape), 2))
    return reshape(sum_(reshape(g, shape), times, False, None), input_shape) if times else g


@composite(family="shape", doc="the tensor repeated dims times, missing dims taken as 1")
def tile(input: Array, *dims: Any) -> Array:
    given = tuple(dims[0]) if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return repeat(input, (1,) * (input.ndim - len(given)) + tuple(given))


@op(family="shape", doc="elements shifted along dimensions; what falls off one end comes in at the other")
def roll(input: Array, shifts: Any, dims: Any = None) -> Array:
    if shifts in ((), []):
        raise RuntimeError("`shifts` required")
    if dims is None or dims == ():
        return in_rows(np.roll(input, shifts))
    if not input.ndim:
        first = dims if isinstance(dims, int) else dims[0]
        raise IndexError(f"Dimension specified as {first} but tensor has no dimensions")
    moved, over = (x if isinstance(x, (tuple, list)) else (x,) for x in (shifts, dims))
    if len(moved) != len(over):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(moved)}, dims:{len(over)}"
        )
    return in_rows(np.roll(input, shifts, tuple(wrap_dim(d, input.ndim) for d in over)))


@roll.vjp
def roll_vjp(g: Array, shifts: Any, dims: Any) -> Array:
    back = -shifts if isinstance(shifts, int) else tuple(-s for s in shifts)
    return roll(g, back, dims)


@composite(family="shape", doc="turned by 90° k times in the plane of two dimensions")
def rot90(input: Array, k: int = 1, dims: Any = (0, 1)) -> Array:
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = dims
    if wrap_dim(first, input.ndim) == wrap_dim(second, input.ndim):
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {first} and dim1 = {second}"
        )
    turns = k % 4
    if turns == 0:
        return input.clone()
    if turns == 2:
        return flip(input, (first, second))
    if turns == 1:
        return flip(transpose(input, first, second), (first,))
    return flip(transpose(input, first, second), (second,))


@composite(family="shape", doc="columns in reverse order")
def fliplr(input: Array) -> Array:
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@composite(family="shape", doc="rows in reverse order")
def flipud(input: Array) -> Array:
    if not input.ndim:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


@composite(family="shape", doc="each element repeated, along a dimension or flattened")
def repeat_interleave(
    input: Array, repeats: Any, dim: int | None = None, *, output_size: int | None = None
) -> Array:
    if dim is None:
        input, dim = reshape(input, (-1,)), 0
    counts = repeats if isinstance(repeats, Tensor) else wrap(constant(np.asarray(repeats)))
    size = input.shape[dim]
    if counts.numel() not in (1, size):
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{counts.numel()} and input.size({dim}) = {size}"
        )
    return input.index_select(dim, derived(_repeated, size, counts, sized=isinstance(repeats, Tensor)))


def _repeated(size: int, counts: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(size), counts.reshape(-1))


# ---- diagonals and triangles ----


@op(family="shape", doc="a diagonal, as the last dimension", view=True)
def diagonal(input: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    first, second = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    found = input.diagonal(offset, first, second)
    found.flags.writeable = input.flags.writeable  # numpy hands diagonals out read-only
    return found


@diagonal.vjp
def diagonal_vjp(g: Array, input_shape: Any, offset: int, dim1: int, dim2: int) -> Array:
    return put_diagonal(g, offset, dim1 % len(input_shape), dim2 % len(input_shape), input_shape)


@op(family="shape", doc="zeros of a shape with input on a diagonal", internal=True, node="DiagEmbedBackward0")
def put_diagonal(input: Array, offset: int, dim1: int, dim2: int, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    rows = np.arange(input.shape[-1]) + max(-offset, 0)
    moved = np.moveaxis(out, (dim1, dim2), (-2, -1))
    moved[..., rows, rows + offset] = input
    return out


@put_diagonal.vjp
def put_diagonal_vjp(g: Array, offset: int, dim1: int, dim2: int) -> Array:
    return diagonal(g, offset, dim1, dim2)


@composite(family="shape", doc="a vector as a diagonal matrix, or the diagonal of a matrix")
def diag(input: Array, diagonal: int = 0) -> Array:
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return _diagonal(input, diagonal, 0, 1).clone()


_diagonal = diagonal


@composite(family="shape", doc="matrices with the last dimension of input on a diagonal")
def diag_embed(input: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    ndim = input.ndim + 1
    size = input.shape[-1] + abs(offset)
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rest = list(input.shape[:-1])
    shape = [size if d in (first, second) else rest.pop(0) for d in range(ndim)]
    return put_diagonal(input, offset, first, second, tuple(shape))


@composite(family="shape", doc="a vector as a diagonal matrix, or a flattened tensor as one")
def diagflat(input: Array, offset: int = 0) -> Array:
    return diag_embed(reshape(input, (-1,)), offset)


def _triangle(name: str, keep: Any, doc: str) -> Op:
    def forward(input: Array, diagonal: int = 0) -> Array:
        if input.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return in_rows(keep(input, diagonal))

    made = op(family="shape", doc=doc, name=name, inplace=True)(forward)

    def rule(g: Array, diagonal: int) -> Array:
        return made(g, diagonal)

    made.vjp(rule)
    return made


tril = _triangle("tril", np.tril, "what is on or below a diagonal, else 0")
triu = _triangle("triu", np.triu, "what is on or above a diagonal, else 0")


@op(family="linalg", doc="sum of the diagonal of a matrix")
def trace(input: Array) -> Array:
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    if input.dtype.kind == "b":
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    return np.trace(input, dtype=np.int64 if input.dtype.kind in "iub" else input.dtype)


@trace.vjp
def trace_vjp(g: Array, input_shape: Any) -> Array:
    ones = np.eye(*input_shape)
    return g * (wrap(ones.astype(g._array.dtype)) if isinstance(g, Tensor) else ones.astype(g.dtype))


# ---- windows and grids ----


@op(family="shape", doc="windows of a size along a dimension, as a new last dimension", view=True)
def unfold(input: Array, dimension: int, size: int, step: int) -> Array:
    at = wrap_dim(dimension, input.ndim)
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    length = input.shape[at] if input.ndim else 1
    if size > length:
        raise RuntimeError(
            f"maximum size for tensor at dimension {at} is {length} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if not input.ndim:      # seen as one element in a row
        return input.reshape(1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(input, size, at, writeable=True)
    return windows[(slice(None),) * at + (slice(None, None, step),)]


@unfold.vjp
def unfold_vjp(g: Array, input_shape: Any, dimension: int, size: int, step: int) -> Array:
    return add_windows(g, dimension, size, step, input_shape) if input_shape else g.sum()


@op(family="shape", doc="windows added back where they came from", internal=True)
def add_windows(input: Array, dimension: int, size: int, step: int, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    at = dimension % len(shape)
    count = input.shape[at]
    for k in range(size):
        place = (slice(None),) * at + (slice(k, k + (count - 1) * step + 1, step),)
        out[place] += input[..., k]
    return out


@add_windows.vjp
def add_windows_vjp(g: Array, dimension: int, size: int, step: int) -> Array:
    return unfold(g, dimension, size, step)


@composite(family="shape", doc="grids of coordinates from vectors", method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Array, ...]:
    listed = len(tensors) == 1 and isinstance(tensors[0], (list, tuple))
    vectors = list(tensors[0]) if listed else list(tensors)
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f"torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {indexing}"
        )
    for v in vectors:
        if v.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {v}")
        if v.dtype is not vectors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    shape = tuple(v.numel() for v in vectors)
    grids = [
        expand(reshape(v, (1,) * i + (-1,) + (1,) * (len(vectors) - i - 1)), shape)
        for i, v in enumerate(vectors)
    ]
    swap = indexing == "xy" and len(vectors) >= 2
    return tuple(transpose(grid, 0, 1) if swap else grid for grid in grids)


@composite(family="shape", doc="tensors stretched to their common shape", method=False)
def broadcast_tensors(*tensors: Any) -> tuple[Array, ...]:
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    shape: tuple[int, ...] = ()
    for t in given:
        try:
            shape = np.broadcast_shapes(shape, t._array.shape)
        except ValueError:
            raise errors.broadcast(shape, t._array.shape) from None
    return tuple(expand(t, shape) for t in given)


def _at_least(ndim: int, reach: Any) -> None:
    def function(*tensors: Any) -> Any:
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return reach(tensors[0])
        given = tensors[0] if len(tensors) == 1 else tensors
        return tuple(reach(t) for t in given)

    function.__name__ = f"atleast_{ndim}d"
    composite(family="shape", doc=f"with at least {ndim} dimensions", method=False)(function)


def _to_3d(t: Array) -> Array:
    return unsqueeze(_to_2d(t), -1) if t.ndim < 3 else t


def _to_2d(t: Array) -> Array:
    return t if t.ndim >= 2 else reshape(t, (1, -1))


_at_least(1, lambda t: t if t.ndim else reshape(t, (1,)))
_at_least(2, _to_2d)
_at_least(3, _to_3d)


@composite(family="shape", doc="matrices along the diagonal of one", method=False)
def block_diag(*tensors: Any) -> Array:
    blocks = [_to_2d(t) for t in tensors]
    width = int(np.sum([b.shape[1] for b in blocks]))
    rows, left = [], 0
    for b in blocks:
        parts = [b.new_zeros(b.shape[0], left), b, b.new_zeros(b.shape[0], width - left - b.shape[1])]
        rows.append(cat([p for p in parts if p.shape[1]] or [b], 1))
        left += b.shape[1]
    return cat(rows, 0)


@composite(family="shape", doc="all combinations of the elements of vectors, one a row", method=False)
def cartesian_prod(*tensors: Any) -> Array:
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors)
    return cat([reshape(g, (-1, 1)) for g in grids], 1)


@composite(family="shape", doc="all r-element combinations of a vector, one a row", method=False)
def combinations(input: Array, r: int = 2, with_replacement: bool = False) -> Array:
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(choose(range(len(input)), r)), np.int64).reshape(-1, r)
    return input[wrap(constant(places))]
