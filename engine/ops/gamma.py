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
    s = n + 1
    lowest = float(np.min(wide, initial=0.0, where=np.isfinite(wide)))
    near = int(_FAR) + max(0, math.ceil(-lowest))
    total = np.zeros_like(wide)
    for k in range(near):
        total += (wide + k) ** -s
    at = wide + near
    total += at ** (1 - s) / (s - 1) + at**-s / 2
    factor = float(s)
    for k, b in enumerate(BERNOULLI, 1):
        total += b / math.factorial(2 * k) * factor * at ** (1 - s - 2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return ((-1) ** (n + 1) * math.factorial(n) * total).astype(x.dtype)
