"""Bessel functions of order 0 and 1: power series near 0, asymptotic series far out, quadrature between.

Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 9.1, 9.2, 9.6 and 9.7.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, Op
from engine.ops.compare import where
from engine.ops.elementwise import sign
from engine.ops.table import unary

_Array = np.ndarray[Any, Any]
_EULER = 0.5772156649015329


def _in_type(x: _Array, values: Any) -> _Array:
    return np.asarray(values).astype(x.dtype, copy=False)


# ---- modified: they grow and decay without turning ----

_SERIES_UP_TO = 20.0    # beyond, the asymptotic series is good to the last digit
_TERMS = 64


def _scaled_i(order: int, x: _Array) -> _Array:
    """e^(−|x|) · I(x)."""
    size = np.abs(np.asarray(x, np.float64))
    near = np.minimum(size, _SERIES_UP_TO)
    quarter = near * near / 4
    term = np.ones_like(near) if order == 0 else near / 2
    total = term.copy()
    for k in range(1, _TERMS):
        term = term * quarter / (k * (k + order))
        total += term
    far = np.maximum(size, _SERIES_UP_TO)
    asymptotic = _descending(order, far, -1) / np.sqrt(2 * np.pi * far)
    value = np.where(size <= _SERIES_UP_TO, total * np.exp(-near), asymptotic)
    value = np.where(np.isnan(size), np.nan, value)
    return np.copysign(value, x) if order else value


def _descending(order: float, x: _Array, sign: int) -> _Array:
    """Σ signᵏ aₖ / xᵏ with aₖ = Π (4·order² − (2j − 1)²) / (k! 8ᵏ)."""
    term = np.ones_like(x)
    total = term.copy()
    for k in range(1, 30):
        term = term * sign * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
        total += term
    return total


def _grown(order: int) -> Any:
    return lambda x: _in_type(x, np.exp(np.abs(np.asarray(x, np.float64))) * _scaled_i(order, x))


def _shrunk(order: int) -> Any:
    return lambda x: _in_type(x, _scaled_i(order, x))


def _i1_slope(g: Array, input: Array, out: Array) -> Array:
    return g * (i0(input) - _per(out, input))


def _i1e_slope(g: Array, input: Array, out: Array) -> Array:
    return g * (i0e(input) - out * sign(input) - _per(out, input))


def _per(out: Array, input: Array) -> Array:
    """out / input, which is ½ at 0."""
    flat = input == 0
    return where(flat, 0.5, out / where(flat, 1.0, input))


i0: Op = unary("i0", _grown(0), lambda g, input: g * i1(input), "modified Bessel function I₀", inplace=True)
i0e: Op = unary(
    "i0e", _shrunk(0), lambda g, input, out: g * (i1e(input) - sign(input) * out), "e^(−|input|) · I₀(input)",
    internal=True, node="SpecialI0EBackward0",
)
i1: Op = unary(
    "i1", _grown(1), _i1_slope, "modified Bessel function I₁", internal=True, node="SpecialI1Backward0"
)
i1e: Op = unary(
    "i1e", _shrunk(1), _i1e_slope, "e^(−|input|) · I₁(input)", internal=True, node="SpecialI1EBackward0"
)

# ---- decaying: by quadrature, and their asymptotic series ----

_STEP = 1 / 16


def _scaled_k(order: float, x: _Array) -> _Array:
    """e^x · K(x) = ∫ exp(−x (cosh t − 1)) cosh(order · t) dt, for which equal steps are exact."""
    wide = np.asarray(x, np.float64)
    near = np.where((wide > 0) & (wide <= _SERIES_UP_TO), wide, 1.0)
    last = 8 - np.log(max(float(np.min(near, initial=1.0)), 1e-300))
    total = np.full_like(near, 0.5)
    for t in np.arange(_STEP, last, _STEP):
        total += np.exp(-near * (np.cosh(t) - 1)) * np.cosh(order * t)
    far = np.maximum(wide, _SERIES_UP_TO)
    asymptotic = np.sqrt(np.pi / (2 * far)) * _descending(order, far, 1)
    value = np.where(wide <= _SERIES_UP_TO, total * _STEP, asymptotic)
    return np.where(wide > 0, value, np.where(wide == 0, np.inf, np.nan))


def _decayed(order: int) -> Any:
    return lambda x: _in_type(x, np.exp(-np.asarray(x, np.float64)) * _scaled_k(order, x))


def _flat(name: str, forward: Any, doc: str) -> Op:
    """A function that PyTorch has no derivative of."""
    return unary(name, forward, None, doc, internal=True)


modified_bessel_i0 = _flat("modified_bessel_i0", _grown(0), "modified Bessel function I₀")
modified_bessel_i1 = _flat("modified_bessel_i1", _grown(1), "modified Bessel function I₁")
modified_bessel_k0 = _flat("modified_bessel_k0", _decayed(0), "modified Bessel function K₀")
modified_bessel_k1 = _flat("modified_bessel_k1", _decayed(1), "modified Bessel function K₁")
scaled_modified_bessel_k0 = _flat(
    "scaled_modified_bessel_k0", lambda x: _in_type(x, _scaled_k(0, x)), "e^input · K₀(input)"
)
scaled_modified_bessel_k1 = _flat(
    "scaled_modified_bessel_k1", lambda x: _in_type(x, _scaled_k(1, x)), "e^input · K₁(input)"
)

# ---- turning: J and Y ----

_TURNS_UP_TO = 25.0
_ANGLES = 128


def _orders(x: _Array) -> _Array:
    """J₀(x), J₁(x), … along a last dimension: the Fourier coefficients of exp(i x sin θ)."""
    angles = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    return np.fft.fft(np.exp(1j * x[..., None] * np.sin(angles))).real / _ANGLES


def _waves(order: int, x: _Array) -> tuple[_Array, _Array]:
    """J and Y far out, by Hankel's series."""
    even, odd = np.ones_like(x), np.zeros_like(x)
    term = np.ones_like(x)
    for k in range(1, 30):
        term = term * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
        turned = (1, 1, -1, -1)[k % 4] * term
        even, odd = (even + turned, odd) if k % 2 == 0 else (even, odd + turned)
    phase = x - (order / 2 + 0.25) * np.pi
    width = np.sqrt(2 / (np.pi * x))
    cosine, sine = np.cos(phase), np.sin(phase)
    return width * (even * cosine - odd * sine), width * (even * sine + odd * cosine)


