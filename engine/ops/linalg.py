"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.shape import transpose


@op(family="linalg", doc="product of two matrices", method=True)
def mm(input: Array, mat2: Array) -> Array:
    if input.ndim != 2 or mat2.ndim != 2 or input.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({input.shape[0]}x{input.shape[1]} and "
            f"{mat2.shape[0]}x{mat2.shape[1]})"
        )
    return input.dot(mat2)


@mm.vjp
def mm_vjp(g: Array, input: Array, mat2: Array, needs: Any) -> tuple[Array | None, Array | None]:
    return (
        mm(g, transpose(mat2, 0, 1)) if needs[0] else None,
        mm(transpose(input, 0, 1), g) if needs[1] else None,
    )
