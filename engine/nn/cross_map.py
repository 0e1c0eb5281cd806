"""CrossMapLRN2d: local response normalisation as PyTorch took it over from its Lua days."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.function import Function
from engine.nn.module import Module
from engine.tensor import Tensor, wrap


class CrossMapLRN2d(Module):
    """Divides every number by a power of the mean square of the channels around it: (N, C, H, W).

    As in PyTorch the first channel counts for all those beyond the first windows, and the gradient comes from
    windows that end with the channel itself; `LocalResponseNorm` does neither.

    Args:
        size: How many channels are looked at.
        alpha: How much their mean square counts.
        beta: The power.
        k: Added to it.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Any:
        return _Normalize.apply(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class _Normalize(Function):
    @staticmethod
    def forward(ctx: Any, input: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
        if input.ndim != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.ndim}D instead.")
        ctx.scale = _summed(_windows(input.shape[1], size), input * input) * (alpha / size) + k
        output = ctx.scale ** -beta * input
        ctx.save_for_backward(input, output)
        ctx.size, ctx.alpha, ctx.beta = size, alpha, beta
        return output

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        input, output = ctx.saved_tensors
        others = _summed(_windows_back(input.shape[1], ctx.size), grad * output / ctx.scale)
        factor = 2 * ctx.alpha * ctx.beta / ctx.size
        return ctx.scale ** -ctx.beta * grad - factor * input * others, None, None, None, None


def _summed(windows: np.ndarray, x: Tensor) -> Tensor:
    """(C, C) and (N, C, H, W): for each channel the sum of those that its row counts."""
    rows = wrap(windows.astype(x._array.dtype)) @ x.flatten(2)
    return rows.reshape(x.shape)


def _windows(channels: int, size: int) -> np.ndarray:
    half = int((size - 1) / 2 + 1)
    counts = np.zeros((channels, channels))
    counts[0, :half] = 1
    for c in range(1, channels):
        counts[c] = counts[c - 1]
        if c + half <= channels:
            counts[c, c + half - 1] += 1
        if c > half:
            counts[c, c - half] -= 1
    return counts


def _windows_back(channels: int, size: int) -> np.ndarray:
    begin = np.arange(channels)[:, None] - int(size - (size - 1) / 2)
    other = np.arange(channels)
    return (other >= begin) & (other < begin + size)
