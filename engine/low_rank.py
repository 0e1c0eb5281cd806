"""The largest singular values by a random subspace: N. Halko, P.-G. Martinsson, J. Tropp, arXiv:0909.4061."""

from __future__ import annotations

from engine import linalg
from engine.ops.linalg import matmul
from engine.sampling import randn
from engine.tensor import Tensor


def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None    # noqa: N803
) -> tuple[Tensor, Tensor, Tensor]:
    """``U, S, V`` with ``A − M ≈ U · diag(S) · Vᵀ``, of rank ``q``.

    Args:
        A: (…, m, n).
        q: How many singular values, a few more than those that matter.
        niter: How often the subspace is turned towards the largest of them.
        M: What is taken off A first; broadcast to its shape.
    """
    rest = A if M is None else A - M.broadcast_to(A.shape)
    wide = A.shape[-2] < A.shape[-1]
    if wide:
        rest = rest.mT
    basis = _basis(rest, 6 if q is None else q, 2 if niter is None else niter)
    left, values, right = linalg.svd(matmul(basis.mT, rest), full_matrices=False)
    u, v = matmul(basis, left), right.mT
    return (v, values, u) if wide else (u, values, v)


def _basis(matrix: Tensor, rank: int, rounds: int) -> Tensor:
    """(…, m, rank): orthonormal columns that span nearly what the matrix's largest singular vectors do."""
    found = linalg.qr(matmul(matrix, randn(matrix.shape[-1], rank, dtype=matrix.dtype)))[0]
    for _ in range(rounds):
        found = linalg.qr(matmul(matrix.mT, found))[0]
        found = linalg.qr(matmul(matrix, found))[0]
    return found


def pca_lowrank(
    A: Tensor, q: int | None = None, center: bool = True, niter: int = 2    # noqa: N803
) -> tuple[Tensor, Tensor, Tensor]:
    """``U, S, V`` of the rows of ``A`` less their mean: the columns of V are the principal directions.

    Args:
        A: (…, m, n), m samples of n features.
        q: How many directions; min(6, m, n) unless given.
        center: Take the mean off.
        niter: As for ``svd_lowrank``.
    """
    least = min(A.shape[-2:])
    if q is not None and not 0 <= q <= least:
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={least}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    mean = A.mean(-2, keepdim=True) if center else None
    return svd_lowrank(A, min(6, least) if q is None else q, niter, mean)
