"""Pooling of volumes, by norms, to a given size by maximum, and maxima put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from engine.nn import functional as F
from engine.nn.functional.conv_checks import IntOrSizes, sizes_of
from engine.nn.module import Module
from engine.tensor import Tensor


class MaxPool3d(Module):
    """Keeps the largest number of each block of a volume: (N, C, D, H, W) → (N, C, D', H', W').

    Args:
        kernel_size: Side of a block.
        stride: From one block to the next; kernel_size unless given.
        padding: How far blocks reach beyond the faces.
        dilation: Distance between the voxels of a block.
        return_indices: Also give where each largest number was.
        ceil_mode: Let the last blocks reach beyond the face.
    """

    def __init__(
        self, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
        dilation: IntOrSizes = 1, return_indices: bool = False, ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        return F.max_pool3d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool3d(Module):
    """Takes the mean of each block of a volume: (N, C, D, H, W) → (N, C, D', H', W').

    Args:
        kernel_size: Side of a block.
        stride: From one block to the next; kernel_size unless given.
        padding: Zeros around the volume.
        ceil_mode: Let the last blocks reach beyond the face.
        count_include_pad: Count those zeros.
        divisor_override: Divide sums by this instead.
    """

    def __init__(
        self, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
        ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool3d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AdaptiveAvgPool3d(Module):
    """Means over parts of a volume that are as equal as can be.

    Args:
        output_size: How many parts; None keeps a size.
    """

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class _AdaptiveMaxPool(Module):
    """The largest of each part; also where, with `return_indices`."""

    pool: ClassVar[Any]

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        return self.pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Keeps the largest of each of a number of stretches: (N, C, L) → (N, C, output_size)."""

    pool = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Keeps the largest of each of a number of patches: (N, C, H, W) → (N, C, *output_size)."""

    pool = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Keeps the largest of each of a number of blocks: (N, C, D, H, W) → (N, C, *output_size)."""

    pool = staticmethod(F.adaptive_max_pool3d)


class _LPPool(Module):
    """(Σ xᵖ)^(1/p) of each window, with p = `norm_type`."""

    pool: ClassVar[Any]

    def __init__(
        self, norm_type: float, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """Takes a norm of each stretch of a signal: (N, C, L) → (N, C, L')."""

    pool = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPool):
    """Takes a norm of each patch of an image: (N, C, H, W) → (N, C, H', W')."""

    pool = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPool):
    """Takes a norm of each block of a volume: (N, C, D, H, W) → (N, C, D', H', W')."""

    pool = staticmethod(F.lp_pool3d)


class _MaxUnpool(Module):
    """Puts maxima back to the places that a max-pooling gave with them, among zeros."""

    ndim: ClassVar[int]
    unpool: ClassVar[Any]

    def __init__(
        self, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0
    ) -> None:
        super().__init__()
        self.kernel_size = sizes_of(kernel_size, self.ndim)
        self.stride = sizes_of(kernel_size if stride is None else stride, self.ndim)
        self.padding = sizes_of(padding, self.ndim)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        return self.unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Puts the maxima of a MaxPool1d back: (N, C, L') → (N, C, L)."""

    ndim, unpool = 1, staticmethod(F.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """Puts the maxima of a MaxPool2d back: (N, C, H', W') → (N, C, H, W)."""

    ndim, unpool = 2, staticmethod(F.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """Puts the maxima of a MaxPool3d back: (N, C, D', H', W') → (N, C, D, H, W)."""

    ndim, unpool = 3, staticmethod(F.max_unpool3d)
