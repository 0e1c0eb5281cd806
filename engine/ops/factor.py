"""Triangular systems, the LU and Householder forms of matrices, and the matrix exponential, in batches.

Derivatives of LU: Giles, "An extended collection of matrix derivative results", 2008. The exponential:
scaling and squaring of its Taylor polynomial in float64 (Higham, "Functions of Matrices", 2008, 10.3).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import return_types
from engine.op import Array, composite, op
from engine.ops.arrange import tril, triu
from engine.ops.gather import take_at
from engine.ops.join import cat
from engine.ops.linalg import transposed
from engine.ops.matrix import matmul, square_of
from engine.ops.pivots import lu_array, row_order
from engine.ops.shape import expand, narrow, unsqueeze
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor, wrap

# ---- triangles ----


@op(family="linalg", doc="x with input @ x = other, input a triangle", node="LinalgSolveTriangularBackward0",
    internal=True)
def solve_triangle(input: Array, other: Array, upper: bool, unit: bool) -> Array:
    batch = np.broadcast_shapes(input.shape[:-2], other.shape[:-2])
    x = np.broadcast_to(other, (*batch, *other.shape[-2:])).copy()
    size = input.shape[-1]
    for i in range(size - 1, -1, -1) if upper else range(size):
        known = slice(i + 1, size) if upper else slice(0, i)
        x[..., i, :] -= np.matmul(input[..., i : i + 1, known], x[..., known, :])[..., 0, :]
        if not unit:
            x[..., i, :] /= input[..., i, i, None]
    return x


@solve_triangle.vjp
def solve_triangle_vjp(g: Array, input: Array, out: Array, upper: bool, unit: bool) -> tuple[Array, Array]:
    to_other = solve_triangle(transposed(input), g, not upper, unit)
    to_input = -matmul(to_other, transposed(out))
    return triu(to_input, int(unit)) if upper else tril(to_input, -int(unit)), to_other


def solve_triangular(
    A: Array, B: Array, *, upper: bool, left: bool = True, unitriangular: bool = False  # noqa: N803
) -> Array:
    """x with A @ x = B (x @ A = B where not ``left``), A a triangle: (…, n, n) and (…, n, k) → (…, n, k)."""
    square_of(A._array, "solve_triangular")
    if A.shape[-1] != B.shape[-2 if left else -1]:
        shapes = " and ".join("x".join(map(str, x.shape[-2:])) for x in (A, B))
        raise RuntimeError(
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation "
            f"{'AX = B' if left else 'XA = B'} ({shapes})"
        )
    if left:
        return solve_triangle(A, B, upper, unitriangular)
    return transposed(solve_triangle(transposed(A), transposed(B), not upper, unitriangular))


@composite(family="linalg", doc="x with A @ x = input, A a triangle, and A")
def triangular_solve(
    input: Array, A: Array, upper: bool = True, transpose: bool = False, unitriangular: bool = False  # noqa: N803
) -> Any:
    turned = transposed(A) if transpose else A
    return return_types.triangular_solve(
        solve_triangle(turned, input, upper != transpose, unitriangular), A.clone()
    )


@op(family="linalg", doc="x with L @ Lᵀ @ x = input, L a lower triangle (Uᵀ @ U where upper)")
def cholesky_solve(input: Array, input2: Array, upper: bool = False) -> Array:
    lower = transposed(input2) if upper else input2
    return solve_triangle(transposed(lower), solve_triangle(lower, input, False, False), True, False)


@cholesky_solve.vjp
def cholesky_solve_vjp(g: Array, input2: Array, out: Array, upper: bool) -> tuple[Array, Array]:
    to_input = cholesky_solve(g, input2, upper)
    common = matmul(to_input, transposed(out))
    common = common + transposed(common)
    return to_input, -(matmul(input2, common) if upper else matmul(common, input2))


@composite(family="linalg", doc="the inverse of L @ Lᵀ, L a lower triangle (of Uᵀ @ U where upper)")
def cholesky_inverse(input: Array, upper: bool = False) -> Array:
    eye = constant(np.eye(input.shape[-1], dtype=input._array.dtype))
    return cholesky_solve(wrap(eye), input, upper)


# ---- LU ----


@op(family="linalg", doc="L and U of a square matrix in one, without swapping rows",
    node="LinalgLuFactorExBackward0", internal=True)
def lu_unpivoted(input: Array) -> Array:
    return lu_array(input, pivot=False)[0]


@lu_unpivoted.vjp
def lu_unpivoted_vjp(g: Array, out: Array) -> Array:
    eye = np.eye(out.shape[-1], dtype=out._array.dtype if isinstance(out, Tensor) else out.dtype)
    lower = tril(out, -1) + (wrap(eye) if isinstance(out, Tensor) else eye)
    inside = tril(matmul(transposed(lower), tril(g, -1)), -1) + triu(matmul(triu(g), transposed(triu(out))))
    left = solve_triangle(transposed(lower), inside, True, True)
    return transposed(solve_triangle(triu(out), transposed(left), True, False))


def _pivots(a: Any, pivot: bool) -> Any:
    return lu_array(a, pivot)[1]


def lu_factor(A: Array, *, pivot: bool = True) -> Any:  # noqa: N803 - PyTorch's name
    """L and U of ``A = P @ L @ U`` in one matrix (…, m, n), and the rows swapped, from 1 (…, min(m, n))."""
    if A.ndim < 2:
        raise RuntimeError("torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: "
                           f"{list(A.shape)} instead")
    rows, columns = A.shape[-2:]
    size = min(rows, columns)
    pivots = derived(_pivots, A, pivot)
    order = unsqueeze(derived(row_order, pivots, rows), -1)
    swapped = take_at(A, expand(order, tuple(A.shape)), -2)
    top = narrow(swapped, -2, 0, size)
    lu = lu_unpivoted(narrow(top, -1, 0, size))
    if columns > size:
        right = solve_triangle(lu, narrow(top, -1, size, columns - size), False, True)
        lu = cat([lu, right], -1)
    if rows > size:
        below = narrow(swapped, -2, size, rows - size)
        lu = cat([lu, transposed(solve_triangle(transposed(lu), transposed(below), False, False))], -2)
    return return_types.lu_factor(lu, pivots)


@composite(family="linalg", doc="P, L and U from what lu_factor gives")
def lu_unpack(
    LU_data: Array, LU_pivots: Array, unpack_data: bool = True, unpack_pivots: bool = True  # noqa: N803
) -> Any:
    kind = LU_data._array.dtype
    rows, columns = LU_data.shape[-2:]
    size = min(rows, columns)
    p = lower = upper = wrap(constant(np.empty(0, kind)))
    if unpack_data:
        lower = tril(narrow(LU_data, -1, 0, size), -1) + wrap(constant(np.eye(rows, size, dtype=kind)))
        upper = triu(narrow(LU_data, -2, 0, size))
    if unpack_pivots:
        order = derived(row_order, LU_pivots, rows)
        p = (wrap(constant(np.arange(rows)[:, None])) == unsqueeze(order, -2)).to(LU_data.dtype)
    return return_types.lu_unpack(p, lower, upper)


def lu(A: Array, *, pivot: bool = True) -> Any:  # noqa: N803 - PyTorch's name
    """``A = P @ L @ U``: P (…, m, m), L (…, m, k), U (…, k, n) with k = min(m, n)."""
    p, lower, upper = lu_unpack(*lu_factor(A, pivot=pivot), unpack_pivots=pivot)
    return return_types.lu(p, lower, upper)


def lu_solve(LU: Array, pivots: Array, B: Array, *, left: bool = True, adjoint: bool = False) -> Array:  # noqa: N803
    """x with A @ x = B, for the LU form of A (``adjoint``: of its transpose; not ``left``: x @ A = B)."""
    if not left:
        return transposed(lu_solve(LU, pivots, transposed(B), adjoint=not adjoint))
    order = derived(row_order, pivots, LU.shape[-1])
    batch = np.broadcast_shapes(tuple(LU.shape[:-2]), tuple(B.shape[:-2]))

    def arranged(x: Array, places: Any) -> Array:
        shape = *batch, *x.shape[-2:]
        return take_at(expand(x, shape), expand(unsqueeze(places, -1), shape), -2)

    if adjoint:
        turned = transposed(LU)
        x = solve_triangle(turned, solve_triangle(turned, B, False, False), True, True)
        return arranged(x, derived(np.argsort, order, -1))
    return solve_triangle(LU, solve_triangle(LU, arranged(B, order), False, True), True, False)


# ---- Householder ----


def householder_product(A: Array, tau: Array) -> Array:  # noqa: N803 - PyTorch's name
    """The first n columns of H₁ @ H₂ …, Hᵢ = 1 − tauᵢ · vᵢ vᵢᵀ, vᵢ column i of A below a diagonal of 1."""
    rows, columns = A.shape[-2:]
    kind = A._array.dtype
    vectors = tril(A, -1) + wrap(constant(np.eye(rows, columns, dtype=kind)))
    made = wrap(constant(np.eye(rows, columns, dtype=kind)))
    if not tau.shape[-1]:
        return made + (A - A)       # no product, yet a part of the graph
    for i in range(tau.shape[-1] - 1, -1, -1):
        v = narrow(vectors, -1, i, 1)
        made = made - unsqueeze(unsqueeze(tau.select(-1, i), -1), -1) * matmul(v, matmul(transposed(v), made))
    return made


@composite(family="linalg", doc="the first columns of a product of Householder matrices")
def orgqr(input: Array, tau: Array) -> Array:
    return householder_product(input, tau)


@composite(family="linalg", doc="R, the Householder vectors below it, and their factors", nondiff=True)
def geqrf(input: Array) -> Any:
    factors = input._array.copy()
    tau = np.zeros((*input.shape[:-2], min(input.shape[-2:])), factors.dtype)
    for place in np.ndindex(tau.shape[:-1]) if tau.size else ():
        raw, tau[place] = np.linalg.qr(factors[place], "raw")
        factors[place] = raw.T
    return return_types.geqrf(wrap(factors), wrap(tau))


# ---- exponential ----

_TERMS = 18
_NEAR = 0.5     # norms up to it need no squaring: the next term is below 1e-22


def _exponential(x: Any) -> Any:
    wide = x.astype(np.float64)
    size = np.abs(wide).sum(-2).max(initial=0.0)
    halvings = max(0, math.ceil(math.log2(size / _NEAR))) if size and math.isfinite(size) else 0
    wide /= 2.0**halvings
    eye = np.eye(x.shape[-1])
    out = eye + wide / _TERMS
    for k in range(_TERMS - 1, 0, -1):
        out = eye + wide @ out / k
    for _ in range(halvings):
        out = out @ out
    return out.astype(x.dtype)


@op(family="linalg", doc="the exponential of a matrix: 1 + A + A²/2 + …", node="LinalgMatrixExpBackward0")
def matrix_exp(input: Array) -> Array:
    return _exponential(square_of(input, "matrix_exp"))


@matrix_exp.vjp
def matrix_exp_vjp(g: Array, input: Array) -> Array:
    # The derivative in direction g is the corner of a block matrix's exponential (Mathias, 1996).
    turned, size = transposed(input), input.shape[-1]
    blocks = cat([cat([turned, g], -1), cat([turned * 0, turned], -1)], -2)
    return narrow(narrow(matrix_exp(blocks), -2, 0, size), -1, size, size)
