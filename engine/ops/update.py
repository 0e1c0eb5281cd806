"""A tensor with some of its elements replaced or combined, as a new tensor; and views by strides."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from engine.op import Array, composite, op
from engine.ops.arrange import broadcast_tensors
from engine.ops.compare import where
from engine.ops.extreme import maximum, minimum
from engine.ops.gather import add_rows, check_rows, check_source, put_at, take_at
from engine.ops.index import put_index
from engine.ops.reduce import vector_norm
from engine.ops.scatter import check_scatter, scatter, scatter_add
from engine.ops.shape import reshape, wrap_dim
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor, wrap


def _as_vector(call: Any, input: Array, dim: int, *rest: Any) -> Array:
    """The call on a single element seen as a vector of one."""
    return reshape(call(reshape(input, (1,)), wrap_dim(dim, 0), *rest), ())


def _along(dim: int, ndim: int, index: Array) -> tuple[Any, ...]:
    """A full index that is ``index`` in one dimension."""
    return (slice(None),) * wrap_dim(dim, ndim) + (np.atleast_1d(index._array),)


@composite(family="index", doc="input with values put at positions, or added to what is there", inplace=True)
def index_put(input: Array, indices: Any, values: Array, accumulate: bool = False) -> Array:
    places = tuple(i._array for i in indices)
    return put_index(input, values, places, accumulate)


@composite(family="index", doc="input with the entries at index along dim taken from source", inplace=True)
def index_copy(input: Array, dim: int, index: Array, source: Array) -> Array:
    if not input.ndim:
        return _as_vector(index_copy, input, dim, index, reshape(source, (1,)))
    _same_kind(
        "index_copy_(): self and source expected to have the same dtype, but got (self) {} and (source) {}",
        input, source,
    )
    check_rows(index, dim, input, before="index_copy_(): ")
    at = wrap_dim(dim, input.ndim)
    own, given = ([n for d, n in enumerate(t.shape) if d != at] for t in (input, source))
    if own != given:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, own))} at dimension {at} and source slice shape: "
            f"{' '.join(map(str, given))} at dimension 0."
        )
    return put_index(input, source, _along(dim, input.ndim, index), False)


@composite(family="index", doc="input with value in the entries at index along dim", inplace=True)
def index_fill(input: Array, dim: int, index: Array, value: Array) -> Array:
    if not input.ndim:
        return _as_vector(index_fill, input, dim, index, value)
    check_rows(index, dim, input)
    if not isinstance(value, Tensor):
        filling = wrap(constant(np.asarray(value, input._array.dtype)))
    else:
        filling = value
        if value.requires_grad:
            index = derived(np.unique, index, sized=True)       # a place named twice is filled once
    return put_index(input, filling, _along(dim, input.ndim, index), False)


@composite(
    family="index", doc="input with the elements where mask holds taken from source, in order", inplace=True
)
def masked_scatter(input: Array, mask: Array, source: Array) -> Array:
    if mask._array.dtype.kind != "b":
        kind = mask.dtype.tensor_type[6:-6]
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {kind}")
    if input.dtype is not source.dtype:
        kinds = [t.dtype.tensor_type[6:-6] for t in (input, source)]
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got{kinds[0]} and {kinds[1]}"
        )
    input, mask = broadcast_tensors(input, mask)
    places = derived(np.flatnonzero, mask, sized=True)
    if source.numel() < len(places):
        raise RuntimeError("Number of elements of source < number of ones in mask")
    filled = put_index(reshape(input, (-1,)), reshape(source, (-1,))[: len(places)], (places._array,), False)
    return reshape(filled, tuple(input.shape))


def _in_copy(input: Array, region: Any, src: Array) -> Array:
    out = input.clone()
    place = region(out)
    if place.shape != src.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src.shape)}, slice size = {list(place.shape)}"
        )
    place.copy_(src)
    return out


def _same_kind(words: str, input: Array, source: Array) -> None:
    """RuntimeError with both types filled in, where they differ."""
    if input.dtype is not source.dtype:
        raise RuntimeError(words.format(*(t.dtype.tensor_type[6:-6] for t in (input, source))))


@composite(family="index", doc="input with one entry of a dimension replaced by src")
def select_scatter(input: Array, src: Array, dim: int, index: int) -> Array:
    return _in_copy(input, lambda out: out.select(dim, index), src)


@composite(family="index", doc="input with a stretch of a dimension replaced by src")
def slice_scatter(
    input: Array, src: Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Array:
    place = (slice(None),) * wrap_dim(dim, input.ndim) + (slice(start, end, step),)
    return _in_copy(input, lambda out: out[place], src)


@composite(family="index", doc="input with a diagonal replaced by src")
def diagonal_scatter(input: Array, src: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    return _in_copy(input, lambda out: out.diagonal(offset, dim1, dim2), src)


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """In place: ``fill_value`` where all coordinates are the same; ``wrap`` begins again below a square."""
    if self.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if self.ndim > 2 and len(set(self.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    return self.masked_fill_(_on_diagonal(tuple(self.shape), wrap), fill_value)


def _on_diagonal(shape: tuple[int, ...], again: bool) -> Tensor:
    found = np.zeros(shape, np.bool_)
    if again and len(shape) == 2:
        found.reshape(-1)[:: shape[1] + 1] = True
    else:
        found[(np.arange(min(shape)),) * len(shape)] = True
    return wrap(found)


# ---- scatter with a choice of how to combine ----


@composite(
    family="index", doc="input combined with src at index along dim by sum, mean, prod, amax or amin",
    inplace=True,
)
def scatter_reduce(
    input: Array, dim: int, index: Array, src: Array, reduce: str, *, include_self: bool = True
) -> Array:
    if reduce not in ("sum", "mean", "amax", "amin", "prod"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if not input.ndim:
        parts = (reshape(part, (1,)) for part in (index, src))
        return _as_vector(partial(scatter_reduce, include_self=include_self), input, dim, *parts, reduce)
    if index.numel():
        check_scatter(input, dim, index, src)
    if src.shape != index.shape:
        src = src[tuple(slice(0, n) for n in index.shape)]
    if not include_self:
        low, high = _limits(input._array.dtype)
        first = {"amax": low, "amin": high, "prod": 1}.get(reduce, 0)
        start = wrap(constant(np.asarray(first, input._array.dtype)))
        touched = put_at(src.detach() * 0 + 1, index, dim, tuple(input.shape)) > 0
        neutral = where(touched, start, input)
        if reduce == "mean":
            sums = scatter_add(neutral, dim, index, src)
            counts = put_at(src.detach() * 0 + 1, index, dim, tuple(input.shape))
            return where(touched, _share(sums, counts.clamp(min=1)), input)
        return scatter_reduce(neutral, dim, index, src, reduce)
    if reduce == "sum":
        return scatter_add(input, dim, index, src)
    if reduce == "mean":
        counts = put_at(src.detach() * 0 + 1, index, dim, tuple(input.shape)) + 1
        return _share(scatter_add(input, dim, index, src), counts)
    return _by_rounds(input, dim, index, src, reduce)


@composite(family="index", doc="input combined with the entries of source at index along dim", inplace=True)
def index_reduce(
    input: Array, dim: int, index: Array, source: Array, reduce: str, *, include_self: bool = True
) -> Array:
    if not input.ndim:
        one, values = reshape(input, (1,)), reshape(source, (1,))
        return reshape(index_reduce(one, 0, index, values, reduce, include_self=include_self), ())
    at = wrap_dim(dim, input.ndim)
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )
    _same_kind("index_reduce_(): self ({}) and source ({}) must have the same scalar type", input, source)
    check_source(input, dim, source)
    places = reshape(index, [-1 if d == at else 1 for d in range(source.ndim)]).expand(*source.shape)
    return scatter_reduce(input, at, places, source, reduce, include_self=include_self)


@composite(family="index", doc="input with values put at positions of its flattened form", inplace=True)
def put(input: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    if index._array.dtype != np.int64:
        kind = index.dtype.tensor_type[6:-6]
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {kind}")
    _same_kind(
        "put_(): self and source expected to have the same dtype, but got self.dtype = {} and "
        "source.dtype = {}", input, source,
    )
    if source.numel() != index.numel():
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.numel()}, index.numel() = {index.numel()}"
        )
    flat = reshape(input, (-1,))
    values = reshape(source, (-1,))
    return reshape(put_index(flat, values, (reshape(index, (-1,))._array,), accumulate), tuple(input.shape))


def _share(sums: Array, counts: Array) -> Array:
    return sums / counts if sums.is_floating_point() else sums // counts


def _limits(kind: Any) -> tuple[Any, Any]:
    if kind.kind == "f":
        return -np.inf, np.inf
    if kind.kind == "b":
        return False, True
    info = np.iinfo(kind)
    return info.min, info.max


def _by_rounds(input: Array, dim: int, index: Array, src: Array, reduce: str) -> Array:
    """One round for each position along ``dim`` of the index: within a round nothing meets twice."""
    combine = {"amax": maximum.call, "amin": minimum.call, "prod": lambda a, b: a * b}[reduce]
    out = input
    for i in range(index.shape[wrap_dim(dim, index.ndim)]):
        at, value = index.narrow(dim, i, 1), src.narrow(dim, i, 1)
        out = scatter(out, dim, at, combine(take_at(out, at, dim), value))
    return out


# ---- strides ----


@op(family="shape", doc="the same memory read with other sizes and steps", view=True)
def as_strided(
    input: Array, size: Any, stride: Any, storage_offset: int | None = None, within: Any = None
) -> Array:
    """`within` is where the input's own elements lie: its steps and its offset, for the rule."""
    flat, first = _flat(input, storage_offset)
    item = input.itemsize
    # What lies before the memory is not ours to read either: numpy would let us.
    if min(stride, default=0) < 0:
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}"
        )
    if first < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {first}")
    last = first + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if 0 not in size and last >= flat.size:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {first}, and itemsize "
            f"{item} requiring a storage size of {(last + 1) * item} are out of bounds for storage of size "
            f"{flat.nbytes}"
        )
    return np.ndarray(tuple(size), input.dtype, flat, first * item, tuple(step * item for step in stride))


