"""Convolution layers: the same small weights at every place of a signal, an image or a volume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn import init
from engine.nn.bounds import Choice, Inferred, Range
from engine.nn.functional.conv import same_pads
from engine.nn.functional.conv_checks import sizes_of
from engine.nn.module import Module
from engine.nn.parameter import new_parameter
from engine.ops.pad import check_border
from engine.ops.windows import Pads, Sizes, output_sizes
from engine.tensor import Tensor

IntOrSizes = int | Sequence[int]
MODES = ("zeros", "reflect", "replicate", "circular")
NAMES = {1: "L", 2: "HW", 3: "DHW"}


class _ConvNd(Module):
    """What convolutions of any number of dimensions share."""

    ndim: ClassVar[int]
    bias: Any
    output_padding: Sizes = ()

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes,
        padding: IntOrSizes | str, dilation: IntOrSizes, groups: int, bias: bool, padding_mode: str,
        device: Any, dtype: Any,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(
                    f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}"
                )
            if padding == "same" and any(s != 1 for s in sizes_of(stride, self.ndim)):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in MODES:
            raise ValueError(
                f"padding_mode must be one of {set(MODES)}, but got padding_mode='{padding_mode}'"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = sizes_of(kernel_size, self.ndim)
        self.stride = sizes_of(stride, self.ndim)
        self.padding = padding if isinstance(padding, str) else sizes_of(padding, self.ndim)
        self.dilation = sizes_of(dilation, self.ndim)
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = new_parameter(self._weight_shape(), dtype, device=device)
        if bias:
            self.bias = new_parameter((out_channels,), dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _weight_shape(self) -> Sizes:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw weights and biases uniformly from ±1/√(inputs of one output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _pads(self) -> Pads:
        """The border before and after each dimension."""
        if self.padding == "same":
            return same_pads(self.kernel_size, self.dilation)
        if isinstance(self.padding, str):
            return ((0, 0),) * self.ndim
        return tuple((width, width) for width in self.padding)

    def forward(self, input: Tensor) -> Tensor:
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self.ndim - 1]
        if self.padding_mode == "zeros":
            return convolve(
                input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
            )
        border = [width for pair in reversed(self._pads()) for width in pair]
        return convolve(
            F.pad(input, border, self.padding_mode), self.weight, self.bias, self.stride, 0, self.dilation,
            self.groups,
        )

    def output_shape(self, input_shape: Sizes) -> Sizes:
        """(N, C, …) → (N, out_channels, …). Raises ShapeError where channels or sizes do not fit."""
        self._check_dimensions(input_shape)
        self._check_border(input_shape[-self.ndim:])
        sizes = output_sizes(
            input_shape[-self.ndim :], self.kernel_size, self.stride, self._pads(), self.dilation
        )
        if any(size < 1 for size in sizes):
            raise ShapeError(
                f"{self._title()} got input of shape {tuple(input_shape)}: its kernel of "
                f"{' × '.join(map(str, self.kernel_size))} is larger than the input with its padding",
                "make the kernel smaller, or add padding",
            )
        return (*input_shape[:-self.ndim - 1], self.out_channels, *sizes)

    def _check_dimensions(self, input_shape: Sizes) -> None:
        if len(input_shape) not in (self.ndim + 1, self.ndim + 2):
            wanted = ", ".join(("N", "C", *NAMES[self.ndim]))
            raise ShapeError(
                f"{self._title()} got input of shape {tuple(input_shape)}: it needs {self.ndim + 2} "
                f"dimensions ({wanted})",
                "put it before any Flatten, on data that has these dimensions",
            )
        if input_shape[-self.ndim - 1] != self.in_channels:
            raise ShapeError(
                f"{self._title()} got input of shape {tuple(input_shape)}: it must have "
                f"{self.in_channels} channels",
                f"set in_channels to {input_shape[-self.ndim - 1]}",
            )

    def _check_border(self, sizes: Sizes) -> None:
        for size, (low, high), name in zip(sizes, self._pads(), NAMES[self.ndim], strict=True):
            try:
                check_border(size, low, high, self.padding_mode, name)
            except RuntimeError as error:
                fix = f"set padding to less than {size}"
                raise ShapeError(f"{self._title()}: {error}", fix) from None

    def _title(self) -> str:
        return f"{type(self).__name__}({self.in_channels} → {self.out_channels})"

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        if self.padding != (0,) * self.ndim:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.ndim:
            text += f", dilation={self.dilation}"
        if any(self.output_padding):
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text



class Conv1d(_ConvNd):
    """Slides small weights along a signal: (N, C, L) → (N, out_channels, L').

    Args:
        in_channels: Channels of the input.
        out_channels: How many features are looked for.
        kernel_size: How many neighbours a feature sees.
        stride: How far the weights move each time.
        padding: Zeros added at each end; "same" keeps the length.
        dilation: Distance between the neighbours that are seen.
        groups: Into how many independent parts the channels are split.
        bias: Add a learned bias to each feature.
        padding_mode: What stands beyond the ends.
    """

    ndim = 1

    def __init__(
        self, in_channels: Annotated[int, Inferred(dim=1)], out_channels: Annotated[int, Range(1, 4096)],
        kernel_size: Annotated[int, Range(1, 1024)] | Sequence[int],
        stride: Annotated[int, Range(1, 1024)] | Sequence[int] = 1,
        padding: Annotated[int, Range(0, 1024)] | Sequence[int] | str = 0,
        dilation: Annotated[int, Range(1, 1024)] | Sequence[int] = 1,
        groups: Annotated[int, Range(1, 4096)] = 1, bias: bool = True,
        padding_mode: Annotated[str, Choice(*MODES)] = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
            device, dtype,
        )


class _ConvOfSmallWeights(_ConvNd):
    """The arguments that convolutions of images and of volumes have in common."""

    def __init__(
        self, in_channels: Annotated[int, Inferred(dim=1)], out_channels: Annotated[int, Range(1, 4096)],
        kernel_size: Annotated[int, Range(1, 64)] | Sequence[int],
        stride: Annotated[int, Range(1, 64)] | Sequence[int] = 1,
        padding: Annotated[int, Range(0, 64)] | Sequence[int] | str = 0,
        dilation: Annotated[int, Range(1, 64)] | Sequence[int] = 1,
        groups: Annotated[int, Range(1, 4096)] = 1, bias: bool = True,
        padding_mode: Annotated[str, Choice(*MODES)] = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
            device, dtype,
        )


class Conv2d(_ConvOfSmallWeights):
    """Slides small weights over an image: (N, C, H, W) → (N, out_channels, H', W').

    Args:
        in_channels: Channels of the input.
        out_channels: How many features are looked for.
        kernel_size: Side of the square that a feature sees.
        stride: How far the weights move each time.
        padding: Zeros added at each side; "same" keeps the size.
        dilation: Distance between the pixels that are seen.
        groups: Into how many independent parts the channels are split.
        bias: Add a learned bias to each feature.
        padding_mode: What stands beyond the edges.
    """

    ndim = 2


class Conv3d(_ConvOfSmallWeights):
    """Slides small weights through a volume: (N, C, D, H, W) → (N, out_channels, D', H', W').

    Args:
        in_channels: Channels of the input.
        out_channels: How many features are looked for.
        kernel_size: Side of the cube that a feature sees.
        stride: How far the weights move each time.
        padding: Zeros added at each side; "same" keeps the size.
        dilation: Distance between the voxels that are seen.
        groups: Into how many independent parts the channels are split.
        bias: Add a learned bias to each feature.
        padding_mode: What stands beyond the edges.
    """

    ndim = 3
