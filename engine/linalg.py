"""``torch.linalg``: the linear algebra functions under their names there."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.creation import as_tensor
from engine.op import Array
from engine.ops.arrange import diagonal
from engine.ops.arrange import tril as _tril
from engine.ops.contract import cross as _cross
from engine.ops.contract import vander as _vander
from engine.ops.extreme import maximum
from engine.ops.factor import (
    householder_product,
    lu,
    lu_factor,
    lu_solve,
    matrix_exp,
    solve_triangular,
)
from engine.ops.linalg import matmul, transposed
from engine.ops.matrix import (
    LinAlgError,
    cholesky,
    det,
    eigh_pair,
    inv,
    matrix_norm,
    matrix_power,
    qr_pair,
    slogdet,
    solve,
    svd_full,
    svd_triple,
)
from engine.ops.pivots import first_bad_minors, first_zero_pivots
from engine.ops.pseudo_inverse import pinverse
from engine.ops.reduce import vector_norm as _vector_norm
from engine.out import accepting_out
from engine.repeat import derived
from engine.tensor import Tensor, wrap

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
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
    """``A = U @ diag(S) @ Vh``; what ``full_matrices`` adds to U or Vh has no derivative."""
    return return_types.svd(*(svd_full if full_matrices else svd_triple)(A))


def svdvals(A: Array) -> Array:  # noqa: N803 - PyTorch's name
    """Singular values, descending."""
    return svd_triple(A)[1]


def _mirrored(A: Array) -> Array:  # noqa: N803 - PyTorch's name
    """The symmetric matrix that has A's lower triangle."""
    return _tril(A) + transposed(_tril(A, -1))


def cross(input: Array, other: Array, *, dim: int = -1) -> Array:
    """The cross product of vectors of length 3 along ``dim``."""
    return _cross(input, other, dim)


def pinv(
    A: Array, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None  # noqa: N803
) -> Array:
    """The Moore–Penrose inverse; singular values up to ``max(atol, rtol · the largest)`` count as 0."""
    rtol = rcond if rtol is None else rtol
    if rtol is None:
        rtol = 0.0 if atol is not None else max(A.shape[-2:]) * float(np.finfo(A._array.dtype).eps)
    absolute, relative = (x._array if isinstance(x, Tensor) else x for x in (atol or 0.0, rtol))
    return pinverse(A, relative, absolute, hermitian)


def matrix_rank(
    A: Array, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None  # noqa: N803
) -> Array:
    """The number of singular values above ``max(atol, rtol · the largest)``."""
    absolute = tol if atol is None else atol
    if rtol is None:
        rtol = max(A.shape[-2:]) * float(np.finfo(A._array.dtype).eps) if absolute is None else 0.0
    sizes = svd_triple(_mirrored(A.detach()) if hermitian else A.detach())[1]
    if not sizes.numel():
        return sizes.sum(-1).long()
    limit = sizes.amax(-1) * rtol
    if absolute is not None:
        limit = maximum(limit, as_tensor(absolute, dtype=sizes.dtype))
    return (sizes > limit.unsqueeze(-1)).sum(-1)


def cond(A: Array, p: Any = None) -> Array:  # noqa: N803 - PyTorch's name
    """How far errors are magnified: norm(A) · norm(inverse of A)."""
    if p in (None, 2, -2):
        s = svd_triple(A)[1]
        largest, smallest = s.select(-1, 0), s.select(-1, -1)
        return smallest / largest if p == -2 else largest / smallest
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def lstsq(A: Array, B: Array, rcond: Any = None, *, driver: str | None = None) -> Any:  # noqa: N803 - PyTorch's names
    """The x for which A @ x is nearest to B."""
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        )
    rows, columns = A.shape[-2:]
    vector = A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1])
    sides = B.unsqueeze(-1) if vector else B
    solved = matmul(pinv(A), sides)
    found = solved.squeeze(-1) if vector else solved
    none = wrap(np.empty(0, A._array.dtype))
    residuals = ((matmul(A, solved) - sides) ** 2).sum(-2)
    if vector:
        residuals = residuals.squeeze(-1)
    full = driver == "gels" or bool((matrix_rank(A) == columns).all())
    if rows <= columns or driver in (None, "gelsy") or not full:
        residuals = residuals.reshape(-1)[:0]
    rank = wrap(np.empty(0, np.int64)) if driver == "gels" else matrix_rank(A)
    sizes = svdvals(A.detach()) if driver in ("gelsd", "gelss") else none
    return return_types.lstsq(found, residuals, rank, sizes)


