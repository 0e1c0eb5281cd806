"""Pooling layers: neighbourhoods shrunk to their largest or their mean number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn.bounds import NotOffered, Range
from engine.nn.functional.conv_checks import sizes_of
from engine.nn.functional.pool_windows import check_windows, pooled_sizes, window_sizes
from engine.nn.functional.pooling import adaptive_sizes
from engine.nn.module import Module
from engine.ops.windows import Sizes
from engine.tensor import Tensor

IntOrSizes = int | Sequence[int]
Kernel = Annotated[int, Range(1, 64)]
Step = Annotated[int, Range(1, 64)]
Border = Annotated[int, Range(0, 32)]


class _Pool(Module):
    """What pooling layers share: the shape rule."""

    ndim: ClassVar[int]
    kernel_size: IntOrSizes
    stride: IntOrSizes
    padding: IntOrSizes
    dilation: IntOrSizes = 1
    ceil_mode: bool

    def output_shape(self, input_shape: Sizes) -> Sizes:
        """(N, C, …) → (N, C, …) with smaller sizes. Raises ShapeError where no window fits."""
        _check_dimensions(self, input_shape, self.ndim)
        kernel, stride, widths = window_sizes(self.kernel_size, self.stride, self.padding, self.ndim)
        dilation = sizes_of(self.dilation, self.ndim)
        try:
            check_windows(kernel, stride, widths, dilation)
        except RuntimeError as error:
            fix = "set padding to at most half of kernel_size"
            raise ShapeError(f"{type(self).__name__}: {error}", fix) from None
        channels_and_sizes = tuple(input_shape[-self.ndim - 1:])
        try:
            _, out = pooled_sizes(channels_and_sizes, kernel, stride, widths, dilation, self.ceil_mode)
        except RuntimeError:
            raise ShapeError(
                f"{type(self).__name__}(kernel_size={self.kernel_size}) got input of shape "
                f"{tuple(input_shape)}: "
                "no window fits into it",
                f"set kernel_size to {min(input_shape[-self.ndim :])} or less, or remove it",
            ) from None
        return (*input_shape[:-self.ndim], *out)


def _check_dimensions(layer: Module, input_shape: Sizes, ndim: int) -> None:
    if len(input_shape) not in (ndim + 1, ndim + 2):
        raise ShapeError(
            f"{type(layer).__name__} got input of shape {tuple(input_shape)}: it needs {ndim + 2} dimensions "
            f"({'N, C, H, W' if ndim == 2 else 'N, C, L'})",
            "put it before any Flatten, on data that has these dimensions",
        )


class _MaxPool(_Pool):
    """The largest number of each window."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        return_indices: bool,
        ceil_mode: bool,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        pool = F.max_pool1d if self.ndim == 1 else F.max_pool2d
        return pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """Keeps the largest number of each stretch of a signal: (N, C, L) → (N, C, L').

    Args:
        kernel_size: Length of a stretch.
        stride: From one stretch to the next; kernel_size unless given.
        padding: How far stretches reach beyond the ends.
        dilation: Distance between the numbers of a stretch.
        return_indices: Also give where each largest number was.
        ceil_mode: Let the last stretch reach beyond the end.
    """

    ndim = 1

    def __init__(
        self, kernel_size: Kernel | Sequence[int], stride: Step | Sequence[int] | None = None,
        padding: Border | Sequence[int] = 0, dilation: Step | Sequence[int] = 1,
        return_indices: Annotated[bool, NotOffered()] = False, ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, return_indices, ceil_mode)


class MaxPool2d(_MaxPool):
    """Keeps the largest number of each patch of an image: (N, C, H, W) → (N, C, H', W').

    Args:
        kernel_size: Side of a patch.
        stride: From one patch to the next; kernel_size unless given.
        padding: How far patches reach beyond the edges.
        dilation: Distance between the pixels of a patch.
        return_indices: Also give where each largest number was.
        ceil_mode: Let the last patches reach beyond the edge.
    """

    ndim = 2

    def __init__(
        self, kernel_size: Kernel | Sequence[int], stride: Step | Sequence[int] | None = None,
        padding: Border | Sequence[int] = 0, dilation: Step | Sequence[int] = 1,
        return_indices: Annotated[bool, NotOffered()] = False, ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, return_indices, ceil_mode)


class AvgPool1d(_Pool):
    """Takes the mean of each stretch of a signal: (N, C, L) → (N, C, L').

    Args:
        kernel_size: Length of a stretch.
        stride: From one stretch to the next; kernel_size unless given.
        padding: How far stretches reach beyond the ends.
        ceil_mode: Let the last stretch reach beyond the end.
        count_include_pad: Count the zeros beyond the ends in the mean.
    """

    ndim = 1

    def __init__(
        self, kernel_size: Kernel | Sequence[int], stride: Step | Sequence[int] | None = None,
        padding: Border | Sequence[int] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = sizes_of(kernel_size, 1)
        self.stride = self.kernel_size if stride is None else sizes_of(stride, 1)
        self.padding = sizes_of(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_Pool):
    """Takes the mean of each patch of an image: (N, C, H, W) → (N, C, H', W').

    Args:
        kernel_size: Side of a patch.
        stride: From one patch to the next; kernel_size unless given.
        padding: How far patches reach beyond the edges.
        ceil_mode: Let the last patches reach beyond the edge.
        count_include_pad: Count the zeros beyond the edges in the mean.
        divisor_override: Divide by this instead of the patch's size.
    """

    ndim = 2

    def __init__(
        self, kernel_size: Kernel | Sequence[int], stride: Step | Sequence[int] | None = None,
        padding: Border | Sequence[int] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AdaptiveAvgPool(Module):
    """Means over as many parts as are wanted."""

    ndim: ClassVar[int]

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        pool = F.adaptive_avg_pool1d if self.ndim == 1 else F.adaptive_avg_pool2d
        return pool(input, self.output_size)

    def output_shape(self, input_shape: Sizes) -> Sizes:
        """(N, C, …) → (N, C, *output_size)."""
        _check_dimensions(self, input_shape, self.ndim)
        sizes = adaptive_sizes(self.output_size, tuple(input_shape[-self.ndim:]))
        return (*input_shape[:-self.ndim], *sizes)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Takes means so that a signal of any length gets the wanted one: (N, C, L) → (N, C, output_size).

    Args:
        output_size: The wanted length.
    """

    ndim = 1

    def __init__(self, output_size: Annotated[int, Range(1, 1024)] | Sequence[int]) -> None:
        super().__init__(output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Takes means so that an image of any size gets the wanted one: (N, C, H, W) → (N, C, *output_size).

    Args:
        output_size: The wanted side, or (height, width); None keeps the input's.
    """

    ndim = 2

    def __init__(self, output_size: Annotated[int, Range(1, 256)] | Sequence[int | None] | None) -> None:
        super().__init__(output_size)
