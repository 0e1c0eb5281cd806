"""The form of calls and results: what is in them beside the numbers of their tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.tensor import Tensor, wrap


class Same:
    """Stands for an object that is compared by identity, and keeps it alive."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


def is_named(kind: type) -> bool:
    """Whether this is a kind of named tuple."""
    return issubclass(kind, tuple) and hasattr(kind, "_make")


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same lists, tuples and dicts with ``change`` of everything else that is in them."""
    kind = type(value)
    if kind is tuple or kind is list:
        return kind([mapped(part, change) for part in value])
    if kind is dict:
        return {name: mapped(part, change) for name, part in value.items()}
    return kind._make([mapped(part, change) for part in value]) if is_named(kind) else change(value)


def signature(value: Any, tensors: list[Tensor]) -> Any:
    """What two calls must have in common to share a plan; fills ``tensors`` with those in ``value``."""
    kind = type(value)
    if kind is tuple or kind is list:
        return (kind, *[signature(part, tensors) for part in value])
    if isinstance(value, Tensor):
        tensors.append(value)
        array, first = value._array, 0
        while tensors[first] is not value:
            first += 1
        return array.shape, array.dtype, value._requires_grad, first, order(array)
    if kind is dict:
        return (dict, *[(name, signature(part, tensors)) for name, part in value.items()])
    if isinstance(value, float) and (value == 0 or value != value):
        return kind, repr(value)  # -0.0 is another number than 0.0, NaN the same as NaN
    if value is None or isinstance(value, (int, float, str, bytes)):
        return kind, value
    if is_named(kind):
        return (kind, *[signature(part, tensors) for part in value])
    return Same(value)


def order(array: np.ndarray) -> tuple[int, ...]:
    """The axes from the largest step to the smallest, on which rounding depends; () if row-major."""
    return () if array.flags.c_contiguous else tuple(np.argsort(array.strides, kind="stable")[::-1].tolist())


def is_tensor(form: Any) -> bool:
    """Whether the signature is that of a tensor."""
    return type(form) is tuple and type(form[0]) is tuple


def own(tensor: Tensor) -> Tensor:
    """A stand-in for an argument that is a part of a larger array, so that a recording sees only the part."""
    alias = wrap(tensor._array.copy("K"))
    alias._requires_grad = tensor._requires_grad
    return alias


def replaced(value: Any, stand_ins: dict[int, Tensor]) -> Any:
    """A call's arguments with stand-ins for some tensors."""
    return mapped(value, lambda part: stand_ins.get(id(part), part) if isinstance(part, Tensor) else part)


def detached(result: Any) -> Any:
    """Results of a captured step are outside any graph, whether it was recorded or replayed."""
    return mapped(result, _detached)


def _detached(part: Any) -> Any:
    if isinstance(part, Tensor) and part._requires_grad and part._node is not None:
        return part.detach()
    return part
