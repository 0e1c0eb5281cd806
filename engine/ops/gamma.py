"""log Γ and its derivatives, which numpy lacks: upward recurrence to x ≥ 8, then the asymptotic series.

Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 6.3 and 6.4; reflection below 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]

# Bernoulli numbers B₂, B₄, …
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_FAR = 8.0



def _lgamma_of(v: float) -> float:
    if not math.isfinite(v):
        return abs(v)
    return math.lgamma(v) if v > 0 or v != math.floor(v) else math.inf


_lgamma = np.frompyfunc(_lgamma_of, 1, 1)


def lgamma_array(x: _Array) -> _Array:
    """log |Γ(x)|; +∞ at 0 and the negative integers."""
    return np.asarray(_lgamma(np.asarray(x, np.float64)), np.float64).astype(x.dtype)


def digamma_array(x: _Array) -> _Array:
    """The derivative of log Γ."""
    wide = np.asarray(x, np.float64)
    mirrored = wide < 0
    at = np.where(mirrored, 1 - wide, wide)
    total = np.zeros_like(at)
    for _ in range(int(_FAR)):
        near = at < _FAR
        total -= np.where(near, 1 / at, 0)
        at = np.where(near, at + 1, at)
    inverse = 1 / (at * at)
    series = sum(b / (2 * k) * inverse**k for k, b in enumerate(BERNOULLI, 1))
    value = total + np.log(at) - 0.5 / at - series
    value = np.where(mirrored, value - np.pi / np.tan(np.pi * wide), value)
    poles = mirrored & (wide == np.floor(wide))
    value = np.where(poles, np.nan, value)
    return np.where(wide == 0, np.copysign(np.inf, -wide), value).astype(x.dtype)


def polygamma_array(n: int, x: _Array) -> _Array:
    """The n-th derivative of digamma, n ≥ 1: ±n! Σₖ (x + k)⁻ⁿ⁻¹, its far terms by Euler and Maclaurin."""
    wide = np.asarray(x, np.float64)
    mirrored = wide < 0
    at = np.where(mirrored, 1 - wide, wide)
    s = n + 1
    total = sum((at + k) ** -s for k in range(int(_FAR)))
    far = at + _FAR
    total += far ** (1 - s) / (s - 1) + far**-s / 2
    factor = float(s)
    for k, b in enumerate(BERNOULLI, 1):
        total += b / math.factorial(2 * k) * factor * far ** (1 - s - 2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    value = (-1) ** (n + 1) * math.factorial(n) * total
    if mirrored.any():
        value = np.where(mirrored, (-1) ** n * value - _cotangent(n, x), value)
    if n > 1:       # PyTorch sums what it has for these: inf at the poles, NaN at the far end
        value = np.where(mirrored & (wide == np.floor(wide)), (-1) ** s * np.inf, value)
        value = np.where(wide == np.inf, np.nan, value)
    return value.astype(x.dtype)


def _cotangent(n: int, x: _Array) -> _Array:
    """π times the n-th derivative of cot(πx)."""
    if n == 1:      # in the type of x: PyTorch's poles are as high as rounding makes them
        return -((np.pi / np.sin(x.dtype.type(np.pi) * x, dtype=x.dtype)) ** 2).astype(np.float64)
    slope = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(n):
        slope = -np.polynomial.Polynomial([1.0, 0.0, 1.0]) * slope.deriv()
    return np.pi ** (n + 1) * slope(1 / np.tan(np.pi * np.asarray(x, np.float64)))
