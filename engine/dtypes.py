"""Data types as PyTorch names and prints them, and its promotion rules on top of numpy's types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from engine.recording import changed

Scalar = bool | int | float


class dtype:  # noqa: N801 - PyTorch's own spelling
    """One element type. ``numpy`` is numpy's name for it, ``c_name`` the one in some of PyTorch's errors."""

    __slots__ = ("c_name", "is_floating_point", "itemsize", "name", "numpy", "tensor_type")

    def __init__(self, name: str, numpy: Any, tensor_type: str, c_name: str) -> None:
        self.name = name
        self.numpy = np.dtype(numpy)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind == "f"
        self.tensor_type = f"torch.{tensor_type}Tensor"
        self.c_name = c_name

    @property
    def is_complex(self) -> bool:
        """Whether it is a type of complex numbers."""
        return False

    @property
    def is_signed(self) -> bool:
        """Whether the type holds negative numbers."""
        return self.numpy.kind in "fi"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name if self.name != "bool" else "bool_"


float16 = half = dtype("float16", np.float16, "Half", "c10::Half")
float32 = dtype("float32", np.float32, "Float", "float")
float64 = double = dtype("float64", np.float64, "Double", "double")
uint8 = dtype("uint8", np.uint8, "Byte", "unsigned char")
int8 = dtype("int8", np.int8, "Char", "signed char")
int16 = short = dtype("int16", np.int16, "Short", "short int")
int32 = dtype("int32", np.int32, "Int", "int")
int64 = long = dtype("int64", np.int64, "Long", "long int")
bool_ = dtype("bool", np.bool_, "Bool", "bool")



class _Elsewhere(dtype):
    """A type that PyTorch has and the engine has not: a name, to be compared with; using it is refused."""

    __slots__ = ()

    def __init__(self, name: str, itemsize: int, is_floating_point: bool) -> None:
        self.name = name
        self.itemsize = itemsize
        self.is_floating_point = is_floating_point
        self.tensor_type = self.c_name = name

    @property
    def is_signed(self) -> bool:
        """Always True."""
        return True

    @property
    def is_complex(self) -> bool:
        """Whether it is a type of complex numbers."""
        return not self.is_floating_point

    @property
    def numpy(self) -> Any:
        """TypeError: there are no such tensors here."""
        raise TypeError(
            f"there are no tensors of type {self!r} here: use float16, float32 or float64"
        )


bfloat16 = _Elsewhere("bfloat16", 2, True)
complex64 = cfloat = _Elsewhere("complex64", 8, False)
complex128 = cdouble = _Elsewhere("complex128", 16, False)

ALL: Final = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)
FROM_NUMPY: Final[dict[np.dtype[Any], dtype]] = {d.numpy: d for d in ALL}
_RANK: Final = {"b": 0, "u": 1, "i": 1, "f": 2}
_WEAK: Final = {bool: np.dtype(np.bool_), int: np.dtype(np.int64)}
_default = float32


def get_default_dtype() -> dtype:
    """The type of new floating point tensors; float32 unless changed."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make ``d``, a floating point type, the type of new floating point tensors."""
    global _default
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    from_numpy_dtype(d.numpy)
    changed()
    _default = d


def scalar_numpy(value: Scalar) -> np.dtype[Any]:
    """The type a Python number has where no tensor decides."""
    return _WEAK.get(type(value), _default.numpy)


def refuse_overflow(values: Any, target: np.dtype[Any], filled: bool = True) -> None:
    """RuntimeError in PyTorch's words for numbers that a type of whole numbers has no room for, NaN too.

    Whole numbers below 0 wrap round in an unsigned type. ``filled``: one number for many elements.
    """
    if target.kind not in "iu":
        return
    values, room = np.asarray(values), np.iinfo(target)
    lowest = -room.max if target.kind == "u" and values.dtype.kind in "iu" else room.min
    if not ((values >= lowest) & (values <= room.max)).all():
        name = f"{target.name}_t" if filled else target.name
        shown = "int" if name == "int32_t" else name
        raise RuntimeError(f"value cannot be converted to type {shown} without overflow")


