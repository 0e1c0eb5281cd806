"""Choosing elements by position, and putting values there."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import refuse_overflow
from engine.inplace import copy_, write
from engine.layout import in_rows
from engine.op import Array, op
from engine.ops.shape import expand, reshape
from engine.overlap import refuse_inner
from engine.recording import constant
from engine.tensor import Tensor

# A list with one of these in it is an index for each dimension, as numpy once read it and PyTorch still does.
_NO_NUMBERS = (Tensor, np.ndarray, list, tuple, range, slice, type(None), type(Ellipsis))


def _plain_index(index: Any) -> list[Any]:
    """An index as numpy takes it: ints, slices, None, ``...``, and arrays of positions or masks."""
    if isinstance(index, list) and len(index) < 32 and any(isinstance(part, _NO_NUMBERS) for part in index):
        warnings.warn(
            "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in "
            "pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as "
            "tensor index, x[torch.tensor(seq)], which will result either in an error or a different result",
            UserWarning, stacklevel=4,
        )
        index = tuple(index)
    found: list[Any] = []
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, Tensor):
            if part._array.dtype.kind == "f":
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
            array = part._array
            if array.dtype == np.uint8:
                part = array.astype(np.bool_)
            else:
                part = array if array.ndim or array.dtype.kind == "b" else operator.index(part)
        elif isinstance(part, np.ndarray) and part.ndim:
            part = part if len(part) else np.zeros(0, np.int64)
        elif isinstance(part, (list, tuple, range)):
            part = constant(np.asarray(part) if len(part) else np.zeros(0, np.int64))
        elif isinstance(part, (bool, np.bool_)) or (isinstance(part, np.ndarray) and part.dtype == bool):
            part = constant(np.asarray(part))
        elif isinstance(part, slice):
            part = slice(_whole(part.start), _whole(part.stop), _whole(part.step))
            if part.step == 0:
                raise ValueError("slice step cannot be zero")
            if part.step is not None and part.step < 0:
                raise ValueError("step must be greater than zero")
        elif part is not None and part is not Ellipsis:
            if not hasattr(part, "__index__"):
                raise IndexError(
                    "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
                    f"valid indices (got {type(part).__name__})"
                )
            part = operator.index(part)
        found.append(part)
    return found


def _two_steps(parts: list[Any], ndim: int) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """PyTorch's order: first what only steps through memory, then the arrays on what is left."""
    if not any(isinstance(p, np.ndarray) for p in parts):
        return tuple(parts), None
    used = sum(_width(p) for p in parts)
    if Ellipsis not in [p for p in parts if not isinstance(p, np.ndarray)]:
        parts = [*parts, Ellipsis]
    steps: list[Any] = []
    arrays: list[Any] = []
    for part in parts:
        if part is Ellipsis:
            rest = [slice(None)] * (ndim - used)
            steps += rest
            arrays += rest
        elif isinstance(part, np.ndarray):
            if _is_mask(part) and not part.ndim:  # True or False: a new dimension, kept or emptied
                steps.append(None)
                part = part.reshape(1)
            else:
                steps += [slice(None)] * _width(part)
            arrays.append(part)
        else:
            steps.append(part)
            if not isinstance(part, int):
                arrays.append(slice(None))
    return tuple(steps), tuple(arrays)


def _width(part: Any) -> int:
    """How many dimensions a part of an index uses up."""
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if _is_mask(part) else 1


def _whole(bound: Any) -> int | None:
    try:
        return None if bound is None else operator.index(bound)
    except TypeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


def _node_name(node: Any) -> str:
    index = node.statics[0]
    if any(p is None for p in index):
        return "UnsqueezeBackward0"
    return "SelectBackward0" if any(isinstance(p, int) for p in index) else "SliceBackward0"


@op(family="index", doc="a part reached by steps through memory", view=True, part=True, node=_node_name,
    internal=True)
def slices(input: Array, index: tuple[Any, ...]) -> Array:
    index = index if Ellipsis in index else (*index, Ellipsis)
    if None not in index:
        return input[index]
    kept = tuple(part for part in index if part is not None)
    new, at = [], 0         # numpy gives new dimensions steps of 0, PyTorch those of a row-major tensor
    for part in index:
        if part is None:
            new.append(at)
        if part is Ellipsis:
            at += input.ndim - len(kept) + 1
        elif not isinstance(part, int):
            at += 1
    return np.expand_dims(input[kept], tuple(new))


@slices.vjp
def slices_vjp(g: Array, input_shape: Any, index: Any) -> Array:
    return put_slices(g, index, input_shape)


