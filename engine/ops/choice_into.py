"""Numbers chosen by a condition into given arrays, for captured steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.activation import leaky_relu
from engine.ops.compare import where
from engine.ops.gather import fill_where

_copy: Any = np.copyto
_SAFE = "same_kind"


def _of_type(value: Any, dtype: np.dtype) -> Any:
    """An operand as an array of a type; None where it is one of another."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == dtype else None
    return np.asarray(value, dtype)


def _chosen(out: np.ndarray, condition: np.ndarray, first: Any, second: Any) -> Any:
    """Calls that put `first` where a condition holds, and `second` elsewhere."""
    first, second = _of_type(first, out.dtype), _of_type(second, out.dtype)
    if condition.dtype != np.bool_ or first is None or second is None:
        return None
    return [(_copy, (out, second)), (_copy, (out, first, _SAFE, condition))]


@where.writes("forward")
def where_into(room: Room, out: np.ndarray, condition: np.ndarray, input: Any, other: Any) -> Any:
    return _chosen(out, condition, input, other)


@where.writes("vjp")
def where_vjp_into(room: Room, outs: Any, g: np.ndarray, condition: np.ndarray, needs: Any) -> Any:
    return _both(outs, condition, g, needs[1], needs[2])


@fill_where.writes("forward")
def fill_where_into(room: Room, out: np.ndarray, input: np.ndarray, mask: np.ndarray, value: Any) -> Any:
    return _chosen(out, mask, value, input)


@fill_where.writes("vjp")
def fill_where_vjp_into(room: Room, outs: Any, g: np.ndarray, mask: np.ndarray, needs: Any) -> Any:
    to_input, _, to_value = outs
    return _both((None, to_value, to_input), mask, g, needs[2], needs[0])


def _both(outs: Any, condition: np.ndarray, g: np.ndarray, where_it_holds: Any, elsewhere: Any) -> Any:
    """Calls for the gradients of what stands where a condition holds, and of what stands elsewhere."""
    calls: list[Any] = []
    for wanted, out, pair in ((where_it_holds, outs[1], (g, 0)), (elsewhere, outs[2], (0, g))):
        chosen = _chosen(out, condition, *pair) if wanted else []
        if chosen is None:
            return None
        calls += chosen
    return calls


@leaky_relu.writes("forward")
def leaky_relu_into(room: Room, out: np.ndarray, input: np.ndarray, negative_slope: float) -> Any:
    return _bent(room, out, input, input, negative_slope)


@leaky_relu.writes("vjp")
def leaky_relu_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, negative_slope: float
) -> Any:
    return _bent(room, outs[0], input, g, negative_slope) if g.dtype == outs[0].dtype else None


def _bent(room: Room, out: np.ndarray, input: np.ndarray, values: np.ndarray, slope: float) -> Any:
    """Calls for `values`, times `slope` where `input` is not above 0."""
    if input.dtype != out.dtype or out.dtype.char not in "fd":
        return None
    above = room.scratch(input.shape, np.bool_, "above")
    return [
        (np.greater, (input, np.zeros((), input.dtype), above)),
        (np.multiply, (values, np.asarray(slope, out.dtype), out)), (_copy, (out, values, _SAFE, above)),
    ]
