"""Incomplete gamma functions, the Hurwitz zeta function, and what is made of log Γ.

Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 6.5 and 23.2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.node import Node
from engine.op import Array, op
from engine.ops.elementwise import exp, log
from engine.ops.gamma import BERNOULLI, lgamma_array
from engine.ops.special import digamma, lgamma
from engine.ops.table import binary

_Array = np.ndarray[Any, Any]
_ENOUGH = 20_000    # terms; a million as first argument needs some 8,000


def _lower_series(a: _Array, x: _Array) -> _Array:
    """Σ xᵏ / (a (a + 1) … (a + k)): the lower function over its prefactor, for x < a + 1."""
    term = 1 / a
    total = term.copy()
    for k in range(1, _ENOUGH):
        term = term * (x / (a + k))
        total += term
        if not np.any(np.abs(term) > np.abs(total) * 1e-17):
            break
    return total


def _upper_fraction(a: _Array, x: _Array) -> _Array:
    """The upper function over its prefactor for x ≥ a + 1: a continued fraction, by Lentz's method."""
    b = x + 1 - a
    c = np.full_like(x, 1e300)
    d = 1 / b
    value = d.copy()
    for k in range(1, _ENOUGH):
        factor = -k * (k - a)
        b = b + 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        step = c * d
        value = value * step
        if not np.any(np.abs(step - 1) > 1e-16):
            break
    return value


def _shares(a: Any, x: Any) -> tuple[_Array, _Array]:
    """What lies below and above x of the gamma distribution with shape a."""
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    usable = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    small = usable & (x < a + 1)
    low_a, low_x = np.where(small, a, 1.0), np.where(small, x, 0.5)
    high_a, high_x = np.where(usable & ~small, a, 1.0), np.where(usable & ~small, x, 3.0)
    lower = _lower_series(low_a, low_x) * _prefactor(low_a, low_x)
    upper = _upper_fraction(high_a, high_x) * _prefactor(high_a, high_x)
    below = np.where(small, lower, 1 - upper)
    above = np.where(small, 1 - lower, upper)
    valid = (a >= 0) & (x >= 0) & ~((a == 0) & (x == 0)) & ~(np.isinf(a) & np.isinf(x))
    none = (x == 0) | np.isinf(a)
    everything = (a == 0) | np.isinf(x)
    below = np.where(none, 0.0, np.where(everything, 1.0, below))
    above = np.where(none, 1.0, np.where(everything, 0.0, above))
    return np.where(valid, below, np.nan), np.where(valid, above, np.nan)


def _prefactor(a: _Array, x: _Array) -> _Array:
    """xᵃ e⁻ˣ / Γ(a), without the difference of large logarithms where x and a are near each other."""
    large = np.maximum(a, 1.0)
    ratio = x / large
    stirling = np.exp(large * (np.log(ratio) - ratio + 1) - _stirling_rest(large))
    stirling *= np.sqrt(large / (2 * np.pi))
    plain = np.exp(a * np.log(x) - x - lgamma_array(a))
    return np.where(a > 50, stirling, plain)


def _stirling_rest(a: _Array) -> _Array:
    """log Γ(a) less Stirling's formula, for a > 50."""
    terms = [b / (2 * k * (2 * k - 1)) * a ** (1 - 2 * k) for k, b in enumerate(BERNOULLI[:4], 1)]
    return np.add.reduce(terms)


def _floating(name: str, x: Any, values: Any) -> _Array:
    if x.dtype.kind != "f":
        raise NotImplementedError(
            f"\"{name}_cpu\" not implemented for '{from_numpy_dtype(x.dtype).tensor_type[6:-6]}'"
        )
    return np.asarray(values).astype(x.dtype)


def _no_slope(words: str) -> None:
    raise NotImplementedError(f"the derivative for '{words}' is not implemented.")


def _density(name: str, sign: int) -> Any:
    def rule(g: Array, input: Array, other: Array, needs: Any) -> tuple[None, Array | None]:
        if needs[0]:
            _no_slope(f"{name}: input")
        return None, g * sign * exp((input - 1) * log(other) - other - lgamma(input))

    return rule


igamma = binary(
    "igamma", lambda a, x: _floating("igamma", a, _shares(a, x)[0]), _density("igamma", 1),
    "the share of the gamma distribution with shape input that lies below other", numbers="none",
    inplace=True,
)
igammac = binary(
    "igammac", lambda a, x: _floating("igammac", a, _shares(a, x)[1]), _density("igammac", -1),
    "the share of the gamma distribution with shape input that lies above other", numbers="none",
    inplace=True,
)


@op(family="elementwise", doc="the logarithm of the multivariate gamma function with dimension p",
    promote="float", inplace=True)
def mvlgamma(input: Array, p: int) -> Array:
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    total = lgamma_array(input)
    for j in range(1, p):
        total = total + lgamma_array(input - input.dtype.type(j / 2))
    return total + input.dtype.type(p * (p - 1) / 4 * math.log(math.pi))


@mvlgamma.vjp
def mvlgamma_vjp(g: Array, input: Array, p: int) -> Array:
    slope = digamma(input)
    for j in range(1, p):
        slope = slope + digamma(input - j / 2)
    return g * slope


# ---- zeta ----

_DIRECT = 12


def _zeta(x: Any, q: Any) -> _Array:
    """Σ (k + q)⁻ˣ over k ≥ 0: the first terms, and Euler's and Maclaurin's formula for the rest."""
    kind = x.dtype if isinstance(x, np.ndarray) else q.dtype
    x, q = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(q, np.float64))
    whole = q == np.floor(q)
    usable = (x > 1) & ((q > 0) | (~whole & (x == np.floor(x)))) & np.isfinite(q)
    s, at = np.where(usable, x, 2.0), np.where(usable, q, 1.0)
    total = np.zeros_like(at)
    lowest = float(np.min(at, initial=0.0))
    for _ in range(_DIRECT + min(max(0, math.ceil(-lowest)), _ENOUGH)):
        total = total + at**-s
        at = at + 1
    total = total + at ** (1 - s) / (s - 1) + at**-s / 2
    factor = s
    for k, b in enumerate(BERNOULLI, 1):
        total = total + b / math.factorial(2 * k) * factor * at ** (1 - s - 2 * k)
        factor = factor * (s + 2 * k - 1) * (s + 2 * k)
    value = np.where(usable, total, np.nan)
    value = np.where((x == 1) | ((x > 1) & (q <= 0) & whole), np.inf, value)
    return np.asarray(value).astype(kind)


def _zeta_slope(g: Array, input: Array, other: Array, needs: Any) -> tuple[None, Array]:
    if needs[0]:
        _no_slope("zeta")
    return None, g * -input * zeta(input + 1, other)


def _zeta_name(node: Node) -> str:
    first = node.saved[0] if node.saved else 0.0
    return f"SpecialZetaBackward{int(isinstance(first, (int, float)))}"


zeta = binary(
    "zeta", _zeta, _zeta_slope, "the Hurwitz zeta function Σ (k + other)^−input", "float", internal=True,
    node=_zeta_name,
)
