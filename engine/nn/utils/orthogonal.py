"""Orthogonal weights: a map from any matrix to one with orthonormal columns, or rows where it is wide."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from engine.creation import eye, zeros_like
from engine.grad_mode import no_grad
from engine.nn.module import Module
from engine.nn.utils import parametrize
from engine.ops.arrange import tril
from engine.ops.factor import geqrf, householder_product, matrix_exp
from engine.ops.join import cat
from engine.ops.matrix import solve
from engine.sampling import randn
from engine.tensor import Tensor

M = TypeVar("M", bound=Module)
MAPS = ("matrix_exp", "cayley", "householder")


def _has_orthonormal_columns(q: Tensor) -> bool:
    slack = 10.0 * q.shape[-2] * float(np.finfo(q._array.dtype).eps)
    return bool((q.mT @ q).allclose(eye(q.shape[-1], dtype=q.dtype), atol=slack))


def _orthogonalised(a: Tensor) -> Tensor:
    """The factor Q of a = QR with a diagonal of R that is not negative."""
    reflected, tau = geqrf(a)
    return householder_product(reflected, tau) * reflected.diagonal(0, -2, -1).sgn().unsqueeze(-2)


class _Orthogonal(Module):
    """From a matrix X, of which it takes the lower triangle, to an orthogonal one."""

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        self.use_trivialization = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        wide = x.shape[-2] < x.shape[-1]
        x = x.mT if wide else x
        q = self._reflected(x) if self.orthogonal_map == "householder" else self._turned(x)
        q = self.base @ q if self.use_trivialization else q
        return q.mT if wide else q

    def _reflected(self, x: Tensor) -> Tensor:
        a = tril(x, -1)
        tau = 2.0 / (1.0 + (a * a).sum(-2))
        return householder_product(a, tau) * x.diagonal(0, -2, -1).int().unsqueeze(-2)

    def _turned(self, x: Tensor) -> Tensor:
        """Of the skew-symmetric matrix that x stands for, the exponential or Cayley's transform."""
        n, k = x.shape[-2:]
        x = tril(x)
        if n != k:
            x = cat([x, x.new_zeros(*x.shape[:-1], n - k)], -1)
        skew = x - x.mT
        if self.orthogonal_map == "matrix_exp":
            q = matrix_exp(skew)
        else:
            one = eye(n, dtype=skew.dtype)
            q = solve(one - skew * 0.5, one + skew * 0.5)
        return q if n == k else q[..., :k]

    def right_inverse(self, q: Tensor) -> Tensor:
        """The matrix that stands for ``q``, which is made orthogonal first where it is not."""
        if q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. "
                f"Got a tensor of shape {q.shape}."
            )
        with no_grad():
            wide = q.shape[-2] < q.shape[-1]
            tall = q.mT if wide else q
            if self.use_trivialization:
                self._take_as_base(tall)
                start = zeros_like(q)
                start.diagonal(0, -2, -1).fill_(-1.0)
                return start
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations "
                    "when use_trivialization=False."
                )
            reflected, tau = geqrf(tall)
            diagonal = reflected.diagonal(0, -2, -1)
            diagonal.sign_()
            diagonal[tau == 0.0] *= -1
            return reflected.mT if wide else reflected

    def _take_as_base(self, q: Tensor) -> None:
        n, k = q.shape[-2:]
        if n != k:
            q = _orthogonalised(cat([q, randn(*q.shape[:-1], n - k, dtype=q.dtype)], -1))
        elif _has_orthonormal_columns(q):
            q = q.clone()
        else:
            q = _orthogonalised(q)
        self.base = q


def orthogonal(
    module: M, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> M:
    """A weight with orthonormal columns, or rows where it is wide (Lezcano-Casado, 2019).

    ``orthogonal_map`` is ``matrix_exp``, ``cayley`` or ``householder``; square matrices have the first by
    default. Raises ValueError for what is no matrix.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return parametrize.register_parametrization(module, name, made, unsafe=True)
