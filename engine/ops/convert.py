"""Copies and other types: clone, contiguous, to and its short forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import device as devices
from engine import dtypes
from engine.op import Array, composite, op
from engine.tensor import Tensor


@op(family="convert", doc="a copy with its own memory")
def clone(input: Array, memory_format: Any = None) -> Array:
    return np.array(input)


@clone.vjp
def clone_vjp(g: Array) -> Array:
    return g


@op(family="convert", doc="the values in another type", node="ToCopyBackward0", internal=True)
def cast(input: Array, dtype: Any) -> Array:
    return input.astype(dtypes.as_numpy_dtype(dtype))


@cast.vjp
def cast_vjp(g: Array) -> Array:
    return g


@op(family="convert", doc="the values in row-major memory", node="CloneBackward0", internal=True)
def row_major(input: Array) -> Array:
    return np.ascontiguousarray(input)


@row_major.vjp
def row_major_vjp(g: Array) -> Array:
    return g


@composite(family="convert", doc="the tensor itself, or a row-major copy where it is not row-major")
def contiguous(input: Array, memory_format: Any = None) -> Array:
    return input if input._array.flags.c_contiguous else row_major.call(input)


@composite(family="convert", doc="in another type; the tensor itself where it has that type already")
def to(
    input: Array, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **kwargs: Any
) -> Array:
    switches = [given for given in args if isinstance(given, bool)]     # non_blocking, copy
    copy = copy or switches[1:] == [True]
    for given in args:
        if isinstance(given, Tensor):
            dtype = given.dtype
        elif isinstance(given, dtypes.dtype) or given in (float, int, bool):
            dtype = given
        elif isinstance(given, (str, devices.device)):
            device = given
    devices.require_cpu(device)
    if dtype is None or dtypes.as_numpy_dtype(dtype) == input._array.dtype:
        return clone.call(input, None) if copy else input
    return cast.call(input, dtype)


def _short(name: str, target: dtypes.dtype) -> None:
    def method(input: Array, memory_format: Any = None) -> Array:
        return to(input, target)

    method.__name__ = name
    composite(family="convert", doc=f"in type {target.name}")(method)


for _name, _target in {
    "float": dtypes.float32,
    "double": dtypes.float64,
    "half": dtypes.float16,
    "int": dtypes.int32,
    "long": dtypes.int64,
    "short": dtypes.int16,
    "byte": dtypes.uint8,
    "char": dtypes.int8,
    "bool": dtypes.bool_,
}.items():
    _short(_name, _target)


@composite(family="convert", doc="in the type of other")
def type_as(input: Array, other: Array) -> Array:
    return to(input, other.dtype)


@composite(family="convert", doc="the tensor itself: there is only the CPU")
def cpu(input: Array) -> Array:
    return input
