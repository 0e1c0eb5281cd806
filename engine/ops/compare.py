"""Comparisons, logic and choice. Truth values have no gradient; ``where`` passes it to the side chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.table import binary, unary

eq = binary("eq", np.equal, None, "whether input = other", inplace=True)
ne = binary("ne", np.not_equal, None, "whether input ≠ other", inplace=True)
lt = binary("lt", np.less, None, "whether input < other", inplace=True)
le = binary("le", np.less_equal, None, "whether input ≤ other", inplace=True)
gt = binary("gt", np.greater, None, "whether input > other", inplace=True)
ge = binary("ge", np.greater_equal, None, "whether input ≥ other", inplace=True)
logical_and = binary("logical_and", np.logical_and, None, "both are nonzero", "", inplace=True)
logical_or = binary("logical_or", np.logical_or, None, "either is nonzero", "", inplace=True)
logical_xor = binary("logical_xor", np.logical_xor, None, "exactly one is nonzero", "", inplace=True)
logical_not = unary("logical_not", np.logical_not, None, "is zero", "", inplace=True)


@op(family="compare", doc="input where condition holds, else other", promote="choice", node="WhereBackward0")
def where(condition: Array, input: Array, other: Array) -> Array:
    return np.where(condition, input, other)


@where.vjp
def where_vjp(g: Array, condition: Array) -> tuple[None, Array, Array]:
    zero = 0 * g
    return None, where(condition, g, zero), where(condition, zero, g)


@where.front
def where_front(condition: Array, input: Array = None, other: Array = None) -> Any:
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    return where.call(condition, input, other)
