"""``torch.linalg``: the linear algebra functions under their names there."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.op import Array
from engine.ops.arrange import diagonal
from engine.ops.contract import cross
from engine.ops.contract import vander as _vander
from engine.ops.linalg import matmul
from engine.ops.matrix import (
    LinAlgError,
    cholesky,
    det,
    eigh_pair,
    inv,
    matrix_norm,
    matrix_power,
    pinverse,
    qr_pair,
    slogdet,
    solve,
    svd_triple,
)
from engine.ops.reduce import vector_norm as _vector_norm
from engine.tensor import wrap

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "vander",
    "vecdot",
    "vector_norm",
]


def vector_norm(
    x: Array, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Array:
    """(Σ|x|ᵖ)^(1/p) over ``dim``, by default over all elements."""
    return _vector_norm(x if dtype is None else x.to(dtype), ord, dim, keepdim)


def norm(A: Array, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:  # noqa: N803
    """A vector norm for one dimension or without ``ord``, a matrix norm for two."""
    x = A if dtype is None else A.to(dtype)
    one = x.ndim == 1 if dim is None else isinstance(dim, int) or len(dim) == 1
    if ord is None or one:
        return _vector_norm(x, 2 if ord is None else ord, dim, keepdim)
    return matrix_norm(x, ord, (-2, -1) if dim is None else dim, keepdim)


def qr(A: Array, mode: str = "reduced") -> Any:  # noqa: N803 - PyTorch's name
    """``A = Q @ R``; ``mode`` is ``reduced``, ``complete`` or ``r``."""
    q, r = qr_pair(A, mode)
    return return_types.qr(wrap(np.zeros(0, q._array.dtype)) if mode == "r" else q, r)


def eigh(A: Array, UPLO: str = "L") -> Any:  # noqa: N803 - PyTorch's names
    """Eigenvalues, ascending, and eigenvectors of a symmetric matrix."""
    return return_types.eigh(*eigh_pair(A, UPLO))


def eigvalsh(A: Array, UPLO: str = "L") -> Array:  # noqa: N803 - PyTorch's names
    """Eigenvalues of a symmetric matrix, ascending."""
    return eigh_pair(A, UPLO)[0]


def svd(A: Array, full_matrices: bool = True) -> Any:  # noqa: N803 - PyTorch's name
    """``A = U @ diag(S) @ Vh``; the derivative is there for ``full_matrices=False``."""
    if full_matrices and A.shape[-1] != A.shape[-2]:
        return return_types.svd(*(wrap(part) for part in np.linalg.svd(A._array)))
    return return_types.svd(*svd_triple(A))


def svdvals(A: Array) -> Array:  # noqa: N803 - PyTorch's name
    """Singular values, descending."""
    return svd_triple(A)[1]


def pinv(A: Array, rcond: Any = None, hermitian: bool = False, *, rtol: float | None = None) -> Array:  # noqa: N803 - PyTorch's name
    """The Moore–Penrose inverse; singular values below ``rtol`` times the largest count as 0."""
    limit = max(A.shape[-2:]) * float(np.finfo(A._array.dtype).eps)
    rtol = rcond if rtol is None else rtol
    return pinverse(A, limit if rtol is None else rtol)


def matrix_rank(
    A: Array, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None  # noqa: N803
) -> Array:
    """The number of singular values above ``max(atol, rtol · the largest)``."""
    absolute = tol if atol is None else atol
    if rtol is None:
        rtol = max(A.shape[-2:]) * float(np.finfo(A._array.dtype).eps) if absolute is None else 0.0
    sizes = svd_triple(A.detach())[1]
    if not sizes.shape[-1]:
        return sizes.sum(-1).long()
    limit = (sizes.amax(-1, keepdim=True) * rtol).clamp(min=0.0 if absolute is None else float(absolute))
    return (sizes > limit).sum(-1)


def cond(A: Array, p: Any = None) -> Array:  # noqa: N803 - PyTorch's name
    """How far errors are magnified: norm(A) · norm(inverse of A)."""
    if p in (None, 2, -2):
        s = svd_triple(A)[1]
        return s.amin(-1) / s.amax(-1) if p == -2 else s.amax(-1) / s.amin(-1)
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def lstsq(A: Array, B: Array, rcond: Any = None, *, driver: str | None = None) -> Any:  # noqa: N803 - PyTorch's names
    """The x for which A @ x is nearest to B."""
    rows, columns = A.shape[-2:]
    found = matmul(pinv(A), B)
    none = wrap(np.empty(0, A._array.dtype))
    measured = rows > columns and driver not in (None, "gelsy")
    residuals = ((matmul(A, found) - B) ** 2).sum(-2) if measured else none
    rank = wrap(np.empty(0, np.int64)) if driver == "gels" else matrix_rank(A)
    sizes = svdvals(A.detach()) if driver in ("gelsd", "gelss") else none
    return return_types.lstsq(found, residuals, rank, sizes)


def vander(x: Array, *, N: int | None = None) -> Array:  # noqa: N803 - PyTorch's name
    """The powers of each element, from 0 up, as a row: (…, n) → (…, n, N)."""
    return _vander(x if x.ndim else x.reshape(1), N, True)


def vecdot(x: Array, y: Array, *, dim: int = -1) -> Array:
    """The sum of the products along a dimension; the others broadcast."""
    return (x * y).sum(dim)


def multi_dot(tensors: Any) -> Array:
    """The product of two or more matrices, in the order that costs least."""
    arrays = list(tensors)
    while len(arrays) > 2:
        costs = [
            arrays[i].shape[0] * arrays[i].shape[-1] * arrays[i + 1].shape[-1] for i in range(len(arrays) - 1)
        ]
        i = int(np.argmin(costs))
        arrays[i : i + 2] = [matmul(arrays[i], arrays[i + 1])]
    return matmul(arrays[0], arrays[1])
