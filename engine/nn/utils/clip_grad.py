"""Gradients kept within limits, in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.repeat import compute
from engine.tensor import Tensor, wrap


def get_total_norm(
    tensors: Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """The norm of all tensors together, as if they were one vector.

    Raises RuntimeError where it is not finite and `error_if_nonfinite`.
    """
    given = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not given:
        return wrap(np.zeros((), np.float32))
    return compute(_norm, given, float(norm_type), error_if_nonfinite)


def _norm(arrays: list[np.ndarray], order: float, error_if_nonfinite: bool) -> np.ndarray:
    norms = np.array([np.linalg.norm(array.reshape(-1), order) for array in arrays], arrays[0].dtype)
    total = np.asarray(np.linalg.norm(norms, order), arrays[0].dtype)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {order} for gradients from `parameters` is non-finite, so "
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
    if grads:
        compute(_scale, grads, total, float(max_norm), writes=grads)
    return total


def _scale(grads: list[np.ndarray], total: np.ndarray, max_norm: float) -> None:
    """Bring gradients of norm `total` down to `max_norm`; what is not finite spreads, as in PyTorch."""
    factor = max_norm / (total.item() + 1e-6)
    if np.isfinite(total):
        factor = min(1.0, factor)
    for grad in grads:
        np.multiply(grad, grad.dtype.type(factor), out=grad)


def clip_grads_with_norm_(
    parameters: Iterable[Tensor] | Tensor, max_norm: float, total_norm: Tensor, foreach: Any = None
) -> None:
    """Shorten all gradients by the factor that brings `total_norm` down to `max_norm`."""
    grads = _grads(parameters)
    compute(_scale, grads, total_norm, float(max_norm), writes=grads)


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float, foreach: Any = None) -> None:
    """Cut every number of every gradient off at ±`clip_value`."""
    grads = _grads(parameters)
    compute(_cut, grads, float(clip_value), writes=grads)


def _cut(grads: list[np.ndarray], limit: float) -> None:
    for grad in grads:
        np.clip(grad, -limit, limit, out=grad)


def _grads(parameters: Iterable[Tensor] | Tensor) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [grad for param in given if (grad := param.grad) is not None]
