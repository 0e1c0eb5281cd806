"""What a tensor says about its shape, type and memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import device as devices
from engine import dtypes, errors
from engine.layout import strided


class Size(tuple[int, ...]):
    """A shape: a tuple that prints as PyTorch's and can count its elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        count = 1
        for n in self:
            count *= n
        return count

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        return Size, (tuple(self),)


class Facts:
    """The part of Tensor that only reads: all from the numpy array's own facts."""

    __slots__ = ()

    _array: np.ndarray[Any, Any]

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return Size(self._array.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length of one dimension."""
        if dim is None:
            return Size(self._array.shape)
        try:
            return self._array.shape[dim]
        except IndexError:
            raise errors.dim_range(dim, self._array.ndim) from None

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    def is_same_size(self, other: Any) -> bool:
        """Whether the other tensor has the same shape."""
        return bool(self._array.shape == other._array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.from_numpy_dtype(self._array.dtype)

    def element_size(self) -> int:
        """Bytes of one element."""
        return self._array.itemsize

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._array.nbytes

    @property
    def device(self) -> devices.device:
        """Always the CPU."""
        return devices.CPU

    layout = strided
    is_cpu, is_cuda, is_sparse, is_quantized, is_meta = True, False, False, False, False

    def cuda(self, device: Any = None) -> None:
        """AssertionError: there is only the CPU."""
        devices.require_cpu("cuda")

    def get_device(self) -> int:
        """The number of the device: −1, as PyTorch has it for the CPU."""
        return -1

    def is_floating_point(self) -> bool:
        """Whether the elements are floating point numbers."""
        return self._array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Always False: complex numbers are not supported."""
        return False

    def is_signed(self) -> bool:
        """Whether the element type has negative numbers."""
        return self._array.dtype.kind in "fi"

    def stride(self, dim: int | None = None) -> Any:
        """Steps, in elements, from one entry to the next along each dimension."""
        if self._array.size:
            strides = tuple(s // self._array.itemsize for s in self._array.strides)
        else:  # numpy has zeros here
            shape = self._array.shape
            strides = tuple(math.prod(max(n, 1) for n in shape[i + 1 :]) for i in range(len(shape)))
        return strides if dim is None else strides[dim]

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in row-major order."""
        return self._array.flags.c_contiguous

    def data_ptr(self) -> int:
        """The memory address of the first element."""
        return int(self._array.ctypes.data)

    def storage_offset(self) -> int:
        """Elements between the start of the shared memory and this tensor's first element."""
        owner = self._array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        return (int(self._array.ctypes.data) - int(owner.ctypes.data)) // self._array.itemsize
