"""Inverses, determinants and decompositions of matrices, in batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.dtypes import from_numpy_dtype
from engine.op import Array, composite, op
from engine.ops.arrange import diag_embed
from engine.ops.compare import where
from engine.ops.join import cat
from engine.ops.linalg import matmul as matmul_tensors
from engine.ops.linalg import transposed
from engine.ops.pivots import why
from engine.ops.reduce import vector_norm
from engine.ops.scan import exclusive_product
from engine.ops.shape import narrow, reshape, squeeze, unsqueeze
from engine.recording import constant
from engine.tensor import Tensor, wrap


class LinAlgError(RuntimeError):
    """A matrix that does not have what was asked of it."""


def matmul(a: Array, b: Array) -> Array:
    """The product of arrays or of tensors."""
    return matmul_tensors(a, b) if isinstance(a, Tensor) else np.matmul(a, b)


def square_of(x: Any, name: str) -> Any:
    """The matrices, once they are seen to be square and of a floating point type."""
    if x.ndim < 2:
        raise RuntimeError(f"linalg.{name}: The input tensor A must have at least 2 dimensions.")
    if x.shape[-1] != x.shape[-2]:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but they are {x.shape[-2]} by "
            f"{x.shape[-1]} matrices"
        )
    if x.dtype.kind != "f":
        kind = from_numpy_dtype(x.dtype).tensor_type[6:-6]
        raise RuntimeError(f"linalg.{name}: Expected a floating point or complex tensor as input. Got {kind}")
    return x


def _numpy(name: str, function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except np.linalg.LinAlgError:
        raise LinAlgError(why(name, args[0])) from None


@op(family="linalg", doc="the inverse", node="LinalgInvExBackward0", internal=True)
def inv(input: Array) -> Array:
    return _numpy("inv", np.linalg.inv, square_of(input, "inv"))


@inv.vjp
def inv_vjp(g: Array, out: Array) -> Array:
    turned = transposed(out)
    return -matmul(turned, matmul(g, turned))


@op(family="linalg", doc="x with input @ x = other", node="LinalgSolveExBackward0", internal=True)
def solve_matrix(input: Array, other: Array) -> Array:
    if input.dtype != other.dtype:
        kinds = [from_numpy_dtype(x.dtype).tensor_type[6:-6] for x in (input, other)]
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {kinds[0]} and B of "
            f"type {kinds[1]} instead"
        )
    if square_of(input, "solve").shape[-1] != other.shape[-2]:
        sides = " and ".join("x".join(map(str, x.shape[-2:])) for x in (input, other))
        raise RuntimeError(f"linalg.solve: Incompatible shapes of A and B for the equation AX = B ({sides})")
    return _numpy("solve", np.linalg.solve, input, other)


@solve_matrix.vjp
def solve_matrix_vjp(g: Array, input: Array, out: Array) -> tuple[Array, Array]:
    to_other = solve_matrix(transposed(input), g)
    return -matmul(to_other, transposed(out)), to_other


@op(family="linalg", doc="the determinant", node="LinalgDetBackward0")
def det(input: Array) -> Array:
    return np.linalg.det(square_of(input, "det"))


@det.vjp
def det_vjp(g: Array, input: Array, out: Array) -> Array:
    lost = (out._array if isinstance(out, Tensor) else out) == 0
    each = unsqueeze(unsqueeze(g, -1), -1)
    if not lost.any():
        return each * unsqueeze(unsqueeze(out, -1), -1) * transposed(inv(input))
    if isinstance(input, Tensor):       # the cofactors
        u, s, vh = svd_triple(input)
        turn = unsqueeze(unsqueeze(det(u) * det(vh), -1), -1)
        return each * turn * matmul(u * unsqueeze(exclusive_product(s, -1), -2), vh)
    # What PyTorch gives where no graph is wanted: 0 for a matrix without an inverse.
    return each * out[..., None, None] * transposed(inv(_or_identity(input, lost)))


def _or_identity(matrices: Any, lost: Any) -> Any:
    """Matrices to invert, with the identity in the place of those that have no inverse."""
    return np.where(lost[..., None, None], np.eye(matrices.shape[-1], dtype=matrices.dtype), matrices)


@op(
    family="linalg",
    doc="sign and log of the size of the determinant",
    node="LinalgSlogdetBackward0",
    internal=True,
)
def slogdet_pair(input: Array) -> Any:
    sign, size = np.linalg.slogdet(square_of(input, "slogdet"))
    return np.asarray(sign), np.asarray(size)


@slogdet_pair.vjp
def slogdet_pair_vjp(g: Any, input: Array, out: Any) -> Array:
    size = out[1]._array if isinstance(out[1], Tensor) else out[1]
    lost = size == -np.inf
    each = unsqueeze(unsqueeze(g[1], -1), -1)
    if not lost.any():
        return each * transposed(inv(input))
    held = input._array if isinstance(input, Tensor) else input
    nothing = np.where(lost[..., None, None], held.dtype.type(np.nan), held.dtype.type(0))
    return each * (transposed(inv(_or_identity(held, lost))) + nothing)


@composite(family="linalg", doc="sign and log of the size of the determinant")
def slogdet(input: Array) -> Any:
    return return_types.slogdet(*slogdet_pair(input))


@composite(family="linalg", doc="log of the determinant, NaN where it is negative")
def logdet(input: Array) -> Array:
    sign, size = slogdet_pair(input)
    return where(sign < 0, float("nan"), size)


@composite(family="linalg", doc="the inverse of a matrix")
def inverse(input: Array) -> Array:
    return inv(input)


# ---- decompositions ----


def _lower_half(x: Array) -> Array:
    """The lower triangle with half the diagonal."""
    mask = np.tril(np.ones(x.shape[-2:], np.float64)) - 0.5 * np.eye(x.shape[-1])
    mask = mask.astype(x._array.dtype if isinstance(x, Tensor) else x.dtype)
    return x * (wrap(mask) if isinstance(x, Tensor) else mask)


@op(
    family="linalg",
    doc="the lower triangle L with L @ Lᵀ = input",
    node="LinalgCholeskyExBackward0",
    internal=True,
)
def cholesky_lower(input: Array) -> Array:
    return _numpy("cholesky", np.linalg.cholesky, square_of(input, "cholesky"))


@cholesky_lower.vjp
def cholesky_lower_vjp(g: Array, out: Array) -> Array:
    inside = _lower_half(matmul(transposed(out), g))
    back = inv(out)
    found = matmul(transposed(back), matmul(inside, back))
    return (found + transposed(found)) / 2


@op(
    family="linalg",
    doc="input = Q @ R with orthonormal columns in Q",
    node="LinalgQrBackward0",
    internal=True,
)
def qr_pair(input: Array, mode: str) -> Any:
    q, r = np.linalg.qr(input, "reduced" if mode == "r" else mode)  # type: ignore[call-overload]
    return q, r


@qr_pair.vjp
def qr_pair_vjp(g: Any, input: Array, out: Any, mode: str) -> Array:
    (gq, gr), (q, r) = g, out
    rows, columns = r.shape[-2:]
    if rows > columns:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols"
        )
    if columns > rows:      # the left square is decomposed; the rest is q times its own part of r
        rest = columns - rows
        right, to_right = narrow(input, -1, rows, rest), narrow(gr, -1, rows, rest)
        square = narrow(input, -1, 0, rows), (q, narrow(r, -1, 0, rows))
        grads = gq + matmul(right, transposed(to_right)), narrow(gr, -1, 0, rows)
        return cat([qr_pair_vjp(grads, *square, mode), matmul(q, to_right)], -1)
    m = matmul(r, transposed(gr)) - matmul(transposed(gq), q)
    low = _lower_half(m)
    symmetric = low + transposed(low)
    return matmul(gq + matmul(q, symmetric), transposed(inv(r)))


@op(
    family="linalg",
    doc="eigenvalues, ascending, and eigenvectors of a symmetric matrix",
    node="LinalgEighBackward0",
    internal=True,
)
def eigh_pair(input: Array, UPLO: str) -> Any:  # noqa: N803 - PyTorch's name
    values, vectors = np.linalg.eigh(square_of(input, "eigh"), "U" if UPLO.upper() == "U" else "L")
    return values, vectors


@eigh_pair.vjp
def eigh_pair_vjp(g: Any, out: Any) -> Array:
    (gw, gv), (w, v) = g, out
    turned = transposed(v)
    gaps = unsqueeze(w, -2) - unsqueeze(w, -1)
    mixed = matmul(turned, gv)
    inside = where(gaps == 0, 0.0, (mixed - transposed(mixed)) / where(gaps == 0, 1.0, 2 * gaps))
    return matmul(v, matmul(inside + diag_of(gw), turned))


def diag_of(x: Array) -> Array:
    """A vector, array or tensor, as a diagonal matrix."""
    if isinstance(x, Tensor):
        return diag_embed(x, 0, -2, -1)
    return x[..., None] * np.eye(x.shape[-1], dtype=x.dtype)


@op(family="linalg", doc="input = U @ diag(S) @ Vh", node="LinalgSvdBackward0", internal=True)
def svd_triple(input: Array) -> Any:
    if input.dtype.kind != "f":
        kind = from_numpy_dtype(input.dtype).tensor_type[6:-6]
        raise RuntimeError(f"linalg.svd: Expected a floating point or complex tensor as input. Got {kind}")
    u, s, vh = np.linalg.svd(input, full_matrices=False)
    return u, s, vh


@svd_triple.vjp
def svd_triple_vjp(g: Any, out: Any) -> Array:
    (gu, gs, gvh), (u, s, vh) = g, out
    v, gv = transposed(vh), transposed(gvh)
    squares = s * s
    gaps = unsqueeze(squares, -2) - unsqueeze(squares, -1)
    inverse_gaps = where(gaps == 0, 0.0, 1 / where(gaps == 0, 1.0, gaps))

    def skew(x: Array) -> Array:
        return x - transposed(x)

    divisor = unsqueeze(where(s == 0, 1.0, s), -2)      # a gradient of the values alone has nothing to divide
    from_u, from_v = matmul(transposed(u), gu), matmul(transposed(v), gv)
    inside = skew(from_u) * inverse_gaps * unsqueeze(s, -2) + unsqueeze(s, -1) * (skew(from_v) * inverse_gaps)
    found = matmul(u, matmul(inside + diag_of(gs), vh))
    if u.shape[-2] > u.shape[-1]:       # outside of what U spans, and of what V does
        found = found + matmul((gu - matmul(u, from_u)) / divisor, vh)
    if v.shape[-2] > v.shape[-1]:
        found = found + matmul(u / divisor, transposed(gv - matmul(v, from_v)))
    return found


@op(family="linalg", doc="svd with square U and Vh", node="LinalgSvdBackward0", internal=True)
def svd_full(input: Array) -> Any:
    u, s, vh = np.linalg.svd(input)
    return u, s, vh


@svd_full.vjp
def svd_full_vjp(g: Any, out: Any) -> Array:
    size = out[1].shape[-1]

    def thin(parts: Any) -> Any:
        return narrow(parts[0], -1, 0, size), parts[1], narrow(parts[2], -2, 0, size)

    return svd_triple_vjp(thin(g), thin(out))


@composite(family="linalg", doc="input = U @ diag(S) @ Vᵀ: U, S and V")
def svd(input: Array, some: bool = True, compute_uv: bool = True) -> Any:
    u, s, vh = (svd_triple if some else svd_full)(input)
    if not compute_uv:
        shapes = [(*input.shape[:-2], n, n) for n in input.shape[-2:]]
        u, v = (wrap(constant(np.zeros(shape, s._array.dtype))) for shape in shapes)
        return return_types.plain_svd(u, s, v)
    return return_types.plain_svd(u, s, transposed(vh))


@composite(family="linalg", doc="input = Q @ R with orthonormal columns in Q")
def qr(input: Array, some: bool = True) -> Any:
    return return_types.plain_qr(*qr_pair(input, "reduced" if some else "complete"))


@composite(family="linalg", doc="the product of a matrix with itself n times")
def matrix_power(input: Array, n: int) -> Array:
    if n < 0:
        return matrix_power(inv(input), -n)
    if n == 0:
        return wrap(constant(np.eye(input.shape[-1], dtype=input._array.dtype))) + input * 0
    result = None
    while n:
        if n & 1:
            result = input if result is None else matmul_tensors(result, input)
        n >>= 1
        if n:
            input = matmul_tensors(input, input)
    return result


@composite(family="linalg", doc="a triangle L with L @ Lᵀ = input")
def cholesky(input: Array, upper: bool = False) -> Array:
    lower = cholesky_lower(input)
    return transposed(lower) if upper else lower


def solve(A: Array, B: Array, *, left: bool = True) -> Array:  # noqa: N803 - PyTorch's names
    """x with A @ x = B (x @ A = B where not ``left``); B is (…, n, k), or (…, n) as a vector."""
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    if vector:
        return squeeze(solve_matrix(A, unsqueeze(B, -1)), -1)
    if not left:
        return transposed(solve_matrix(transposed(A), transposed(B)))
    return solve_matrix(A, B)


def matrix_norm(A: Array, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Array:  # noqa: N803
    """Norm of matrices: ``fro``, ``nuc``, 1, −1, 2, −2, inf or −inf."""
    first, second = (d % A.ndim for d in dim)
    if ord == "fro":
        return vector_norm(A, 2, (first, second), keepdim)
    if ord in ("nuc", 2, -2):
        moved = A.movedim((first, second), (-2, -1))
        s = svd_triple(moved)[1]
        found = s.sum(-1) if ord == "nuc" else s.amax(-1) if ord == 2 else s.amin(-1)
    elif ord in (1, -1, np.inf, -np.inf):
        along, other = (first, second) if ord in (1, -1) else (second, first)
        sums = A.abs().sum(along)
        at = other - (other > along)
        found = sums.amax(at) if ord > 0 else sums.amin(at)
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if keepdim:
        shape = [1 if d in (first, second) else n for d, n in enumerate(A.shape)]
        found = reshape(found, shape)
    return found
