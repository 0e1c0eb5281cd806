"""Transposed convolution layers: every place writes small weights into a larger signal, image or volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.nn import functional as F
from engine.nn.conv import IntOrSizes, _ConvNd
from engine.nn.functional.conv_checks import sizes_of
from engine.ops.windows import Sizes
from engine.tensor import Tensor


class _ConvTransposeNd(_ConvNd):
    """(N, in_channels, …) → (N, out_channels, …): sizes grow by the stride.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Size of what a place writes.
        stride: From one place to the next, in the output.
        padding: How much is cut off at each side.
        output_padding: How much is added at the end.
        groups: Into how many independent parts the channels are split.
        bias: Add a learned bias to each channel.
        dilation: Distance between the numbers that are written.
        padding_mode: "zeros" only.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes = 1,
        padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1, bias: bool = True,
        dilation: IntOrSizes = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
            device, dtype,
        )
        self.output_padding = sizes_of(output_padding, self.ndim)

    def _weight_shape(self) -> Sizes:
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """The output; `output_size` says which of the sizes that the stride leaves open is meant."""
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        transpose: Any = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.ndim - 1]
        return transpose(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _least(self, sizes: Sequence[int]) -> list[int]:
        """The smallest output sizes that windows at every place of the input fill."""
        widths: Any = self.padding
        return [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                sizes, self.stride, widths, self.dilation, self.kernel_size, strict=True
            )
        ]

    def output_shape(self, input_shape: Sizes) -> Sizes:
        """(N, C, …) → (N, out_channels, …) with larger sizes. Raises ShapeError where channels do not fit."""
        self._check_dimensions(input_shape)
        sizes = self._least(input_shape[-self.ndim:])
        grown = (size + more for size, more in zip(sizes, self.output_padding, strict=True))
        return (*input_shape[: -self.ndim - 1], self.out_channels, *grown)

    def _extra(self, input: Tensor, wanted: Sequence[int]) -> Sizes:
        """What must be added at the end to reach the wanted sizes."""
        lead = input.ndim - self.ndim
        wanted = wanted[lead:] if len(wanted) == input.ndim else wanted
        if len(wanted) != self.ndim:
            raise ValueError(
                f"ConvTranspose{self.ndim}D: for {input.ndim}D input, output_size must have {self.ndim} "
                f"or {input.ndim} elements (got {len(wanted)})"
            )
        least = self._least(input.shape[lead:])
        most = [size + s - 1 for size, s in zip(least, self.stride, strict=True)]
        if any(not low <= size <= high for low, size, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to {most} "
                f"(for an input of {input.shape[2:]})"
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTransposeNd):
    """Writes small weights into a longer signal: (N, C, L) → (N, out_channels, L')."""

    ndim = 1


class ConvTranspose2d(_ConvTransposeNd):
    """Writes small weights into a larger image: (N, C, H, W) → (N, out_channels, H', W')."""

    ndim = 2


class ConvTranspose3d(_ConvTransposeNd):
    """Writes small weights into a larger volume."""

    ndim = 3
