"""Element by element: arithmetic, powers, exponentials, trigonometry. One row per op."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array
from engine.ops.compare import logical_and, where
from engine.ops.table import binary, unary
from engine.tensor import Tensor

# ---- arithmetic ----

add = binary("add", np.add, lambda g: (g, g), "input + other", inplace=True)
sub = binary("sub", np.subtract, lambda g: (g, -g), "input − other", inplace=True)
mul = binary("mul", np.multiply, lambda g, input, other: (g * other, g * input), "input · other", inplace=True)
div = binary(
    "div", np.true_divide, lambda g, other, out: (g / other, -g * out / other), "input / other", "float",
    inplace=True,
)
neg = unary("neg", np.negative, lambda g: -g, "−input", "", inplace=True)

# ---- powers, exponentials, logarithms ----

exp = unary("exp", np.exp, lambda g, out: g * out, "e to the power of input", inplace=True)
log = unary("log", np.log, lambda g, input: g / input, "natural logarithm", inplace=True)
sqrt = unary("sqrt", np.sqrt, lambda g, out: g / (2 * out), "square root", inplace=True)
tanh = unary("tanh", np.tanh, lambda g, out: g * (1 - out * out), "hyperbolic tangent", inplace=True)
abs = unary("abs", np.absolute, lambda g, input: g * sign(input), "absolute value", "", inplace=True)
sign = unary("sign", np.sign, lambda g: g * 0, "−1, 0 or 1", "", inplace=True)


def _pow(base: Any, exponent: Any) -> Any:
    return np.power(base, exponent)


def _pow_rule(g: Array, input: Array, other: Array, out: Array, needs: Any) -> tuple[Array | None, Array | None]:
    to_input = to_other = None
    if needs[0]:
        to_input = where(other == 0, 0.0, g * other * input ** (other - 1)) if not _number(other) else (
            g * 0 if other == 0 else g * (other * input ** (other - 1)))
    if needs[1]:
        to_other = g * where(logical_and(input == 0, other >= 0), 0.0, out * log(input))
    return to_input, to_other


def _number(x: Any) -> bool:
    return not isinstance(x, (Tensor, np.ndarray))


pow = binary("pow", _pow, _pow_rule, "input to the power of other", inplace=True)
