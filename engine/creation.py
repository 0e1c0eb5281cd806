"""New tensors: from data, filled, counted."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import dtypes, errors
from engine.device import require_cpu, require_unpinned
from engine.dtypes import as_numpy_dtype, from_numpy_dtype, get_default_dtype
from engine.literals import array_of, refuse_backwards
from engine.recording import constant, watchers
from engine.sizes import sizes
from engine.tensor import Tensor, wrap

Shape = int | Sequence[int]


def finish(array: Any, requires_grad: bool) -> Tensor:
    """``array``, made of shapes and plain numbers, as a tensor."""
    made = wrap(constant(array))
    if requires_grad:
        made.requires_grad = True
    return made


def numpy_dtype(dtype: Any) -> np.dtype[Any]:
    return get_default_dtype().numpy if dtype is None else as_numpy_dtype(dtype)


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A tensor of a copy of ``data``: numbers, nested sequences, a numpy array or a tensor."""
    require_cpu(device)
    require_unpinned(pin_memory)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning, stacklevel=2,
        )
    made = wrap(array_of(data, dtype))
    if watchers and _is_plain(data):
        constant(made._array)
    return made.requires_grad_(requires_grad)


def _is_plain(data: Any) -> bool:
    """Whether nested sequences hold nothing but Python numbers."""
    return all(map(_is_plain, data)) if isinstance(data, (list, tuple)) else isinstance(data, (int, float))


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """``data`` as a tensor, sharing memory with a numpy array or tensor of the same type."""
    require_cpu(device)
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype is dtype else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == as_numpy_dtype(dtype)):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """``obj`` as a tensor, sharing memory where it can unless ``copy``."""
    require_cpu(device)
    made = wrap(array_of(obj, dtype)) if copy else as_tensor(obj, dtype)
    return made.requires_grad_(requires_grad) if requires_grad and not made.requires_grad else made


def scalar_tensor(s: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A number as a tensor without dimensions, in the default dtype unless another is given."""
    return tensor(s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


def frombuffer(
    buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """The bytes of an object read as a row of numbers, on the same memory."""
    kind = as_numpy_dtype(dtype)
    size = len(memoryview(buffer).cast("B"))
    if not size or not count:
        raise ValueError(f"both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({size} bytes) "
            "minus 1"
        )
    left = size - offset
    if count > 0 and count * kind.itemsize > left:
        raise ValueError(
            f"requested buffer length ({count} * {kind.itemsize} bytes) after offset ({offset} bytes) must "
            f"not be greater than actual buffer length ({size} bytes)"
        )
    if count < 0 and left % kind.itemsize:
        raise ValueError(
            f"buffer length ({left} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({kind.itemsize})"
        )
    return wrap(np.frombuffer(buffer, kind, count, offset)).requires_grad_(requires_grad)


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, Tensor)


def numel(input: Tensor) -> int:
    """The number of elements of a tensor."""
    return input.numel()


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements of a tensor are floating point numbers."""
    return input.is_floating_point()


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """A tensor on the memory of a numpy array."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    from_numpy_dtype(array.dtype)
    refuse_backwards(array)
    if not array.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. You "
            "may want to copy the array before converting it to a tensor: writing to this one is refused.",
            UserWarning, stacklevel=2,
        )
    return wrap(array)


def from_dlpack(obj: Any) -> Tensor:
    """A tensor on the memory of another library's array or tensor."""
    return wrap(np.from_dlpack(obj))


def zeros(
    *shape: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros of a shape, given as ints, as one sequence or as ``size``."""
    require_cpu(device)
    wanted = sizes(shape, size, "zeros")
    return finish(np.zeros(wanted, numpy_dtype(dtype)), requires_grad)


def ones(
    *shape: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones of a shape, given as ints, as one sequence or as ``size``."""
    require_cpu(device)
    return finish(np.ones(sizes(shape, size, "ones"), numpy_dtype(dtype)), requires_grad)


def empty(
    *shape: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Memory of a shape with whatever was in it."""
    require_cpu(device)
    made = wrap(np.empty(sizes(shape, size), numpy_dtype(dtype)))
    constant(made._array, blank=True)
    return made.requires_grad_(requires_grad)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``fill_value`` everywhere; its own type decides the dtype unless one is given."""
    require_cpu(device)
    if isinstance(size, int):
        raise TypeError("full(): argument 'size' (position 1) must be tuple of ints, not int")
    if not isinstance(fill_value, (int, float, Tensor, np.generic)):
        given = type(fill_value).__name__
        raise TypeError(f"full(): argument 'fill_value' (position 2) must be Number, not {given}")
    value: Any = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    kind = dtypes.scalar_numpy(value) if dtype is None else as_numpy_dtype(dtype)
    dtypes.refuse_overflow(value, kind)
    return finish(np.full(sizes((size,), name="full"), np.asarray(value).astype(kind)), requires_grad)


def like(input: Tensor, dtype: Any) -> Any:
    return input.dtype if dtype is None else dtype


def shape_of(input: Any, function: str) -> tuple[int, ...]:
    """The shape to follow; TypeError where ``input`` is no tensor."""
    if not isinstance(input, Tensor):
        raise errors.no_tensor(function, "input", 1, input)
    return input._array.shape


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and dtype of ``input``."""
    return zeros(shape_of(input, "zeros_like"), dtype=like(input, dtype), requires_grad=requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and dtype of ``input``."""
    return ones(shape_of(input, "ones_like"), dtype=like(input, dtype), requires_grad=requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Uninitialised memory in the shape and dtype of ``input``."""
    return empty(shape_of(input, "empty_like"), dtype=like(input, dtype), requires_grad=requires_grad)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """``fill_value`` in the shape and dtype of ``input``."""
    shape = shape_of(input, "full_like")
    return full(shape, fill_value, dtype=like(input, dtype), requires_grad=requires_grad)


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The identity: ones on the diagonal of an ``n`` by ``m`` matrix."""
    require_cpu(device)
    for name, size in (("n", n), ("m", m)):
        if size is not None and size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return finish(np.eye(n, n if m is None else m, dtype=numpy_dtype(dtype)), requires_grad)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Positions, (2, n), of what is on or below a diagonal of a ``row`` by ``col`` matrix."""
    require_cpu(device)
    found = np.array(np.tril_indices(row, offset, col))
    return finish(found.astype(np.int64 if dtype is None else as_numpy_dtype(dtype)), False)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Positions, (2, n), of what is on or above a diagonal of a ``row`` by ``col`` matrix."""
    require_cpu(device)
    found = np.array(np.triu_indices(row, offset, col))
    return finish(found.astype(np.int64 if dtype is None else as_numpy_dtype(dtype)), False)
