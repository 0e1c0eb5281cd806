"""Gradients kept within limits, in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.tensor import Tensor, wrap


def get_total_norm(
    tensors: Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """The norm of all tensors together, as if they were one vector.

    Raises RuntimeError where it is not finite and `error_if_nonfinite`.
    """
    arrays = [tensors._array] if isinstance(tensors, Tensor) else [tensor._array for tensor in tensors]
    if not arrays:
        return wrap(np.zeros((), np.float32))
    order = float(norm_type)
    norms = np.array([np.linalg.norm(array.reshape(-1), order) for array in arrays], arrays[0].dtype)
    total = wrap(np.asarray(np.linalg.norm(norms, order), arrays[0].dtype))
    if error_if_nonfinite and not np.isfinite(total._array):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so "
            "it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grad_norm_(
    parameters: Iterable[Tensor] | Tensor, max_norm: float, norm_type: float = 2.0,
    error_if_nonfinite: bool = False, foreach: Any = None,
) -> Tensor:
    """Shorten all gradients by one factor so that their common norm is at most `max_norm`; gives the norm."""
    grads = _grads(parameters)
    total = get_total_norm(grads, norm_type, error_if_nonfinite)
    factor = min(1.0, float(max_norm) / (total.item() + 1e-6)) if grads else 1.0
    if not np.isfinite(total._array):
        factor = float(max_norm) / (total.item() + 1e-6)
    for grad in grads:
        np.multiply(grad._array, grad._array.dtype.type(factor), out=grad._array)
        grad._counter[0] += 1
    return total


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float, foreach: Any = None) -> None:
    """Cut every number of every gradient off at ±`clip_value`."""
    limit = float(clip_value)
    for grad in _grads(parameters):
        np.clip(grad._array, -limit, limit, out=grad._array)
        grad._counter[0] += 1


def _grads(parameters: Iterable[Tensor] | Tensor) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [param._grad for param in given if param._grad is not None]
