"""The normal distribution and its tails: shares, their logarithms and inverses, without cancellation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.op import Op
from engine.ops.elementwise import exp, log, square
from engine.ops.erf import erfc_array, erfcx_array, erfinv_array
from engine.ops.table import unary

_Array = np.ndarray[Any, Any]
_ROOT_2, _ROOT_2PI = math.sqrt(2), math.sqrt(2 * math.pi)


def _entr(x: _Array) -> _Array:
    inside = np.where(x > 0, x, 1)
    return np.where(x > 0, -x * np.log(inside), np.where(x < 0, -np.inf, x)).astype(x.dtype, copy=False)


def _log_ndtr(x: _Array) -> _Array:
    wide = np.asarray(x, np.float64)
    scaled = wide / _ROOT_2
    low = np.log(erfcx_array(-np.minimum(scaled, -0.5)) / 2) - np.minimum(scaled, -0.5) ** 2
    return np.where(wide < -1, low, np.log1p(-erfc_array(scaled) / 2)).astype(x.dtype, copy=False)


def _ndtri(p: _Array) -> _Array:
    """erfinv near the middle; in the tails its value is bettered by Newton's steps on the logarithm."""
    wide = np.asarray(p, np.float64)
    tail = np.minimum(wide, 1 - wide)
    small = np.where((tail > 0) & (tail < 0.02), tail, 0.02)
    x = -np.sqrt(-2 * np.log(small) - np.log(-4 * np.pi * np.log(small)))
    for _ in range(5):
        x = x - (_log_ndtr(x) - np.log(small)) * (erfcx_array(-x / _ROOT_2) * _ROOT_2PI / 2)
    middle = _ROOT_2 * erfinv_array(np.where(tail >= 0.02, 2 * wide - 1, 0.0))
    value = np.where(tail >= 0.02, middle, np.where(wide < 0.5, x, -x))
    value = np.where(wide == 0, -np.inf, np.where(wide == 1, np.inf, value))
    return np.where((wide >= 0) & (wide <= 1), value, np.nan).astype(p.dtype, copy=False)


entr = unary(
    "entr", _entr, lambda g, input: g * (-log(input) - 1), "−x · ln x: 0 at 0, and −inf below",
    internal=True, node="SpecialEntrBackward0",
)
ndtr = unary(
    "ndtr", lambda x: (erfc_array(np.asarray(x, np.float64) / -_ROOT_2) / 2).astype(x.dtype, copy=False),
    lambda g, input: g * exp(square(input) * -0.5) / _ROOT_2PI,
    "the share of the standard normal distribution below input", internal=True, node="MulBackward1",
)
erfcx: Op = unary(
    "erfcx", erfcx_array, lambda g, input, out: g * (2 * input * out - 2 / math.sqrt(math.pi)),
    "e^(input²) · erfc(input)", internal=True, node="SpecialErfcxBackward0",
)
log_ndtr = unary(
    "log_ndtr", _log_ndtr, lambda g, input: g / erfcx(input * (-1 / _ROOT_2)) * math.sqrt(2 / math.pi),
    "the logarithm of ndtr", internal=True, node="SpecialLogNdtrBackward0",
)
ndtri = unary(
    "ndtri", _ndtri, lambda g, out: g * exp(square(out) / 2) * _ROOT_2PI,
    "the point below which the share input of the standard normal distribution lies", internal=True,
    node="SpecialNdtriBackward0",
)
