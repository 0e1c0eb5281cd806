"""Element by element: arithmetic, powers, exponentials, trigonometry. One row per op.

A rule says what it needs by its parameter names; ``g`` is the gradient of the output.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import recording
from engine.node import Node
from engine.op import Array, Op, Room
from engine.ops.compare import logical_and, where
from engine.ops.table import binary, suffixed, unary, zeros_as
from engine.room import constant
from engine.tensor import Tensor

LN2, LN10 = float(np.log(2)), float(np.log(10))

# ---- arithmetic ----


def _negative(x: Any) -> Any:
    if getattr(x, "dtype", None) == np.bool_:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a "
            "mask, use the `~` or `logical_not()` operator instead."
        )
    return np.negative(x)



def _sign(x: Any) -> Any:
    return x.copy() if x.dtype.kind == "b" else np.subtract(x > 0, x < 0, dtype=x.dtype)


def _square(x: Any) -> Any:
    return np.square(x.astype(np.int64) if x.dtype.kind == "b" else x)


add = binary("add", np.add, lambda g: (g, g), "input + other", numbers="all", inplace=True)
sub = binary(
    "sub", np.subtract, lambda g, needs: (g, -g if needs[1] else None), "input − other",
    numbers="all", bools=False, inplace=True,
)
rsub = binary(
    "rsub",
    lambda input, other: np.subtract(other, input),
    lambda g: (-g, g),
    "other − input",
    numbers="other", bools=False, node=suffixed("Rsub", 0, 1),
)
mul = binary(
    "mul", np.multiply,
    lambda g, input, other, needs: (g * other if needs[0] else None, g * input if needs[1] else None),
    "input · other", numbers="all", inplace=True,
)
div = binary(
    "div", np.true_divide,
    lambda g, input, other, needs: (
        g / other if needs[0] else None, -g * (input / other) / other if needs[1] else None),
    "input / other", "float", numbers="all", inplace=True,
    node=lambda node: "MulBackward0" if _which_is_number(node) == "2" else "DivBackward0",
)


def _no_derivative(g: Array) -> Array:
    raise RuntimeError("derivative for aten::floor_divide is not implemented")


def _whole(divide: Any) -> Any:
    """The division of two arrays, refusing to divide integers by 0."""

    def divided(input: Any, other: Any) -> Any:
        kind = (input if isinstance(input, np.ndarray) else other).dtype.kind
        if kind in "iu" and not np.all(other):
            raise RuntimeError("ZeroDivisionError")
        return divide(input, other)

    return divided


def _towards_zero(input: Any, other: Any) -> Any:
    kind = np.result_type(input, other)
    if kind.kind == "f":
        return np.trunc(np.true_divide(input, other)).astype(kind, copy=False)
    down = np.floor_divide(input, other)        # floats do not hold every integer
    return down + ((down * other != input) & (np.less(input, 0) != np.less(other, 0)))


floor_divide = binary(
    "floor_divide", _whole(np.floor_divide), _no_derivative, "input / other, rounded down",
    numbers="all", inplace=True, node="torch::autograd::NotImplemented",
)
divide_down = binary(
    "divide_down", _whole(np.floor_divide), lambda g: (zeros_as(g), zeros_as(g)),
    "input / other, rounded down",
    numbers="all", internal=True, node="DivBackward2",
)
trunc_divide = binary(
    "trunc_divide",
    _whole(_towards_zero),
    lambda g: (zeros_as(g), zeros_as(g)),
    "input / other, rounded towards 0",
    numbers="all",
    internal=True,
    node="DivBackward2",
)
remainder = binary(
    "remainder", _whole(np.remainder), lambda g, input, other, needs: (
        g, -g * divide_down(input, other) if needs[1] else None),
    "what is left after dividing; the sign of other", inplace=True, node=suffixed("Remainder", 1, 0),
)
fmod = binary(
    "fmod", _whole(np.fmod), lambda g, input, other, needs: (
        g, -g * trunc_divide(input, other) if needs[1] else None),
    "what is left after dividing; the sign of input", numbers="other", inplace=True,
    node=suffixed("Fmod", 1, 0),
)
neg = unary("neg", _negative, lambda g: -g, "−input", "", inplace=True)
reciprocal = unary("reciprocal", lambda x: 1 / x, lambda g, out: -g * out * out, "1 / input", inplace=True)
abs = unary("abs", np.absolute, lambda g, input: g * sign(input), "absolute value", "", inplace=True)
sign: Op = unary("sign", _sign, zeros_as, "−1, 0 or 1; 0 for NaN", "", inplace=True)
sgn = unary("sgn", _sign, zeros_as, "−1, 0 or 1: the sign", "", inplace=True)
square = unary(
    "square", _square, lambda g, input: g * (2 * input), "input²", "", inplace=True, node="PowBackward0"
)

# ---- rounding: flat between the steps ----

floor: Op = unary("floor", np.floor, zeros_as, "rounded down", "", inplace=True)
ceil = unary("ceil", np.ceil, zeros_as, "rounded up", "", inplace=True)
trunc: Op = unary("trunc", np.trunc, zeros_as, "rounded towards 0", "", inplace=True)
frac = unary("frac", lambda x: x - np.trunc(x), lambda g: g, "what trunc takes away", "", inplace=True)

# ---- exponentials and logarithms ----

exp = unary("exp", np.exp, lambda g, out: g * out, "e to the power of input", inplace=True)
exp2 = unary("exp2", np.exp2, lambda g, out: g * out * LN2, "2 to the power of input", inplace=True)
expm1 = unary("expm1", np.expm1, lambda g, out: g * (out + 1), "e^input − 1, exact near 0", inplace=True)
log = unary("log", np.log, lambda g, input: g / input, "natural logarithm", inplace=True)
log2 = unary("log2", np.log2, lambda g, input: g / (input * LN2), "logarithm to base 2", inplace=True)
log10 = unary("log10", np.log10, lambda g, input: g / (input * LN10), "logarithm to base 10", inplace=True)
log1p = unary(
    "log1p", np.log1p, lambda g, input: g / (input + 1), "log(1 + input), exact near 0", inplace=True,
    node="Log1PBackward0",
)
sqrt = unary("sqrt", np.sqrt, lambda g, out: g / (2 * out), "square root", inplace=True)
rsqrt = unary(
    "rsqrt",
    lambda x: 1 / np.sqrt(x),
    lambda g, out: g * out * out * out * -0.5,
    "1 / square root",
    inplace=True,
)

# ---- trigonometry ----

sin = unary("sin", np.sin, lambda g, input: g * cos(input), "sine", inplace=True)
cos: Op = unary("cos", np.cos, lambda g, input: -g * sin(input), "cosine", inplace=True)
tan = unary("tan", np.tan, lambda g, out: g * (1 + out * out), "tangent", inplace=True)
asin = unary("asin", np.arcsin, lambda g, input: g * rsqrt(1 - input * input), "arc sine", inplace=True)
acos = unary("acos", np.arccos, lambda g, input: -g * rsqrt(1 - input * input), "arc cosine", inplace=True)
atan = unary("atan", np.arctan, lambda g, input: g / (input * input + 1), "arc tangent", inplace=True)
sinh = unary("sinh", np.sinh, lambda g, input: g * cosh(input), "hyperbolic sine", inplace=True)
cosh: Op = unary("cosh", np.cosh, lambda g, input: g * sinh(input), "hyperbolic cosine", inplace=True)


def _tanh_rule(g: Array, out: Array) -> Array:
    if type(g) is np.ndarray and type(out) is np.ndarray and out.ndim:  # the same, with less to allocate
        slope = out * out
        return np.multiply(g, np.subtract(constant(1, slope.dtype), slope, slope), slope)
    return g * (1 - out * out)


tanh = unary("tanh", np.tanh, _tanh_rule, "hyperbolic tangent", inplace=True)


@tanh.writes("vjp")
def tanh_vjp_into(room: Room, outs: Any, g: Any, out: Any) -> Any:
    to_input = outs[0] if isinstance(outs, tuple) else outs
    one = constant(1, out.dtype)
    return [
        (np.multiply, (out, out, to_input)), (np.subtract, (one, to_input, to_input)),
        (np.multiply, (g, to_input, to_input)),
    ]


asinh = unary(
    "asinh", np.arcsinh, lambda g, input: g * rsqrt(input * input + 1), "inverse of sinh", inplace=True
)
acosh = unary(
    "acosh", np.arccosh, lambda g, input: g * rsqrt(input * input - 1), "inverse of cosh", inplace=True
)
atanh = unary("atanh", np.arctanh, lambda g, input: g / (1 - input * input), "inverse of tanh", inplace=True)

# ---- powers ----


def _number(x: Any) -> bool:
    """Whether an operand is a plain Python number."""
    return not isinstance(x, (Tensor, np.ndarray, np.generic))


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, (int, float)):      # next to floats
        if exponent == 2:
            return np.square(base)
        if exponent == 0.5:
            return np.sqrt(base)
    if getattr(base, "dtype", None) == np.bool_:
        if not exponent.ndim and exponent:
            return base.copy()
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")
    if getattr(base, "dtype", None) is not None and base.dtype.kind == "i" and np.less(exponent, 0).any():
        if not exponent.ndim and not exponent.flags.writeable:     # a number, no tensor
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        whole = np.where((base == 1) | ((base == -1) & (exponent % 2 == 0)), 1, np.where(base == -1, -1, 0))
        return np.where(exponent < 0, whole, np.power(base, np.maximum(exponent, 0))).astype(base.dtype)
    return np.power(base, exponent)


def _power_rule(
    g: Array, input: Array, other: Array, out: Array, needs: Any
) -> tuple[Array | None, Array | None]:
    to_input = to_other = None
    if needs[0]:
        if _number(other):
            slope = input if other == 2 else input ** (other - 1)
            to_input = zeros_as(g) if other == 0 else g * (other * slope)
        else:
            to_input = g * where(other == 0, 0.0, other * input ** (other - 1))
    if needs[1]:
        if _number(input):
            slope = out * float(np.log(input))
            to_other = g * slope if input else where(other >= 0, 0.0, g * slope)
        else:
            to_other = g * where(logical_and(input == 0, other >= 0), 0.0, out * log(input))
    return to_input, to_other


def _which_is_number(node: Node) -> str:
    """PyTorch's suffix: 0 for a number as exponent, 2 for one as base; read off the edges once freed."""
    base, exponent = map(_number, node.saved[:2]) if node.saved else (edge is None for edge in node.edges)
    return "2" if base else "0" if exponent else "1"


