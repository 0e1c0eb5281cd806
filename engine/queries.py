"""Questions about tensors and shapes, asked by functions rather than methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.facts import Size
from engine.tensor import Tensor


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that all of these broadcast to; an int counts as a shape of one dimension."""
    try:
        return Size(np.broadcast_shapes(*shapes))
    except ValueError:
        raise RuntimeError(
            "Shape mismatch: objects cannot be broadcast to a single shape"
        ) from None


def is_complex(input: Tensor) -> bool:
    """Always False: complex numbers are not supported."""
    return input.is_complex()


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of a tensor is not 0."""
    if input.numel() != 1:
        raise RuntimeError("Boolean value of Tensor with " + (
            "more than one value is ambiguous" if input.numel() else "no values is ambiguous"
        ))
    return bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape."""
    return input.is_same_size(other)


def is_signed(input: Tensor) -> bool:
    """Whether the element type of a tensor has negative numbers."""
    return input.is_signed()


def typename(obj: Any) -> str:
    """The name of a tensor's type, or the full name of another object's class."""
    if isinstance(obj, Tensor):
        return obj.dtype.tensor_type
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
