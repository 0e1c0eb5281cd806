"""Layers that change the size of signals, images and volumes."""

from __future__ import annotations

from typing import Any

from engine.nn import functional as F
from engine.nn.module import Module
from engine.tensor import Tensor


class Upsample(Module):
    """(N, C, …) with other sizes.

    Args:
        size: The sizes.
        scale_factor: Or how many times the input's sizes.
        mode: "nearest", "linear", "bilinear", "bicubic" or "trilinear".
        align_corners: First and last places stay where they are.
        recompute_scale_factor: Take the factor that the whole-numbered sizes have.
    """

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
        align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor: Any = tuple(float(factor) for factor in scale_factor)
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        given = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{given}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """An image of another size, every pixel that of the nearest: (N, C, H, W).

    Args:
        size: H and W.
        scale_factor: Or how many times the input's.
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor)


class UpsamplingBilinear2d(Upsample):
    """An image of another size, pixels mixed from the nearest four, corners kept: (N, C, H, W).

    Args:
        size: H and W.
        scale_factor: Or how many times the input's.
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)
