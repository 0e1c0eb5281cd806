"""Gradients kept within limits, in place."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.op import Array, Arrays, Room, op
from engine.ops.activation import CLIP
from engine.repeat import compute
from engine.room import constant, side_by_side, writes
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
    return total_norm.call(given, float(norm_type), error_if_nonfinite)


@op(family="reduce", doc="the norm of the norms of several tensors", internal=True, nondiff=True)
def total_norm(tensors: Arrays, order: float, error_if_nonfinite: bool) -> Array:
    kind = tensors[0].dtype
    norms = np.array([np.linalg.norm(array.reshape(-1), order) for array in tensors], kind)
    total = np.asarray(np.linalg.norm(norms, order), kind)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {order} for gradients from `parameters` is non-finite, so "
            "it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@total_norm.writes("forward")
def total_norm_into(
    room: Room, out: np.ndarray, tensors: list[np.ndarray], order: float, error_if_nonfinite: bool
) -> Any:
    """The length of a vector is what numpy makes of its product with itself."""
    if order != 2 or error_if_nonfinite or out.dtype.char not in "fd":
        return None
    if any(array.dtype != out.dtype or not array.flags.c_contiguous for array in tensors):
        return None
    norms, total = np.empty(len(tensors), out.dtype), np.empty((), out.dtype)
    flat = [array.reshape(-1) for array in tensors]
    return [
        *((x.dot, (x, norms[at : at + 1].reshape(()))) for at, x in enumerate(flat)),
        (np.sqrt, (norms, norms)), (norms.dot, (norms, total)), (np.sqrt, (total, out)),
    ]


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
    factor = _factor(total, max_norm)
    for grad in grads:
        np.multiply(grad, grad.dtype.type(factor), out=grad)


def _factor(total: np.ndarray, max_norm: float) -> float:
    norm = total.item()
    factor: float = max_norm / (norm + 1e-6)
    return min(1.0, factor) if math.isfinite(norm) else factor


@writes(_scale)
def _scale_into(room: Room, out: None, grads: list[np.ndarray], total: np.ndarray, max_norm: float) -> Any:
    if any(grad.dtype != grads[0].dtype for grad in grads):
        return None
    factor = np.empty((), grads[0].dtype)
    return [
        (_set_factor, (factor, total, max_norm)),
        *((np.multiply, (grad, factor, grad)) for grad in side_by_side(grads)),
    ]


def _set_factor(place: np.ndarray, total: np.ndarray, max_norm: float) -> None:
    place[()] = _factor(total, max_norm)


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


@writes(_cut)
def _cut_into(room: Room, out: None, grads: list[np.ndarray], limit: float) -> Any:
    return [
        (CLIP, (grad, constant(-limit, grad.dtype), constant(limit, grad.dtype), grad))
        for grad in side_by_side(grads)
    ]


def _grads(parameters: Iterable[Tensor] | Tensor) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [grad for param in given if (grad := param.grad) is not None]
