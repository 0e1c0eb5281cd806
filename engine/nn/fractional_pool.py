"""Layers of max-pooling over windows that begin at drawn places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from engine.nn import functional as F
from engine.nn.module import Module
from engine.tensor import Tensor


class _FractionalMaxPool(Module):
    ndim: ClassVar[int]

    def __init__(
        self, kernel_size: int | Sequence[int], output_size: int | Sequence[int] | None = None,
        output_ratio: float | Sequence[float] | None = None, return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size, self.return_indices = self._each(kernel_size), return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size, self.output_ratio = self._each(output_size), self._each(output_ratio)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def _each(self, value: Any) -> Any:
        return (value,) * self.ndim if isinstance(value, (int, float)) else value

    def forward(self, input: Tensor) -> Any:
        pool = F.fractional_max_pool2d if self.ndim == 2 else F.fractional_max_pool3d
        return pool(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
            self._random_samples,
        )


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest number of each window of (N, C, H, W), with windows at drawn places (Graham, 2014).

    Args:
        kernel_size: Side of a window.
        output_size: How many windows along each dimension; or
        output_ratio: their number as a share of the input's size.
        return_indices: Also give where each largest number was.
    """

    ndim = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest number of each window of (N, C, T, H, W), with windows at drawn places (Graham, 2014).

    Args:
        kernel_size: Side of a window.
        output_size: How many windows along each dimension; or
        output_ratio: their number as a share of the input's size.
        return_indices: Also give where each largest number was.
    """

    ndim = 3