def _flat(input: Any, offset: int | None) -> tuple[Any, int]:
    """The whole memory that an array is part of, and where in it to start."""
    owner = input
    while isinstance(owner.base, np.ndarray) and owner.base.dtype == input.dtype:
        owner = owner.base
    start = (input.ctypes.data - owner.ctypes.data) // input.itemsize
    return owner.ravel("K"), start if offset is None else offset


@as_strided.front
def as_strided_front(input: Array, size: Any, stride: Any, storage_offset: int | None = None) -> Array:
    offset = input.storage_offset() if storage_offset is None else storage_offset
    form = tuple(size), tuple(stride), offset
    out = as_strided.call(input, *form, (input.stride(), input.storage_offset()))
    if isinstance(out, Tensor) and out._view is not None:   # it reads the memory, beyond `input` too
        base = out._view.base
        within = base.stride(), base.storage_offset()
        out._view.replay = lambda base: as_strided.call(base, *form, within)
    return out


@as_strided.vjp
def as_strided_vjp(
    g: Array, input_shape: Any, size: Any, stride: Any, storage_offset: Any, within: Any
) -> Array:
    steps, own = within
    read = _places(size, stride, own if storage_offset is None else storage_offset)
    held = _places(input_shape, steps, own)
    span = 1 + max(read.max(initial=0), held.max(initial=0))
    memory = add_rows(reshape(g, (-1,)), _like(g, read), 0, (span,))
    counts = np.maximum(np.bincount(held, minlength=span), 1)
    if counts.max() > 1:        # an element that stands in several places has its share from each
        memory = memory / _like(g, counts.astype(g._array.dtype if isinstance(g, Tensor) else g.dtype))
    return reshape(take_at(memory, _like(g, held), 0), input_shape)


def _places(size: Any, stride: Any, offset: int) -> Any:
    """Where in memory the elements of a shape with these steps lie, in row-major order."""
    places = np.full(tuple(size), offset)
    for axis, (n, step) in enumerate(zip(size, stride, strict=True)):
        places += (np.arange(n) * step).reshape(-1, *(1,) * (len(size) - axis - 1))
    return places.reshape(-1)


def _like(g: Array, array: Any) -> Array:
    return wrap(array) if isinstance(g, Tensor) else array


@composite(family="index", doc="rows whose p-norm is above maxnorm scaled down to it", inplace=True)
def renorm(input: Array, p: float, dim: int, maxnorm: float) -> Array:
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    others = tuple(d for d in range(input.ndim) if d != wrap_dim(dim, input.ndim))
    size = vector_norm(input, p, others, True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)
