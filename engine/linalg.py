"""``torch.linalg``: the linear algebra functions under their names there."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.op import Array
from engine.ops.arrange import diagonal
from engine.ops.contract import cross, vander
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
        return return_types.svd(*(wrap(part) for part in np.linalg.svd(A.numpy())))
    return return_types.svd(*svd_triple(A))


def svdvals(A: Array) -> Array:  # noqa: N803 - PyTorch's name
    """Singular values, descending."""
    return svd_triple(A)[1]


def pinv(A: Array, *, rtol: float | None = None) -> Array:  # noqa: N803 - PyTorch's name
    """The Moore–Penrose inverse; singular values below ``rtol`` times the largest count as 0."""
    limit = max(A.shape[-2:]) * float(np.finfo(A._array.dtype).eps)
    return pinverse(A, limit if rtol is None else rtol)


def matrix_rank(A: Array, *, tol: float | None = None) -> Array:  # noqa: N803 - PyTorch's name
    """The number of singular values that are not 0."""
    return wrap(np.asarray(np.linalg.matrix_rank(A._array, tol), np.int64))


def cond(A: Array, p: Any = None) -> Array:  # noqa: N803 - PyTorch's name
    """How far errors are magnified: norm(A) · norm(inverse of A)."""
    if p in (None, 2, -2):
        s = svd_triple(A)[1]
        return s.amin(-1) / s.amax(-1) if p == -2 else s.amax(-1) / s.amin(-1)
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def lstsq(A: Array, B: Array) -> Any:  # noqa: N803 - PyTorch's names
    """The x for which A @ x is nearest to B."""
    return return_types.lstsq(matmul(pinv(A), B))


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
