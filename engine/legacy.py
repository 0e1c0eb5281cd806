"""Older spellings: a class for each type of tensor, to make one or to ask whether a tensor is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
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
        if len(args) == 1 and not isinstance(args[0], int):
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
