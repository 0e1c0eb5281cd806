"""The memory behind a tensor, which all views of it share, seen as bytes or as elements."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine import dtypes
from engine.device import CPU
from engine.tensor import Tensor


def _memory(tensor: Tensor) -> np.ndarray[Any, Any]:
    """The whole memory as a vector of the tensor's type."""
    owner = tensor._array
    while isinstance(owner.base, np.ndarray) and owner.base.dtype == owner.dtype:
        owner = owner.base
    return owner.reshape(-1) if owner.flags.c_contiguous else owner.ravel("K")


class _Storage:
    def __init__(self, memory: np.ndarray[Any, Any], dtype: dtypes.dtype) -> None:
        self._memory = memory
        self._dtype = dtype

    device = CPU

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return int(self._memory.ctypes.data)

    def nbytes(self) -> int:
        """The size in bytes."""
        return self._memory.nbytes

    def size(self) -> int:
        """How many there are: elements, or bytes where it is untyped."""
        return self._memory.size

    __len__ = size

    def element_size(self) -> int:
        """Bytes of one element."""
        return self._memory.itemsize

    def tolist(self) -> list[Any]:
        """All of them as Python numbers."""
        found: list[Any] = self._memory.tolist()
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.data_ptr() == other.data_ptr()

    __hash__ = object.__hash__

    def _place(self, index: Any) -> int:
        if not isinstance(index, int):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        if not -self.size() <= index < self.size():
            raise IndexError(f"index {index} out of range for storage of size {self.size()}")
        return index

    def __getitem__(self, index: Any) -> Any:
        return self._memory[self._place(index)].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._memory[self._place(index)] = value

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self.tolist())
        return f"{lines}[{self._about()} of size {self.size()}]"

    def _about(self) -> str:
        raise NotImplementedError


class UntypedStorage(_Storage):
    """Memory as bytes."""

    def _about(self) -> str:
        return "torch.storage.UntypedStorage(device=cpu)"


class TypedStorage(_Storage):
    """Memory as elements of one type."""

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return self._dtype

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage(self._memory.view(np.uint8), dtypes.uint8)

    def _about(self) -> str:
        return f"torch.storage.TypedStorage(dtype={self.dtype}, device=cpu)"


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory behind this tensor, as bytes; views of one tensor share it."""
    return UntypedStorage(_memory(self).view(np.uint8), dtypes.uint8)


def storage(self: Tensor) -> TypedStorage:
    """The memory behind this tensor, as elements of its type."""
    warnings.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only "
        "storage class. This should only matter to you if you are using storages directly.  To access "
        "UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()",
        stacklevel=2,
    )
    return TypedStorage(_memory(self), self.dtype)
