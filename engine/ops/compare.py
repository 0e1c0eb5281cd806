"""Comparisons, logic and choice. Truth values have no gradient; ``where`` passes it to the side chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array, op
from engine.ops.table import binary, unary

eq = binary("eq", np.equal, None, "whether input = other", numbers="other", inplace=True)
ne = binary("ne", np.not_equal, None, "whether input ≠ other", numbers="other", inplace=True)
lt = binary("lt", np.less, None, "whether input < other", numbers="other", inplace=True)
le = binary("le", np.less_equal, None, "whether input ≤ other", numbers="other", inplace=True)
gt = binary("gt", np.greater, None, "whether input > other", numbers="other", inplace=True)
ge = binary("ge", np.greater_equal, None, "whether input ≥ other", numbers="other", inplace=True)
logical_and = binary(
    "logical_and", np.logical_and, None, "both are nonzero", numbers="none", inplace=True
)
logical_or = binary(
    "logical_or", np.logical_or, None, "either is nonzero", numbers="none", inplace=True
)
logical_xor = binary(
    "logical_xor", np.logical_xor, None, "exactly one is nonzero", numbers="none", inplace=True
)
logical_not = unary("logical_not", np.logical_not, None, "is zero", "", inplace=True)


@op(family="compare", doc="input where condition holds, else other", promote="choice", node="WhereBackward0")
def where(condition: Array, input: Array, other: Array) -> Array:
    if condition.dtype != np.bool_ and condition.dtype != np.uint8:
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{from_numpy_dtype(condition.dtype).tensor_type[6:-6]}"
        )
    return np.where(condition, input, other)


@where.vjp
def where_vjp(g: Array, condition: Array, needs: Any) -> tuple[None, Array | None, Array | None]:
    to_input = where(condition, g, 0.0) if needs[1] else None
    return None, to_input, where(condition, 0.0, g) if needs[2] else None


@where.front
def where_front(condition: Array, input: Array = None, other: Array = None) -> Any:
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    return where.call(condition, input, other)
