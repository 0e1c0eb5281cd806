"""The form of calls and results: what is in them beside the numbers of their tensors."""

from __future__ import annotations

from typing import Any

from engine.tensor import Tensor, wrap


class Same:
    """Stands for an object that is compared by identity, and keeps it alive."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


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
        return array.shape, array.dtype, value._requires_grad, first
    if kind is dict:
        return (dict, *[(name, signature(part, tensors)) for name, part in value.items()])
    if isinstance(value, float) and (value == 0 or value != value):
        return kind, repr(value)  # -0.0 is another number than 0.0, NaN the same as NaN
    if value is None or isinstance(value, (int, float, str, bytes)):
        return kind, value
    return Same(value)


def is_tensor(form: Any) -> bool:
    """Whether the signature is that of a tensor."""
    return type(form) is tuple and type(form[0]) is tuple


def own(tensor: Tensor) -> Tensor:
    """A stand-in for an argument that is a part of a larger array, so that a recording sees only the part."""
    alias = wrap(tensor._array.copy())
    alias._requires_grad = tensor._requires_grad
    return alias


def replaced(value: Any, stand_ins: dict[int, Tensor]) -> Any:
    """A call's arguments with stand-ins for some tensors."""
    if isinstance(value, Tensor):
        return stand_ins.get(id(value), value)
    if type(value) in (tuple, list):
        return type(value)([replaced(part, stand_ins) for part in value])
    if type(value) is dict:
        return {name: replaced(part, stand_ins) for name, part in value.items()}
    return value


def detached(result: Any) -> Any:
    """Results of a captured step are outside any graph, whether it was recorded or replayed."""
    if isinstance(result, Tensor):
        return result.detach() if result._requires_grad and result._node is not None else result
    if type(result) in (tuple, list):
        return type(result)([detached(part) for part in result])
    if type(result) is dict:
        return {name: detached(part) for name, part in result.items()}
    return result