def vander(x: Array, *, N: int | None = None) -> Array:  # noqa: N803 - PyTorch's name
    """The powers of each element, from 0 up, as a row: (…, n) → (…, n, N)."""
    return _vander(x if x.ndim else x.reshape(1), N, True)


def vecdot(x: Array, y: Array, *, dim: int = -1) -> Array:
    """The sum of the products along a dimension; the others broadcast."""
    if not x.is_floating_point():
        kind = x.dtype.tensor_type[6:-6]
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {kind}")
    if x.dtype is not y.dtype:
        kinds = [t.dtype.tensor_type[6:-6] for t in (x, y)]
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {kinds[0]} and y "
            f"of type {kinds[1]} instead"
        )
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


def cholesky_ex(A: Array, *, upper: bool = False, check_errors: bool = False) -> Any:  # noqa: N803
    """The Cholesky factor, and for each matrix 0 or the order of the first minor that is not positive."""
    bad = derived(first_bad_minors, A)
    usable = A if check_errors or not bad._array.any() else derived(_usable, A, bad)
    return return_types.cholesky_ex(cholesky(usable, upper), bad)


def _usable(a: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """1 in the place of the matrices that are bad."""
    return np.where(bad[..., None, None] == 0, a, np.eye(a.shape[-1], dtype=a.dtype))


def inv_ex(A: Array, *, check_errors: bool = False) -> Any:  # noqa: N803 - PyTorch's name
    """The inverse, and for each matrix 0 or the place of the first 0 on the diagonal of its U."""
    bad = derived(first_zero_pivots, A)
    if check_errors or not bad._array.any():
        return return_types.inv_ex(inv(A), bad)
    return return_types.inv_ex(wrap(np.full_like(A._array, np.inf)), bad)


def solve_ex(A: Array, B: Array, *, left: bool = True, check_errors: bool = False) -> Any:  # noqa: N803
    """``solve``, and for each matrix 0 or the place of the first 0 on the diagonal of its U."""
    bad = derived(first_zero_pivots, A)
    if check_errors or not bad._array.any():
        return return_types.solve_ex(solve(A, B, left=left), bad)
    return return_types.solve_ex(wrap(np.full_like(B._array, np.inf)), bad)


def lu_factor_ex(A: Array, *, pivot: bool = True, check_errors: bool = False) -> Any:  # noqa: N803
    """``lu_factor``, and for each matrix 0 or the place of the first 0 on the diagonal of U."""
    return return_types.lu_factor_ex(*lu_factor(A, pivot=pivot), derived(first_zero_pivots, A))


def tensorinv(A: Array, ind: int = 2) -> Array:  # noqa: N803 - PyTorch's name
    """The inverse for ``tensordot(·, ·, ind)`` with A's first ``ind`` dimensions as rows."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    rows, columns = int(np.prod(first)), int(np.prod(last))
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), "
            f"but got {columns} != {rows}"
        )
    return inv(A.reshape(rows, columns)).reshape(*last, *first)


def tensorsolve(A: Array, B: Array, dims: Any = None) -> Array:  # noqa: N803 - PyTorch's names
    """x with ``tensordot(A, x, x.ndim) = B``; ``dims`` of A are moved to its end first."""
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))  # noqa: N806
    rest = tuple(A.shape[B.ndim :])
    if int(np.prod(rest)) != B.numel():
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {int(np.prod(rest))} != {B.numel()}"
        )
    return solve(A.reshape(B.numel(), -1), B.reshape(-1)).reshape(rest)


globals().update({
    name: accepting_out(globals()[name], f"linalg_{name}") for name in __all__ if name != "LinAlgError"
})
