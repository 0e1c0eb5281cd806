"""Normalisation by neighbouring channels as a function of tensors."""

from __future__ import annotations

from engine.nn.functional.conv import pad
from engine.nn.functional.pooling import avg_pool1d
from engine.tensor import Tensor


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """input / (k + α · mean of the squares of `size` channels around)^β, for (N, C, …)."""
    if input.ndim < 3:
        raise ValueError(
            "Expected 3D or higher dimensionality                          "
            f"input (got {input.ndim} dimensions)"
        )
    if not input.numel():
        return input
    squares = (input * input).movedim(1, -1)
    rows = pad(squares.reshape(-1, 1, input.shape[1]), (size // 2, (size - 1) // 2))
    means = avg_pool1d(rows, size, 1).reshape(squares.shape).movedim(-1, 1)
    return input / (means * alpha + k) ** beta
