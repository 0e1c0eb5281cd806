"""What a number is made of: angle, mantissa and exponent."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.table import unary, zeros_as

angle = unary(
    "angle", lambda x: np.where(np.isnan(x), x, np.where(x < 0, x.dtype.type(np.pi), x.dtype.type(0))),
    lambda g: zeros_as(g), "the angle in the complex plane: 0, or π below 0",
)


@composite(family="elementwise", doc="the real part: a real tensor itself", method=False)
def real(input: Array) -> Array:
    return input


@op(family="elementwise", doc="mantissa and exponent", node="FrexpBackward0", internal=True)
def frexp_pair(input: Array) -> Any:
    mantissa, exponent = np.frexp(input)
    return mantissa, exponent.astype(np.int32)


@frexp_pair.vjp
def frexp_pair_vjp(g: Any, out: Any) -> Array:
    exponent = out[1]
    return where(exponent == exponent, g[0] / 2.0**exponent, 0.0)


@composite(family="elementwise", doc="mantissa in [½, 1) and exponent with input = mantissa · 2^exponent")
def frexp(input: Array) -> Any:
    return return_types.frexp(*frexp_pair(input))
