"""Choosing elements by position, and putting values there."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.inplace import copy_, write
from engine.op import Array, op
from engine.tensor import Tensor


def _plain_index(index: Any) -> tuple[Any, bool]:
    """An index as numpy takes it, and whether it only steps through memory (so the result is a view)."""
    parts = index if isinstance(index, tuple) else (index,)
    found: list[Any] = []
    basic = True
    for part in parts:
        if isinstance(part, Tensor):
            part = part._array
            if part.dtype == np.uint8:
                part = part.astype(np.bool_)
            if part.ndim or part.dtype.kind == "b":
                basic = False
            else:
                part = int(part)
        elif isinstance(part, (list, np.ndarray)):
            part = np.asarray(part) if len(part) else np.zeros(0, np.int64)
            basic = False
        elif isinstance(part, (bool, np.bool_)):
            basic = False
        elif isinstance(part, slice):
            part = slice(_whole(part.start), _whole(part.stop), _whole(part.step))
            if part.step is not None and part.step <= 0:
                raise ValueError("step must be greater than zero")
        elif part is not None and part is not Ellipsis:
            part = int(part)
        found.append(part)
    return tuple(found), basic


def _whole(bound: Any) -> int | None:
    return None if bound is None else int(bound)


def _check(index: tuple[Any, ...], shape: tuple[int, ...]) -> None:
    """PyTorch's words for an index that is out of range or one too many."""
    used = 0
    for part in index:
        used += 0 if part is None or part is Ellipsis else (part.ndim if _is_mask(part) else 1)
    if used > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


def _node_name(node: Any) -> str:
    index = node.statics[0]
    return "SelectBackward0" if any(isinstance(p, int) for p in index) else "SliceBackward0"


@op(family="index", doc="a part reached by steps through memory", view=True, node=_node_name, internal=True)
def slices(input: Array, index: tuple[Any, ...]) -> Array:
    return input[index if Ellipsis in index else (*index, Ellipsis)]


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


@op(family="index", doc="elements gathered by arrays of positions", node="IndexBackward0", internal=True)
def index(input: Array, index: Any) -> Array:
    return input[index]


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
def index_put(input: Array, values: Array, index: Any, accumulate: bool = False) -> Array:
    out = input.copy()
    if accumulate:
        np.add.at(out, index, values)
    else:
        out[index] = values
    return out


@index_put.vjp
def index_put_vjp(g: Array, index: Any, accumulate: bool) -> tuple[Array, Array]:
    at = getitem(g, index)
    return (g if accumulate else index_put(g, 0, index, False)), at


def getitem(input: Any, key: Any) -> Any:
    """``input[key]``: a view for integers, slices, ``None`` and ``...``, a copy for arrays and masks."""
    if isinstance(input, np.ndarray):
        return input[key]
    place, basic = _plain_index(key)
    _check(place, input._array.shape)
    try:
        return slices.call(input, place) if basic else index.call(input, place)
    except IndexError as problem:
        raise _out_of_range(problem, place, input._array.shape) from None


def _out_of_range(problem: IndexError, place: tuple[Any, ...], shape: tuple[int, ...]) -> IndexError:
    dim = 0
    for part in place:
        if part is None:
            continue
        if part is Ellipsis:
            break
        if isinstance(part, int) and not -shape[dim] <= part < shape[dim]:
            return IndexError(f"index {part} is out of bounds for dimension {dim} with size {shape[dim]}")
        dim += 1
    return IndexError(str(problem))


def setitem(input: Tensor, key: Any, value: Any) -> None:
    """``input[key] = value``, in place and differentiable."""
    place, basic = _plain_index(key)
    _check(place, input._array.shape)
    if basic:
        copy_(getitem(input, key), value)
    else:
        if not isinstance(value, Tensor):
            value = np.asarray(value, input._array.dtype)
        write(input, index_put, (input, value, place, False), any_type=True)

