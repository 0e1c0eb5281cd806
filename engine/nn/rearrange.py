"""Layers that turn channels into places and back: shuffles, and patches as columns."""

from __future__ import annotations

from engine.nn import functional as F
from engine.nn.functional.conv_checks import IntOrSizes
from engine.nn.module import Module
from engine.tensor import Tensor


class PixelShuffle(Module):
    """(…, C · r², H, W) → (…, C, H · r, W · r).

    Args:
        upscale_factor: r.
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """(…, C, H · r, W · r) → (…, C · r², H, W).

    Args:
        downscale_factor: r.
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Deals the channels of groups out in turn: (N, C, …).

    Args:
        groups: How many groups.
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class _Patches(Module):
    """Where the patches of an image lie."""

    def __init__(
        self, kernel_size: IntOrSizes, dilation: IntOrSizes = 1, padding: IntOrSizes = 0,
        stride: IntOrSizes = 1,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride}"
        )


class Unfold(_Patches):
    """Every patch of an image as a column: (N, C, H, W) → (N, C · kernel, patches).

    Args:
        kernel_size: Size of a patch.
        dilation: Distance between its pixels.
        padding: Zeros added at each side.
        stride: From one patch to the next.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(_Patches):
    """Columns put back as patches of an image, overlaps summed: (N, C · kernel, patches) → (N, C, H, W).

    Args:
        output_size: H and W.
        kernel_size: Size of a patch.
        dilation: Distance between its pixels.
        padding: Zeros that were added at each side.
        stride: From one patch to the next.
    """

    def __init__(
        self, output_size: IntOrSizes, kernel_size: IntOrSizes, dilation: IntOrSizes = 1,
        padding: IntOrSizes = 0, stride: IntOrSizes = 1,
    ) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, {super().extra_repr()}"
