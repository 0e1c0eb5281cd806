"""What a tensor is made of, as one fresh array: numbers, nested sequences, numpy's arrays, other tensors."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from engine.dtypes import as_numpy_dtype, from_numpy_dtype, get_default_dtype, promote_numpy
from engine.tensor import Tensor

_SEQUENCES = (list, tuple)


def array_of(data: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A fresh array of ``data``: Python floats in the default dtype, numpy's types and tensors' as they are.

    Raises:
        TypeError: for text, and for numpy's types that PyTorch has no tensors of.
        ValueError: for sequences that are not rectangular, and for whole numbers beyond 64 bits.
        RuntimeError: for what is no number.
    """
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
        from_numpy_dtype(array.dtype)
        refuse_backwards(array)
    else:
        data = _listed(data)
        if dtype is None:
            dtype = from_numpy_dtype(_kind(data))
        try:
            array = np.array(_unwrapped(data))
        except ValueError:
            raise _ragged(data) from None
        if array.dtype.kind == "O" or array.dtype == np.uint64:
            raise ValueError("Overflow when unpacking long long")
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
    """Nested lists with the tensors in them made plain."""
    if isinstance(data, Tensor):
        return data._array
    return [_unwrapped(d) for d in data] if isinstance(data, _SEQUENCES) else data


def _ragged(data: Any, depth: int = 1) -> ValueError:
    """Where nested lists stop being rectangular, in PyTorch's words."""
    lengths = [len(d) if isinstance(d, (*_SEQUENCES, np.ndarray)) else -1 for d in data]
    for length in lengths:
        if length != lengths[0]:
            return ValueError(f"expected sequence of length {lengths[0]} at dim {depth} (got {length})")
    deeper = [_ragged(d, depth + 1) for d in data if isinstance(d, _SEQUENCES)]
    return next((d for d in deeper if d.args), ValueError()) if deeper else ValueError()
