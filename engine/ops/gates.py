"""Smooth and gated activations besides the common ones, each a single node of the graph."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops import second
from engine.ops.activation import elu, elu_vjp, sigmoid, softplus
from engine.ops.compare import where
from engine.ops.elementwise import tanh
from engine.ops.join import cat
from engine.ops.shape import narrow


def _soft(x: Array) -> Array:
    """log(1 + e^x) without a threshold."""
    return softplus(x, 1.0, math.inf)


@op(family="activation", doc="input · tanh(log(1 + e^input))", internal=True)
def mish(input: Array) -> Array:
    return input * np.tanh(softplus.forward(input, 1.0, math.inf))


@mish.vjp
def mish_vjp(g: Array, input: Array) -> Array:
    bent = tanh(_soft(input))
    return g * (bent + input * (sigmoid(input) * (1 - bent * bent)))


@op(family="activation", doc="log(1 / (1 + e^−input))", internal=True, node="LogSigmoidBackward0")
def logsigmoid(input: Array) -> Array:
    return np.minimum(input, 0) - np.log1p(np.exp(-np.abs(input)))


@logsigmoid.vjp
def logsigmoid_vjp(g: Array, input: Array) -> Array:
    return g * sigmoid(-input)


@op(family="activation", doc="input, or alpha · (e^(input / alpha) − 1) below 0", internal=True)
def celu(input: Array, alpha: float) -> Array:
    return elu.forward(input, alpha, 1.0, 1 / alpha)


@celu.vjp
def celu_vjp(g: Array, input: Array, alpha: float) -> Array:
    return elu_vjp(g, input, alpha, 1.0, 1 / alpha)


@op(family="activation", doc="the first half of a dimension, times the sigmoid of the second", internal=True)
def glu(input: Array, dim: int) -> Array:
    value, gate = np.split(input, 2, dim)
    return value * sigmoid.forward(gate)


@glu.vjp
def glu_vjp(g: Array, input: Array, dim: int) -> Array:
    half = input.shape[dim] // 2
    value, share = narrow(input, dim, 0, half), sigmoid(narrow(input, dim, half, half))
    return cat([g * share, g * value * (share * (1 - share))], dim)


@op(family="activation", doc="input, times weight where negative", internal=True,
    node="PreluKernelBackward0", second=second.zeros)
def prelu(input: Array, weight: Array) -> Array:
    return np.where(input > 0, input, weight * input)


@prelu.vjp
def prelu_vjp(g: Array, input: Array, weight: Array, needs: Any) -> tuple[Array | None, Array | None]:
    above = input > 0
    return (
        where(above, g, weight * g) if needs[0] else None,
        where(above, 0.0, input * g) if needs[1] else None,
    )
