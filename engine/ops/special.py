"""More functions of one element, or of two side by side: special functions, kinds of numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import errors
from engine.op import Array, Op, composite, op
from engine.ops.compare import where
from engine.ops.elementwise import abs as abs_
from engine.ops.elementwise import cos, exp, log, square
from engine.ops.erf import erf_array, erfc_array, erfinv_array
from engine.ops.gamma import digamma_array, lgamma_array, polygamma_array
from engine.ops.table import binary, suffixed, unary, zeros_as
from engine.recording import refuse
from engine.tensor import Tensor

# ---- pairs ----

logaddexp = binary(
    "logaddexp", np.logaddexp,
    lambda g, input, other: (g / (1 + exp(other - input)), g / (1 + exp(input - other))),
    "log(e^input + e^other), without overflow", numbers="none",
)
logaddexp2 = binary(
    "logaddexp2", np.logaddexp2,
    lambda g, input, other, out: (g * 2 ** (input - out), g * 2 ** (other - out)),
    "log₂(2^input + 2^other), without overflow", numbers="none",
)
hypot = binary(
    "hypot", np.hypot, lambda g, input, other, out: (g * (input / out), g * (other / out)),
    "√(input² + other²)", numbers="none", inplace=True,
)


def _turn(g: Array, input: Array, other: Array) -> tuple[Array, Array]:
    size = square(input) + square(other)
    share = where(size == 0, 0.0, g / where(size == 0, 1.0, size))      # no direction at the origin
    return share * other, -share * input


atan2 = binary(
    "atan2", np.arctan2,
    lambda g, input, other: _turn(g, input, other),
    "the angle of the point (other, input)", "float", numbers="none", inplace=True,
)
copysign = binary(
    "copysign", np.copysign,
    lambda g, input, out: (where(input == 0, 0.0, g * (out / input)), zeros_as(g)),
    "the size of input with the sign of other", "float", numbers="other", inplace=True,
    node=suffixed("Copysign", 0, 1),
)
ldexp = binary(
    "ldexp",
    lambda x, e: x * np.power(x.dtype.type(2), e),
    lambda g, other, out: (g * 2.0**other, g * out * math.log(2)),
    "input · 2^other",
    "float",
    numbers="none",
    inplace=True,
)


def _xlogy(x: Any, y: Any) -> Any:
    product = x * np.log(y if isinstance(y, np.ndarray) else np.asarray(y, x.dtype))
    return np.where((x == 0) & (y == y), product.dtype.type(0), product)


def _log(x: Any) -> Any:
    """The logarithm of a tensor, an array or a number."""
    if not isinstance(x, (int, float)):
        return log(x)
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


xlogy = binary(
    "xlogy", _xlogy,
    lambda g, input, other: (where((input == 0) & (other <= 0), 0.0, g * _log(other)), g * input / other),
    "input · log(other), 0 where input is 0", "float", inplace=True, node=suffixed("Xlogy", 0, 2, 1),
)


def _xlog1py(x: Any, y: Any) -> Any:
    product = x * np.log1p(y if isinstance(y, np.ndarray) else np.asarray(y, x.dtype))
    return np.where((x == 0) & (y == y), product.dtype.type(0), product)


xlog1py = binary(
    "xlog1py", _xlog1py,
    lambda g, input, other: (
        where((input == 0) & (other <= -1), 0.0, g * _log(other + 1)), g * input / (other + 1)),
    "input · log(1 + other), 0 where input is 0", "float", internal=True,
    node=suffixed("SpecialXlog1Py", 0, 2, 1),
)


# ---- special functions ----

_TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)

erf = unary(
    "erf",
    erf_array,
    lambda g, input: g * exp(-square(input)) * _TWO_OVER_ROOT_PI,
    "error function",
    inplace=True,
)
erfc = unary(
    "erfc", erfc_array, lambda g, input: g * exp(-square(input)) * -_TWO_OVER_ROOT_PI, "1 − erf", inplace=True
)
erfinv = unary(
    "erfinv",
    erfinv_array,
    lambda g, out: g * exp(square(out)) / _TWO_OVER_ROOT_PI,
    "inverse of erf",
    inplace=True,
)
lgamma = unary("lgamma", lgamma_array, lambda g, input: g * digamma(input), "log of |Γ|", inplace=True)


@op(family="elementwise", doc="the n-th derivative of digamma", promote="float", node="PolygammaBackward0",
    internal=True)
def derived(input: Array, n: int) -> Array:
    return polygamma_array(n, input)


@derived.vjp
def derived_vjp(g: Array, input: Array, n: int) -> Array:
    return g * derived(input, n + 1)


digamma: Op = unary(
    "digamma", digamma_array, lambda g, input: g * derived(input, 1), "derivative of log Γ", inplace=True,
    node="DigammaBackward0",
)


@composite(family="elementwise", doc="the n-th derivative of digamma")
def polygamma(n: int, input: Array) -> Array:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return derived(input, n) if n else digamma.call(input)



def _sinc(x: Any) -> Any:
    return np.sinc(x).astype(x.dtype, copy=False)


def _sinc_rule(g: Array, input: Array, out: Array) -> Array:
    slope = (cos(input * math.pi) - out) / where(input == 0, 1.0, input)
    return g * where(input == 0, 0.0, slope)


sinc = unary("sinc", _sinc, _sinc_rule, "sin(π·input) / (π·input)", inplace=True)


@op(
    family="elementwise", doc="log(input / (1 − input)), input first kept eps away from 0 and 1",
    inplace=True, promote="float",
)
def logit(input: Array, eps: float | None = None) -> Array:
    x = input if eps is None else np.clip(input, input.dtype.type(eps), input.dtype.type(1 - eps))
    return np.log(x / (1 - x))


@logit.vjp
def logit_vjp(g: Array, input: Array, eps: float | None) -> Array:
    outside = (input < (eps or 0.0)) | (input > 1 - (eps or 0.0))
    return where(outside, math.nan if eps is None else 0.0, g / (input * (1 - input)))


@composite(family="elementwise", doc="input to the power of exponent, in float64")
def float_power(input: Array, exponent: Array) -> Array:
    if not isinstance(input, Tensor) and not isinstance(exponent, Tensor):
        kinds = ", ".join(type(x).__name__ for x in (input, exponent))
        raise TypeError(
            f"float_power() received an invalid combination of arguments - got ({kinds}), but expected one "
            "of:\n * (Tensor input, Tensor exponent, *, Tensor out = None)\n * (Number self, Tensor "
            "exponent, *, Tensor out = None)\n * (Tensor input, Number exponent, *, Tensor out = None)\n"
        )
    base = input.double() if isinstance(input, Tensor) else float(input)
    return base ** (exponent.double() if isinstance(exponent, Tensor) else float(exponent))


deg2rad = unary(
    "deg2rad", np.deg2rad, lambda g: g * (math.pi / 180), "degrees in radians", inplace=True,
    node="Deg2RadBackward0",
)
rad2deg = unary(
    "rad2deg", np.rad2deg, lambda g: g * (180 / math.pi), "radians in degrees", inplace=True,
    node="Rad2DegBackward0",
)


@op(family="elementwise", doc="rounded to decimals, halves to even", inplace=True)
def round(input: Array, decimals: int = 0) -> Array:
    return np.round(input, decimals)


@round.vjp
def round_vjp(g: Array) -> Array:
    return zeros_as(g)


@composite(family="elementwise", doc="the tensor itself")
def positive(input: Array) -> Array:
    return input


@op(family="elementwise", doc="0 below 0, 1 above, values at 0", numbers="none", nondiff=True,
    inplace=True)
def heaviside(input: Array, values: Array) -> Array:
    if input.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return np.where(input == 0, values, (input > 0).astype(input.dtype))


gcd = binary("gcd", np.gcd, None, "greatest common divisor", numbers="none", inplace=True)
lcm = binary("lcm", np.lcm, None, "least common multiple", numbers="none", inplace=True)
signbit = unary("signbit", np.signbit, None, "whether the sign is minus", "")
nextafter = binary(
    "nextafter", np.nextafter, lambda g, input, other: (where(input == other, 0.0, g), zeros_as(g)),
    "the next number towards other", numbers="none", inplace=True,
)

# ---- what kind of number ----

isnan = unary("isnan", np.isnan, None, "is not a number", "", "compare")
isinf = unary("isinf", np.isinf, None, "is infinite", "", "compare")
isfinite = unary("isfinite", np.isfinite, None, "is neither infinite nor NaN", "", "compare")
isposinf = unary("isposinf", lambda x: x == np.inf, None, "is +∞", "", "compare")
isneginf = unary("isneginf", lambda x: x == -np.inf, None, "is −∞", "", "compare")
isreal = unary("isreal", np.isreal, None, "has no imaginary part", "", "compare")


@composite(family="compare", doc="whether elements are within atol + rtol · |other|", nondiff=True)
def isclose(
    input: Array, other: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Array:
    for name, value in (("input", input), ("other", other)):
        if not isinstance(value, Tensor):
            at = 1 if name == "input" else 2
            raise errors.no_tensor("isclose", name, at, value)
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    for name, limit in (("rtol", rtol), ("atol", atol)):
        if limit < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {limit}")
    same = input == other
    if not input.is_floating_point():
        input, other = input.double(), other.double()
    near = abs_(input - other) <= atol + abs_(other * rtol)
    found = same | (near & isfinite(input) & isfinite(other))
    return found | ((input != input) & (other != other)) if equal_nan else found


@composite(family="compare", doc="whether all elements are close", nondiff=True)
def allclose(
    input: Array, other: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


@composite(family="compare", doc="whether shapes and all elements are the same", nondiff=True)
def equal(input: Array, other: Array) -> bool:
    refuse("it compares the values of tensors (equal)")
    return bool(input._array.shape == other._array.shape and (input._array == other._array).all())
