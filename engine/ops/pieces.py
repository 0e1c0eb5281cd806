"""Activations of straight pieces, each with PyTorch's slope at its kinks and at NaN.

Their second derivative is 0 everywhere, and connected to the input (`second.zeros`).
"""

from __future__ import annotations

import numpy as np

from engine.op import Array, op
from engine.ops import second
from engine.ops.compare import where

SIXTH = float(np.float32(1 / 6))        # PyTorch's constant, also in float64


@op(family="activation", doc="input, held between low and high", internal=True, node="HardtanhBackward0",
    second=second.zeros)
def held(input: Array, low: float, high: float) -> Array:
    return np.clip(input, input.dtype.type(low), input.dtype.type(high))


@held.vjp
def held_vjp(g: Array, input: Array, low: float, high: float) -> Array:
    return where((input > low) & (input < high), g, 0.0)


@op(family="activation", doc="(input + 3) / 6, held between 0 and 1", internal=True,
    node="HardsigmoidBackward0", second=second.zeros)
def ramp(input: Array) -> Array:
    return np.clip(input + 3, 0, 6) / 6


@ramp.vjp
def ramp_vjp(g: Array, input: Array) -> Array:
    return where((input > -3) & (input < 3), g * SIXTH, 0.0)


@op(family="activation", doc="input · hardsigmoid(input)", internal=True, node="HardswishBackward0")
def hardswish(input: Array) -> Array:
    return input * np.clip(input + 3, 0, 6) / 6


@hardswish.vjp
def hardswish_vjp(g: Array, input: Array) -> Array:
    middle = where((input > -3) & (input < 3), input, 0.0)
    slope = where(input <= -3, 0.0, where(input < 3, middle / 3 + 0.5, 1.0))
    return g * slope


@op(family="activation", doc="input, or 0 within λ of 0", internal=True, node="HardshrinkBackward0",
    second=second.zeros)
def hardshrink(input: Array, lambd: float) -> Array:
    return np.where((input >= -lambd) & (input <= lambd), input.dtype.type(0), input)


@op(family="activation", doc="input moved towards 0 by λ", internal=True, node="SoftshrinkBackward0",
    second=second.zeros)
def softshrink(input: Array, lambd: float) -> Array:
    moved = np.where(input > lambd, input - lambd, input + lambd)
    return np.where((input >= -lambd) & (input <= lambd), input * 0, moved)


@hardshrink.vjp
def hardshrink_vjp(g: Array, input: Array, lambd: float) -> Array:
    return where((input > lambd) | (input < -lambd), g, 0.0)


@softshrink.vjp
def softshrink_vjp(g: Array, input: Array, lambd: float) -> Array:
    return where((input >= -lambd) & (input <= lambd), 0.0, g)


@op(family="activation", doc="input where it is above limit, else value", internal=True,
    node="ThresholdBackward0", second=second.zeros)
def above(input: Array, limit: float, value: float) -> Array:
    return np.where(input <= limit, input.dtype.type(value), input)


@above.vjp
def above_vjp(g: Array, input: Array, limit: float) -> Array:
    return where(input <= limit, 0.0, g)
