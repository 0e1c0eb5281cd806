"""Older spellings: a class for each type of tensor, to make one or to ask whether a tensor is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.facts import Size
from engine.sizes import sizes
from engine.tensor import Tensor, wrap


class _TypeOfTensor(type):
    """A class whose instances are the tensors of one dtype."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *args: Any) -> Tensor:
        """From a list or an array, or uninitialised of a size given as ints."""
        numpy_dtype = cls.dtype.numpy
        if len(args) == 1 and not isinstance(args[0], (int, Size)):
            source = args[0]
            return wrap(np.array(source._array if isinstance(source, Tensor) else source, numpy_dtype))
        return wrap(np.empty(sizes(args) if args else (0,), numpy_dtype))


def _made(dtype: dtypes.dtype) -> Any:
    name = dtype.tensor_type.removeprefix("torch.")
    return _TypeOfTensor(name, (), {"dtype": dtype, "__doc__": f"Tensors of {dtype!r}."})


TYPES = {made.__name__: made for made in map(_made, dtypes.ALL)}


def Variable(data: Tensor, requires_grad: bool = False) -> Tensor:  # noqa: N802 - PyTorch's own spelling
    """A tensor: since PyTorch 0.4 the two are one."""
    return data.detach().requires_grad_(requires_grad) if requires_grad else data


def new(self: Tensor, *args: Any) -> Tensor:
    """A tensor of this one's type: from a list or an array, or uninitialised of a size given as ints."""
    made: Tensor = TYPES[self.dtype.tensor_type.removeprefix("torch.")](*args)
    return made


def set_default_tensor_type(t: Any) -> None:
    """Make the type of a class such as ``DoubleTensor``, or of its name, that of new floating tensors."""
    kind = TYPES.get(t.removeprefix("torch.")) if isinstance(t, str) else t
    if not isinstance(kind, _TypeOfTensor):
        raise TypeError(f"invalid type object: {t!r} is no type of tensors")
    dtypes.set_default_dtype(kind.dtype)
