"""``torch.utils.dlpack``: memory handed to another library and taken from one, shared."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import creation
from engine.tensor import Tensor

_CPU = (1, 0)       # DLPack's kind of device, and its number


class _Capsule:
    """What ``to_dlpack`` gave, as an object that numpy reads from."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return _CPU


class _Writable:
    """An array's memory for writing: numpy takes that of a capsule, which is silent on it, as read-only."""

    def __init__(self, array: Any) -> None:
        self._array = array
        facts = array.__array_interface__
        self.__array_interface__ = {**facts, "data": (facts["data"][0], False)}


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule of the tensor's memory, for one reader."""
    return tensor.__dlpack__()


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of a capsule, or of another library's array or tensor."""
    if hasattr(ext_tensor, "__dlpack__"):
        return creation.from_dlpack(ext_tensor)
    return creation.from_numpy(np.asarray(_Writable(np.from_dlpack(_Capsule(ext_tensor)))))