def _bessel_j(order: int) -> Any:
    def forward(x: _Array) -> _Array:
        size = np.abs(np.asarray(x, np.float64))
        near = np.where(size <= _TURNS_UP_TO, size, 1.0)
        value = np.where(near < 1, _rising(order, np.minimum(near, 1.0)), _orders(near)[..., order])
        far = np.where((size > _TURNS_UP_TO) & np.isfinite(size), size, _TURNS_UP_TO)
        value = np.where(size <= _TURNS_UP_TO, value, _waves(order, far)[0])
        value = np.where(np.isfinite(size), value, np.nan)
        return _in_type(x, value * np.sign(x) if order else value)

    return forward


def _rising(order: int, x: _Array) -> _Array:
    """J(x) near 0, by its power series."""
    term = np.ones_like(x) if order == 0 else x / 2
    total = term.copy()
    for k in range(1, 12):
        term = -term * (x * x / 4) / (k * (k + order))
        total += term
    return total


def _bessel_y(order: int) -> Any:
    def forward(x: _Array) -> _Array:
        wide = np.asarray(x, np.float64)
        near = np.where((wide > 0) & (wide <= _TURNS_UP_TO), wide, 1.0)
        orders = _orders(near)
        k = np.arange(1, _ANGLES // 4)
        turns = (-1.0) ** k / k
        value = (np.log(near / 2) + _EULER) * orders[..., order]
        if order == 0:
            value = value - 2 * (orders[..., 2 * k] * turns).sum(-1)
        else:
            value = value - orders[..., 0] / near
            value = value + ((orders[..., 2 * k - 1] - orders[..., 2 * k + 1]) * turns).sum(-1)
        value = value * (2 / np.pi)
        far = np.where((wide > _TURNS_UP_TO) & np.isfinite(wide), wide, _TURNS_UP_TO)
        value = np.where(wide <= _TURNS_UP_TO, value, _waves(order, far)[1])
        value = np.where(np.isfinite(wide) & (wide > 0), value, np.where(wide == 0, -np.inf, np.nan))
        return _in_type(x, value)

    return forward


# ---- Airy's function, made of Bessel's of order 1/3 ----

_AIRY = (0.355028053887817239, 0.258819403792806798)     # its value at 0, and minus its slope there


def _airy_ai(x: _Array) -> _Array:
    wide = np.asarray(x, np.float64)
    high = np.clip(wide, 1.0, 1e3)
    zeta = 2 / 3 * high**1.5
    decayed = np.sqrt(high / 3) / np.pi * np.exp(-zeta) * _scaled_k(1 / 3, zeta)
    low = np.where((wide < -7) & np.isfinite(wide), -wide, 7.0)
    near = np.clip(np.where(np.isnan(wide), 0.0, wide), -7.0, 1.0)
    value = np.where(wide > 1, decayed, np.where(wide < -7, _airy_waves(low), _airy_series(near)))
    return _in_type(x, np.where(np.isfinite(wide), value, np.nan))


def _airy_series(x: _Array) -> _Array:
    even, odd = np.ones_like(x), x.copy()
    total = _AIRY[0] * even - _AIRY[1] * odd
    for k in range(40):
        even = even * x**3 / ((3 * k + 2) * (3 * k + 3))
        odd = odd * x**3 / ((3 * k + 3) * (3 * k + 4))
        total += _AIRY[0] * even - _AIRY[1] * odd
    return total


def _airy_waves(x: _Array) -> _Array:
    """Ai(−x) far out."""
    zeta = 2 / 3 * x**1.5
    even, odd, term = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for k in range(1, 20):
        term = term * ((6 * k - 5) * (6 * k - 1) / (72 * k)) / zeta
        turned = (1, 1, -1, -1)[k % 4] * term
        even, odd = (even + turned, odd) if k % 2 == 0 else (even, odd + turned)
    phase = zeta - np.pi / 4
    return (np.cos(phase) * even + np.sin(phase) * odd) / (np.sqrt(np.pi) * x**0.25)


airy_ai = _flat("airy_ai", _airy_ai, "Airy's function Ai")
bessel_j0 = _flat("bessel_j0", _bessel_j(0), "Bessel function J₀")
bessel_j1 = _flat("bessel_j1", _bessel_j(1), "Bessel function J₁")
bessel_y0 = _flat("bessel_y0", _bessel_y(0), "Bessel function Y₀")
bessel_y1 = _flat("bessel_y1", _bessel_y(1), "Bessel function Y₁")
spherical_bessel_j0 = _flat(
    "spherical_bessel_j0",
    lambda x: _in_type(x, np.where(np.isinf(x), 0, np.sinc(np.asarray(x, np.float64) / np.pi))),
    "spherical Bessel function j₀",
)
