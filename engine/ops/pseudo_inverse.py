"""The Moore–Penrose inverse, and its derivative where the rank stays what it is.

Source: Golub & Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
variables separate", 1973, (4.12).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.linalg import matmul, transposed


@op(family="linalg", doc="the Moore–Penrose inverse", node="LinalgPinvBackward0")
def pinverse(input: Array, rcond: Any = 1e-15, atol: Any = 0.0, hermitian: bool = False) -> Array:
    """Singular values up to ``max(atol, rcond · the largest)`` count as 0.

    Of what is ``hermitian`` the lower triangle decides the value; the derivative is that of any matrix.
    """
    if hermitian:
        input = np.tril(input) + np.tril(input, -1).swapaxes(-1, -2)
    u, s, vh = np.linalg.svd(input, full_matrices=False)
    largest = s.max(-1, initial=0.0)
    keep = s > np.maximum(atol, rcond * largest)[..., None]
    scaled = np.where(keep, 1 / np.where(keep, s, 1), 0).astype(input.dtype)
    return (vh.swapaxes(-1, -2) * scaled[..., None, :]) @ u.swapaxes(-1, -2)


@pinverse.vjp
def pinverse_vjp(g: Array, input: Array, out: Array) -> Array:
    turned, gt = transposed(out), transposed(g)
    if input.shape[-2] <= input.shape[-1]:
        inside = matmul(gt, out)
        spread = matmul(inside, turned)
        found = spread - transposed(matmul(out, inside)) - matmul(matmul(input, out), spread)
        return found + matmul(matmul(turned, out), gt - matmul(inside, input))
    inside = matmul(out, gt)
    spread = matmul(turned, inside)
    found = spread - transposed(matmul(inside, out)) - matmul(matmul(spread, out), input)
    return found + matmul(matmul(gt - matmul(input, inside), out), turned)
