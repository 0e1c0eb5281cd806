"""The error function, which numpy lacks: W. J. Cody's rational approximations, good to the last digits.

Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969),
and its program CALERF (1990).
"""

from __future__ import annotations

import numpy as np

_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)
_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)
_INV_SQRT_PI = 0.56418958354775628695
_LIMIT = 6.0    # erf(6) is 1 to the last bit
_PIECE = 1 << 14    # elements at a time: there are many numbers of twice the size in between


def erf_array(x: np.ndarray) -> np.ndarray:
    """erf of each element, in the input's own dtype."""
    if x.size > _PIECE and x.flags.c_contiguous:
        out = np.empty_like(x)
        given, result = x.reshape(-1), out.reshape(-1)
        for part in (slice(start, start + _PIECE) for start in range(0, x.size, _PIECE)):
            result[part] = erf_array(given[part])
        return out
    wide = np.atleast_1d(np.asarray(x, np.float64))
    size = np.minimum(np.abs(wide), _LIMIT)     # keeps NaN
    near = size <= 0.46875
    square = np.where(near, size * size, 0.0)
    out = size * _ratio(_NEAR, square)
    rest = ~near & (size == size)
    if rest.any():
        out[rest] = 1.0 - _complement(size[rest])
    return np.copysign(out, wide).astype(x.dtype, copy=False).reshape(x.shape)


def _complement(y: np.ndarray) -> np.ndarray:
    """1 − erf(y) for y > 0.46875."""
    return _square_exp(y, -1) * _scaled_complement(y)


def _square_exp(y: np.ndarray, sign: int) -> np.ndarray:
    """exp(±y²) in two factors, for y² itself is rounded."""
    coarse = np.trunc(y * 16.0) / 16.0
    return np.exp(sign * coarse * coarse) * np.exp(sign * (y - coarse) * (y + coarse))


def _scaled_complement(y: np.ndarray) -> np.ndarray:
    """exp(y²) · (1 − erf(y)) for y > 0.46875."""
    inverse = 1.0 / (y * y)
    far = (_INV_SQRT_PI - inverse * _ratio(_FAR, inverse)) / y
    return np.where(y <= 4.0, _ratio(_MIDDLE, np.minimum(y, 4.0)), far)


def _ratio(table: tuple[tuple[float, ...], tuple[float, ...]], at: np.ndarray) -> np.ndarray:
    above, below = (np.polyval(coefficients, at) for coefficients in table)
    return above / below


def erfc_array(x: np.ndarray) -> np.ndarray:
    """1 − erf(x) of each element without cancellation, in the input's own dtype."""
    wide = np.atleast_1d(np.asarray(x, np.float64))
    size = np.minimum(np.abs(wide), 30.0)       # erfc(30) is below the smallest number
    out = 1.0 - erf_array(wide)
    tail = size > 0.46875
    if tail.any():
        beyond = _complement(size[tail])
        out[tail] = np.where(wide[tail] > 0, beyond, 2.0 - beyond)
    return out.astype(x.dtype, copy=False).reshape(x.shape)


def erfcx_array(x: np.ndarray) -> np.ndarray:
    """exp(x²) · erfc(x) of each element, which stays representable where erfc does not."""
    wide = np.atleast_1d(np.asarray(x, np.float64))
    size = np.abs(wide)
    near = np.minimum(size, 0.46875)
    out = np.exp(near * near) * (1.0 - erf_array(near))
    tail = size > 0.46875
    if tail.any():
        out[tail] = _scaled_complement(size[tail])
    low = 2.0 * _square_exp(np.minimum(size, 27.0), 1) - out
    out = np.where(wide < 0, np.where(size > 26.7, np.inf, low), out)
    return out.astype(x.dtype, copy=False).reshape(x.shape)


def erfinv_array(y: np.ndarray) -> np.ndarray:
    """The x with erf(x) = y, ±∞ at ±1: Giles's single precision formula, then Newton's method.

    Source: M. Giles, Approximating the erfinv function, GPU Computing Gems 2 (2010).
    """
    wide = np.asarray(y, np.float64)
    rest = 1.0 - np.abs(wide)                   # exact, so that Newton does not lose the last digits near ±1
    w = -np.log(rest * (1.0 + np.abs(wide)))
    near = np.polyval(_GILES_NEAR, w - 2.5)
    far = np.polyval(_GILES_FAR, np.sqrt(np.maximum(w, 5.0)) - 3.0)
    x = np.abs(np.where(w < 5.0, near, far) * wide)
    for _ in range(4):
        x = x + (erfc_array(x) - rest) / (2 * _INV_SQRT_PI * np.exp(-x * x))
    x = np.where(rest == 0.0, np.inf, np.where(rest < 0.0, np.nan, x))
    return np.copysign(x, wide).astype(y.dtype, copy=False)


_GILES_NEAR = (
    2.81022636e-08,
    3.43273939e-07,
    -3.5233877e-06,
    -4.39150654e-06,
    0.00021858087,
    -0.00125372503,
    -0.00417768164,
    0.246640727,
    1.50140941,
)
_GILES_FAR = (
    -0.000200214257,
    0.000100950558,
    0.00134934322,
    -0.00367342844,
    0.00573950773,
    -0.0076224613,
    0.00943887047,
    1.00167406,
    2.83297682,
)
