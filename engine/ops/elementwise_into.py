"""Elementwise ops and their rules into given arrays, for captured steps: the same numbers, call by call."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from engine.op import Op, Room
from engine.ops.activation import BITS, sigmoid
from engine.ops.blend import addcdiv, addcmul, lerp
from engine.ops.bounds import clamp
from engine.ops.convert import cast
from engine.ops.elementwise import abs, div, exp, log, mul, neg, pow, rsub, sqrt, square, sub
from engine.room import operand

FLOATS = "fd"


def _operand(value: Any, like: np.ndarray) -> Any:
    """A factor as an array: ufuncs take one faster than a number."""
    return operand(value, like.size) if isinstance(value, np.ndarray) else np.asarray(value, like.dtype)


def _same(out: np.ndarray, *others: Any) -> bool:
    """Whether all are floats of one type."""
    return out.dtype.char in FLOATS and all(
        other.dtype == out.dtype for other in others if isinstance(other, np.ndarray)
    )


def _of_one(made: Op, steps: Any) -> None:
    """A rule for a single input, given as calls on (result, gradient, what the rule asks for)."""

    @made.writes("vjp")
    def into(room: Room, outs: Any, g: np.ndarray, *values: np.ndarray) -> Any:
        (out,) = outs
        if not _same(out, g, *values) or any(value.shape != out.shape for value in (g, *values)):
            return None
        return steps(room, out, _operand(g, out), *values)


_of_one(neg, lambda room, out, g: [(np.negative, (g, out))])
_of_one(exp, lambda room, out, g, value: [(np.multiply, (g, value, out))])
_of_one(log, lambda room, out, g, input: [(np.divide, (g, input, out))])
_of_one(square, lambda room, out, g, input: [
    (np.multiply, (np.asarray(2, out.dtype), input, out)), (np.multiply, (g, out, out))])
_of_one(sqrt, lambda room, out, g, value: [
    (np.multiply, (np.asarray(2, out.dtype), value, out)), (np.divide, (g, out, out))])
_of_one(sigmoid, lambda room, out, g, value: [
    (np.subtract, (np.asarray(1, out.dtype), value, out)), (np.multiply, (out, value, out)),
    (np.multiply, (g, out, out))])


@abs.writes("vjp")
def abs_vjp_into(room: Room, outs: Any, g: np.ndarray, input: np.ndarray) -> Any:
    (out,), zero = outs, np.zeros((), input.dtype)
    above, below = (room.scratch(input.shape, np.bool_, name) for name in ("above", "below"))
    return [
        (np.greater, (input, zero, above)), (np.less, (input, zero, below)),
        (partial(np.subtract, dtype=out.dtype), (above, below, out)), (np.multiply, (g, out, out)),
    ]


@cast.writes("forward")
def cast_into(room: Room, out: np.ndarray, input: np.ndarray, dtype: Any) -> Any:
    return [(out.__setitem__, (..., input))]


@neg.writes("forward")
def neg_into(room: Room, out: np.ndarray, input: np.ndarray) -> Any:
    return [(np.negative, (input, out))]


@square.writes("forward")
def square_into(room: Room, out: np.ndarray, input: np.ndarray) -> Any:
    return [(np.square, (input, out))] if input.dtype == out.dtype else None


@sub.writes("vjp")
def sub_vjp_into(room: Room, outs: Any, g: np.ndarray, needs: Any) -> Any:
    return [(np.negative, (g, outs[1]))] if needs[1] else None


@rsub.writes("forward")
def rsub_into(room: Room, out: np.ndarray, input: Any, other: Any) -> Any:
    if not _same(out, input, other):
        return None
    return [(np.subtract, (_operand(other, out), _operand(input, out), out))]


@rsub.writes("vjp")
def rsub_vjp_into(room: Room, outs: Any, g: np.ndarray) -> Any:
    return [(np.negative, (g, outs[0]))]


@mul.writes("vjp")
def mul_vjp_into(room: Room, outs: Any, g: np.ndarray, input: Any, other: Any, needs: Any) -> Any:
    if not _same(g, input, other):
        return None
    return [
        (np.multiply, (_operand(g, out), _operand(factor, out), out))
        for out, factor, wanted in zip(outs, (other, input), needs, strict=True) if wanted
    ]


@div.writes("vjp")
def div_vjp_into(room: Room, outs: Any, g: np.ndarray, input: Any, other: Any, needs: Any) -> Any:
    if not _same(g, input, other):
        return None
    input, other = _operand(input, g), _operand(other, g)
    calls: list[Any] = []
    if needs[0]:
        calls.append((np.divide, (_operand(g, outs[0]), other, outs[0])))
    if needs[1]:
        out = outs[1]
        share = room.scratch(out.shape, out.dtype, "share")
        calls += [
            (np.negative, (g, out)), (np.divide, (input, other, share)), (np.multiply, (out, share, out)),
            (np.divide, (out, other, out)),
        ] if g.shape == out.shape else [None]
    return None if None in calls else calls


@pow.writes("forward")
def pow_into(room: Room, out: np.ndarray, input: Any, exponent: Any) -> Any:
    if not _same(out, input, exponent) or not isinstance(input, np.ndarray):
        return None
    if isinstance(exponent, (int, float)) and exponent == 2:
        return [(np.square, (input, out))]
    if isinstance(exponent, float) and exponent == 0.5:
        return [(np.sqrt, (input, out))]
    return [(np.power, (input, _operand(exponent, input), out))]


@pow.writes("vjp")
def pow_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: Any, exponent: Any, out: np.ndarray, needs: Any
) -> Any:
    if not (isinstance(exponent, (int, float)) and exponent == 2 and _same(outs[0], g, input)):
        return None
    two, slope = np.asarray(2, g.dtype), outs[0]
    if slope.shape != input.shape:
        return None
    return [(np.multiply, (two, input, slope)), (np.multiply, (_operand(g, slope), slope, slope))]


@sigmoid.writes("forward")
def sigmoid_into(room: Room, out: np.ndarray, input: np.ndarray) -> Any:
    if not _same(out, input) or input.shape != out.shape:
        return None
    decay, one = room.scratch(out.shape, out.dtype), np.ones((), out.dtype)
    return [
        (np.absolute, (input, decay)), (np.negative, (decay, decay)), (np.exp, (decay, decay)),
        (np.greater_equal, (input, np.zeros((), out.dtype), out)),
        (partial(np.maximum, out=out), (out, decay)),
        (np.add, (one, decay, decay)), (np.divide, (out, decay, out)),
    ]


@clamp.writes("forward")
def clamp_into(room: Room, out: np.ndarray, input: np.ndarray, low: Any, high: Any) -> Any:
    if not _same(out, input, low, high):
        return None
    calls = [] if low is None else [(partial(np.maximum, out=out), (input, _operand(low, out)))]
    if high is not None:
        calls.append((partial(np.minimum, out=out), (out if calls else input, _operand(high, out))))
    return calls


@clamp.writes("vjp")
def clamp_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, low: Any, high: Any, needs: Any
) -> Any:
    out = outs[0]
    if any(needs[1:]) or out.dtype not in BITS or not _same(out, g, input, low, high):
        return None
    if not out.flags.c_contiguous:
        return None
    inside, other = (room.scratch(out.shape, np.bool_, name) for name in ("inside", "other"))
    calls: list[Any] = []
    if low is not None:
        calls.append((np.greater_equal, (input, _operand(low, out), inside)))
    if high is not None:
        calls.append((np.less_equal, (input, _operand(high, out), other if calls else inside)))
        calls += [(np.logical_and, (inside, other, inside))] if low is not None else []
    bits = out.view(BITS[out.dtype])
    return [*calls, (out.__setitem__, (..., g)), (np.multiply, (bits, inside, bits))]


@lerp.writes("forward")
def lerp_into(room: Room, out: np.ndarray, input: np.ndarray, end: np.ndarray, weight: Any) -> Any:
    if isinstance(weight, np.ndarray) or not _same(out, input, end) or not -0.5 < weight < 0.5:
        return None
    return [
        (np.subtract, (end, input, out)), (np.multiply, (_operand(weight, out), out, out)),
        (np.add, (input, out, out)),
    ]


@addcmul.writes("forward")
def addcmul_into(
    room: Room, out: np.ndarray, input: np.ndarray, first: np.ndarray, second: np.ndarray, value: float
) -> Any:
    return _plus(np.multiply, out, input, first, second, value)


@addcdiv.writes("forward")
def addcdiv_into(
    room: Room, out: np.ndarray, input: np.ndarray, first: np.ndarray, second: np.ndarray, value: float
) -> Any:
    return _plus(np.divide, out, input, first, second, value)


def _plus(by: Any, out: np.ndarray, input: Any, first: Any, second: Any, value: float) -> Any:
    """Calls for input + value · first · second, or … / second."""
    if not _same(out, input, first, second) or any(a.shape != out.shape for a in (input, first, second)):
        return None
    scaled = [] if value == 1 else [(np.multiply, (_operand(value, out), first, out))]
    return [*scaled, (by, (out if scaled else first, second, out)), (np.add, (input, out, out))]