def from_numpy_dtype(numpy_dtype: np.dtype[Any]) -> dtype:
    """Our name for a numpy type; TypeError for one that PyTorch has no tensor of."""
    try:
        return FROM_NUMPY[numpy_dtype]
    except KeyError:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{numpy_dtype.type.__name__}. The only supported types "
            "are: float64, float32, float16, int64, int32, int16, int8, uint8, and bool."
        ) from None


def as_numpy_dtype(d: Any) -> np.dtype[Any]:
    """numpy's type for a ``dtype``, or for the Python types ``float`` (float64), ``int`` and ``bool``."""
    if isinstance(d, dtype):
        return d.numpy
    if d is float:
        return float64.numpy
    if d in _WEAK:
        return _WEAK[d]
    raise TypeError(f"dtype must be a torch.dtype, but got {d!r}")


def promote_numpy(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """PyTorch's promotion of two types: the higher category wins whole, within one the wider."""
    if a is b or a == b:
        return a
    rank_a, rank_b = _RANK[a.kind], _RANK[b.kind]
    if rank_a != rank_b:
        return a if rank_a > rank_b else b
    return np.promote_types(a, b)


def result_numpy(arrays: Iterable[np.ndarray[Any, Any]], scalars: Iterable[Scalar] = ()) -> np.dtype[Any]:
    """The type of an operation: a 0-d array or a Python number counts only by its category."""
    full: np.dtype[Any] | None = None
    weak: np.dtype[Any] | None = None
    plain: np.dtype[Any] | None = None
    for array in arrays:
        if array.ndim:
            full = array.dtype if full is None else promote_numpy(full, array.dtype)
        else:
            weak = array.dtype if weak is None else promote_numpy(weak, array.dtype)
    for value in scalars:
        kind = scalar_numpy(value)
        plain = kind if plain is None else promote_numpy(plain, kind)
    result = full
    for lower in (weak, plain):
        if result is None or (lower is not None and _RANK[lower.kind] > _RANK[result.kind]):
            result = lower
    return result if result is not None else _default.numpy


def promote_types(a: dtype, b: dtype) -> dtype:
    """The type that holds both ``a`` and ``b``."""
    return FROM_NUMPY[promote_numpy(a.numpy, b.numpy)]


def result_type(first: Any, second: Any) -> dtype:
    """The type an operation on two tensors or numbers would have."""
    operands = (first, second)
    arrays = [x._array for x in operands if hasattr(x, "_array")]
    return FROM_NUMPY[result_numpy(arrays, [x for x in operands if not hasattr(x, "_array")])]


def can_cast(source: dtype, target: dtype) -> bool:
    """Whether an in-place write of ``source`` into ``target`` is allowed: never to a lower category."""
    return castable(source.numpy, target.numpy)


def castable(source: np.dtype[Any], target: np.dtype[Any]) -> bool:
    """As ``can_cast``, for numpy types."""
    return _RANK[source.kind] <= _RANK[target.kind]


class finfo:  # noqa: N801 - PyTorch's own spelling
    """Limits of a floating point type: ``bits``, ``eps``, ``max``, ``min``, ``tiny``."""

    def __init__(self, d: dtype | None = None) -> None:
        d = d or _default
        if not d.is_floating_point:
            raise TypeError(f"torch.finfo() requires a floating point input type, but got {d!r}")
        info = np.finfo(d.numpy)
        self.dtype, self.bits = d.name, info.bits
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(f"1e-{info.precision}")

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801 - PyTorch's own spelling
    """Limits of an integer type: ``bits``, ``max``, ``min``."""

    def __init__(self, d: dtype) -> None:
        if d.numpy.kind not in "iu":
            raise TypeError(f"torch.iinfo() requires an integer input type, but got {d!r}")
        info = np.iinfo(d.numpy)
        self.dtype, self.bits, self.max, self.min = d.name, info.bits, int(info.max), int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def cast_dtype(d: dtype | None, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``array`` in type ``d``; as it is for None."""
    return array if d is None else array.astype(as_numpy_dtype(d), copy=False)
