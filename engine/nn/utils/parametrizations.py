"""Ready parametrizations: weights as length times direction, of spectral norm 1, or orthogonal."""

from __future__ import annotations

from typing import TypeVar

from engine.nn.module import Module
from engine.nn.utils import parametrize
from engine.nn.utils.orthogonal import orthogonal as orthogonal
from engine.nn.utils.spectral_norm import default_dim, power_iteration, unit
from engine.nn.utils.weight_norm import norm_except_dim
from engine.random import rng_of
from engine.repeat import compute
from engine.tensor import Tensor, wrap

M = TypeVar("M", bound=Module)


class _WeightNorm(Module):
    def __init__(self, dim: int | None) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, 2, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """weight = length · direction, each trained by itself (Salimans and Kingma, 2016)."""
    return parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__()
        self.dim, self.eps, self.n_power_iterations = dim % weight.ndim, eps, n_power_iterations
        if weight.ndim > 1:
            matrix = self._matrix(weight.detach())
            rng, kind = rng_of(None), matrix._array.dtype
            u, v = (unit(rng.standard_normal(n).astype(kind), eps) for n in matrix.shape)
            self.register_buffer("_u", wrap(u))
            self.register_buffer("_v", wrap(v))
            self._follow(matrix, 15)

    def _matrix(self, weight: Tensor) -> Tensor:
        return weight.movedim(self.dim, 0).flatten(1) if weight.ndim > 1 else weight

    def _follow(self, matrix: Tensor, turns: int) -> None:
        u, v = self._u, self._v
        compute(power_iteration, matrix.detach(), u, v, turns, self.eps, writes=(u, v))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return weight / norm_except_dim(weight, 2, -1).clamp_min(self.eps)
        matrix = self._matrix(weight)
        if self.training:
            self._follow(matrix, self.n_power_iterations)
        sigma = self._u.clone().dot(matrix.mv(self._v.clone()))
        return weight / sigma

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """weight / its largest singular value, followed by power iteration (Miyato et al., 2018)."""
    if n_power_iterations <= 0:
        raise ValueError(
            f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
        )
    along = default_dim(module) if dim is None else dim
    made = _SpectralNorm(getattr(module, name), n_power_iterations, along, eps)
    return parametrize.register_parametrization(module, name, made)