@op(family="index", doc="zeros with a part replaced", internal=True)
def put_slices(input: Array, index: Any, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    out[index] = input
    return out


@put_slices.vjp
def put_slices_vjp(g: Array, index: Any) -> Array:
    return slices(g, index)


@op(family="index", doc="elements gathered by arrays of positions, or by masks", node="IndexBackward0",
    sized=lambda input, index: any(map(_is_mask, index)), internal=True)
def index(input: Array, index: Any) -> Array:
    return in_rows(input[index])


@index.vjp
def index_vjp(g: Array, input_shape: Any, index: Any) -> Array:
    return index_add_into(g, index, input_shape)


@op(family="index", doc="zeros with values added at positions", internal=True)
def index_add_into(input: Array, index: Any, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    np.add.at(out, index, input)
    return out


@index_add_into.vjp
def index_add_into_vjp(g: Array, index: Any) -> Array:
    return getitem(g, index)


@op(family="index", doc="input with values put at positions", node="IndexPutBackward0", internal=True)
def put_index(input: Array, values: Array, index: Any, accumulate: bool = False) -> Array:
    out = input.copy()
    try:
        if accumulate:
            np.add.at(out, index, values)
        else:
            out[index] = values
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing "
            f"result of shape {list(out[index].shape)}"
        ) from None
    return out


@put_index.vjp
def put_index_vjp(g: Array, index: Any, accumulate: bool) -> tuple[Array, Array]:
    at = getitem(g, index)
    return (g if accumulate else put_index(g, 0, index, False)), at


def getitem(input: Any, key: Any) -> Any:
    """``input[key]``: a view for integers, slices, ``None`` and ``...``, a copy for arrays and masks."""
    if isinstance(input, np.ndarray):
        return input[key]
    return _read(input, *_steps(input, key))


def _steps(input: Tensor, key: Any) -> tuple[Any, Any]:
    parts = _plain_index(key)
    ndim = input._array.ndim
    if sum(_width(p) for p in parts) > ndim:
        if ndim == 0 and isinstance(key, slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if ndim == 0 and isinstance(key, int):
            if key:
                raise IndexError(f"index {key} is out of bounds for dimension 0 with size 0")
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in "
                "C++ to convert a 0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    return _two_steps(parts, ndim)


def _read(input: Tensor, steps: Any, arrays: Any) -> Tensor:
    at = steps
    try:
        if arrays is None:
            return slices.call(input, steps)
        if any(p is None or isinstance(p, int) or p != slice(None) for p in steps):
            input = slices.call(input, steps)
        at = arrays
        return index.call(input, arrays)
    except IndexError as problem:
        raise _out_of_range(problem, at, input._array.shape) from None


def _out_of_range(problem: IndexError, place: tuple[Any, ...], shape: tuple[int, ...]) -> IndexError:
    """numpy's complaint in PyTorch's words."""
    dim = 0
    for at, part in enumerate(place):
        if part is Ellipsis:
            dim = len(shape) - sum(_width(later) for later in place[at + 1 :])
            continue
        if part is None:
            continue
        if isinstance(part, int) and not -shape[dim] <= part < shape[dim]:
            return IndexError(f"index {part} is out of bounds for dimension {at} with size {shape[dim]}")
        if _is_mask(part) and part.shape != shape[dim : dim + part.ndim]:
            return IndexError(
                f"The shape of the mask {list(part.shape)} at index {at} does not match the shape of the "
                f"indexed tensor {list(shape)} at index {dim}"
            )
        dim += part.ndim if _is_mask(part) else 1
    words = str(problem)
    if words.startswith("shape mismatch"):
        arrays = [part for part in place if isinstance(part, np.ndarray)]
        shapes = [p.shape for part in arrays for p in (part.nonzero() if _is_mask(part) else [part])]
        listed = ", ".join(str(list(shape)) for shape in shapes)
        return IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {listed}"
        )
    if words.endswith("with size 0"):
        return IndexError("index is out of bounds for dimension with size 0")
    return IndexError(words.replace("for axis", "for dimension"))


def _fills(arrays: tuple[Any, ...], value: Tensor) -> bool:
    """Whether one value goes everywhere where one mask holds: then it may be of any type."""
    used = [part for part in arrays if isinstance(part, np.ndarray)]
    return value.numel() == 1 and len(used) == 1 and _is_mask(used[0])


def _without_leading_ones(value: Tensor) -> Tensor:
    shape = tuple(value.shape)
    if not shape or shape[0] != 1:
        return value
    first = next((at for at, n in enumerate(shape) if n != 1), len(shape))
    return reshape(value, shape[first:])


def setitem(input: Tensor, key: Any, value: Any) -> None:
    """``input[key] = value``, in place and differentiable."""
    if not isinstance(value, (Tensor, int, float, np.generic)):
        raise TypeError(f"can't assign a {errors.kind_of(value)} to a {input.dtype.tensor_type}")
    if not isinstance(value, Tensor):
        refuse_overflow(value, input._array.dtype)
    steps, arrays = _steps(input, key)
    region = input if all(part == slice(None) for part in steps) else _read(input, steps, None)
    if arrays is None:
        if isinstance(value, Tensor) and value.shape != region.shape:
            value = expand(_without_leading_ones(value), tuple(region.shape))
        refuse_inner(region._array)
        copy_(region, value)
        return
    if not isinstance(value, Tensor):
        value = np.asarray(value, input._array.dtype)
    elif value.dtype is not input.dtype and not _fills(arrays, value):
        kinds = [t.dtype.tensor_type[6:-6] for t in (input, value)]
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{kinds[0]} for the destination and {kinds[1]} for the source."
        )
    if isinstance(value, Tensor):
        value = _without_leading_ones(value)
    try:
        write(region, put_index, (region, value, arrays, False), any_type=True)
    except IndexError as problem:
        raise _out_of_range(problem, arrays, region._array.shape) from None
    except (ValueError, RuntimeError):
        given, wanted = np.shape(value), region._array[arrays].shape
        if _broadcasts(given, wanted):
            raise
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(given)} cannot be broadcast to indexing result of "
            f"shape {list(wanted)}"
        ) from None


def _broadcasts(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(given) <= len(wanted) and all(
        size in (1, there) for size, there in zip(reversed(given), reversed(wanted), strict=False)
    )
