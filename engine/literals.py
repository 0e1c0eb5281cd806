"""What a tensor is made of, as one fresh array: numbers, nested sequences, numpy's arrays, other tensors."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from engine.dtypes import as_numpy_dtype, from_numpy_dtype, get_default_dtype, promote_numpy, refuse_overflow
from engine.tensor import Tensor

_SEQUENCES = (list, tuple)
_ROWS = (list, tuple, np.ndarray)


def array_of(data: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A fresh array of ``data``: Python floats in the default dtype, numpy's types and tensors' as they are.

    Raises:
        TypeError: for text, for numpy's types that PyTorch has no tensors of, and for lists among numbers.
        ValueError: for sequences that are not rectangular, for tensors of several numbers in a list, and for
            whole numbers beyond 64 bits.
        RuntimeError: for what is no number, and for numbers that ``dtype`` has no room for.
    """
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
        from_numpy_dtype(array.dtype)
        refuse_backwards(array)
    else:
        data = _listed(data)
        kind = _kind(data) if dtype is None else as_numpy_dtype(dtype)
        plain = _unwrapped(data)
        try:
            array = np.array(plain)
        except ValueError:
            raise _ragged(data, kind) from None
        if array.dtype.kind == "O" or array.dtype == np.uint64:
            raise ValueError("Overflow when unpacking long long")
        if array.dtype != kind:
            refuse_overflow(array, kind, filled=False)
        dtype = from_numpy_dtype(kind)
    return array.copy() if dtype is None else np.array(array, as_numpy_dtype(dtype))


def refuse_backwards(array: np.ndarray[Any, Any]) -> None:
    """ValueError for an array that goes through its memory backwards, as PyTorch's tensors cannot."""
    if any(stride < 0 for stride in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are "
            "not currently supported. (You can probably work around this by making a copy of your array  "
            "with array.copy().) "
        )


def _listed(data: Any) -> Any:
    """Another kind of sequence as a list, an object with an array of its own as that."""
    if isinstance(data, (*_SEQUENCES, str, bytes, int, float)):
        return data
    if hasattr(data, "__array__"):
        return np.asarray(data)
    return list(data) if hasattr(data, "__len__") and hasattr(data, "__getitem__") and not (
        isinstance(data, dict)
    ) else data


def _kind(data: Any) -> np.dtype[Any]:
    """The type that holds all numbers of nested sequences, each of its own type."""
    found: dict[Any, None] = {}
    _collect(data if isinstance(data, _SEQUENCES) else [data], found, isinstance(data, _SEQUENCES))
    default = get_default_dtype().numpy
    return reduce(promote_numpy, found) if found else default


_PLAIN = {bool: np.dtype(np.bool_), int: np.dtype(np.int64)}


def _collect(data: Any, found: dict[Any, None], nested: bool) -> None:
    for kind in dict.fromkeys(map(type, data)):
        if issubclass(kind, _SEQUENCES):
            for part in data:
                if type(part) is kind:
                    _collect(part, found, nested)
        elif kind in _PLAIN:
            found[_PLAIN[kind]] = None
        elif kind is float:
            found[get_default_dtype().numpy] = None
        elif issubclass(kind, (str, bytes)):
            if nested and type(data[0]) is kind:
                raise ValueError(f"too many dimensions '{kind.__name__}'")
            raise TypeError(f"new(): invalid data type '{kind.__name__}'")
        else:
            found.update((_dtype_of(item), None) for item in data if type(item) is kind)


def _dtype_of(item: Any) -> np.dtype[Any]:
    if isinstance(item, Tensor):
        return item._array.dtype
    if isinstance(item, (np.ndarray, np.generic)):
        from_numpy_dtype(item.dtype)
        return item.dtype
    if isinstance(item, (bool, int, float)):        # a subclass
        return _PLAIN[int] if isinstance(item, int) else get_default_dtype().numpy
    raise RuntimeError(f"Could not infer dtype of {type(item).__name__}")


def _unwrapped(data: Any) -> Any:
    """Nested lists with the tensors in them made plain: a tensor counts as the one number that it holds."""
    if isinstance(data, Tensor):
        return data._array
    if not isinstance(data, _SEQUENCES):
        return data
    numbers = bool(data) and not isinstance(data[0], _ROWS)
    return [_number(d) if numbers and isinstance(d, Tensor) else _unwrapped(d) for d in data]


def _number(tensor: Tensor) -> Any:
    if tensor._array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return tensor._array.reshape(())[()]


def _ragged(data: Any, kind: np.dtype[Any]) -> Exception:
    """Where nested lists stop being rectangular, in PyTorch's words."""
    shape, first = [], data
    while isinstance(first, _ROWS) and len(first):
        shape.append(len(first))
        first = first[0]
    return _misfit(data, shape, kind) or ValueError("the rows are not of one shape")


def _misfit(data: Any, shape: list[int], kind: np.dtype[Any], dim: int = 0) -> Exception | None:
    """The first part of nested lists that is not as the first ones are."""
    if not isinstance(data, _ROWS):
        return TypeError("not a sequence") if dim < len(shape) else None
    if dim == len(shape):
        name = type(data).__name__
        return TypeError(
            f"must be real number, not {name}" if kind.kind == "f"
            else f"'{name}' object cannot be interpreted as an integer"
        )
    if len(data) != shape[dim]:
        return ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    found = (_misfit(part, shape, kind, dim + 1) for part in data)
    return next((fault for fault in found if fault is not None), None)