pow = binary(
    "pow",
    _power,
    _power_rule,
    "input to the power of other",
    inplace=True,
    node=lambda node: "PowBackward" + _which_is_number(node),
)


# ---- other forms of the arguments ----


def times(alpha: Any, other: Array, input: Array) -> Array:
    """The second operand of a sum times ``alpha``, which may not make floats of integers."""
    kinds = {x._array.dtype.kind for x in (input, other) if isinstance(x, Tensor)}
    if isinstance(alpha, bool) and kinds != {"b"}:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and "f" not in kinds and not isinstance(other, float):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    made = mul.call(other, alpha)
    if not isinstance(other, Tensor):
        recording.constant(made._array)
    return made


@add.front
def add_front(input: Array, other: Array, *, alpha: Any = 1) -> Array:
    return add.call(input, other if alpha == 1 and alpha is not True else times(alpha, other, input))


@sub.front
def sub_front(input: Array, other: Array, *, alpha: Any = 1) -> Array:
    return sub.call(input, other if alpha == 1 and alpha is not True else times(alpha, other, input))


@rsub.front
def rsub_front(input: Array, other: Array, *, alpha: Any = 1) -> Array:
    return rsub.call(input if alpha == 1 and alpha is not True else times(alpha, input, other), other)


@div.front
def div_front(input: Array, other: Array, *, rounding_mode: str | None = None) -> Array:
    if rounding_mode is None:
        return div.call(input, other)
    if rounding_mode == "floor":
        return divide_down.call(input, other)
    if rounding_mode == "trunc":
        return trunc_divide.call(input, other)
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '"
        + str(rounding_mode)
        + "'"
    )


@pow.front
def pow_front(input: Array, exponent: Array) -> Array:
    return pow.call(input, exponent)
