"""A gradient brought to the shape and type of the input it belongs to: the one place where that happens."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.room import ones
from engine.tensor import Tensor


def _unbroadcast(grad: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient over the dimensions that broadcasting added or stretched."""
    added = len(grad.shape) - len(shape)
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and grad.shape[i + added] != 1)
    if isinstance(grad, Tensor):
        grad = grad.sum(tuple(range(added))) if added else grad
        return grad.sum(stretched, keepdim=True) if stretched else grad
    if added == 1 and grad.ndim == 2 and grad.dtype.char in "fd":     # BLAS sums columns faster
        grad = ones(len(grad), grad.dtype).dot(grad)
    elif added:
        grad = np.add.reduce(grad, 0 if added == 1 else tuple(range(added)))
    return np.add.reduce(grad, stretched, keepdims=True) if stretched else grad


def fit(grad: Any, shape: tuple[int, ...], numpy_dtype: Any) -> Any:
    """A gradient in the shape and type of the input it belongs to."""
    if grad.shape != shape:
        grad = _unbroadcast(grad, shape)
    if isinstance(grad, Tensor):
        return grad if grad._array.dtype == numpy_dtype else grad.to(from_numpy_dtype(numpy_dtype))
    return grad if grad.dtype is numpy_dtype or grad.dtype == numpy_dtype else grad.astype(numpy_dtype)
