"""Normalisation layers that only rescale: by the root mean square, or by neighbouring channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.nn import functional as F
from engine.nn import init
from engine.nn.module import Module
from engine.nn.parameter import new_parameter
from engine.tensor import Tensor


class RMSNorm(Module):
    """Divides every sample by the root of its mean square over the last dimension(s), then scales it.

    Args:
        normalized_shape: Size of the last dimension, or of the last ones.
        eps: Added to the mean square; the dtype's precision unless given.
        elementwise_affine: Learn a scale for each place.
    """

    weight: Any

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None,
        elementwise_affine: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__()
        one = isinstance(normalized_shape, int)
        self.normalized_shape = (normalized_shape,) if one else tuple(normalized_shape)     # type: ignore[arg-type]
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape: Any = self.normalized_shape
        made = new_parameter(shape, dtype, 1.0, device) if elementwise_affine else None
        self.register_parameter("weight", made)

    def reset_parameters(self) -> None:
        """Every scale 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)      # type: ignore[arg-type]

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LocalResponseNorm(Module):
    """Divides every number by a power of the mean square of the channels around it: (N, C, …).

    Args:
        size: How many channels are looked at.
        alpha: How much their mean square counts.
        beta: The power.
        k: Added to it.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
