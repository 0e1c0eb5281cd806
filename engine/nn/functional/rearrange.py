"""Channels turned into places and back, as functions of tensors: shuffles, and patches as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.creation import zeros
from engine.nn.functional.conv import pad
from engine.nn.functional.conv_checks import IntOrSizes, spread
from engine.ops.windows import Sizes, output_sizes
from engine.recording import constant
from engine.tensor import Tensor, wrap


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(…, C · r², H, W) → (…, C, H · r, W · r)."""
    r = upscale_factor
    _check_shuffle("pixel_shuffle", input, r, "upscale_factor")
    *lead, channels, height, width = input.shape
    if channels % r**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
            f"upscale_factor, but input.size(-3)={channels} is not divisible by {r**2}"
        )
    parts = input.reshape(*lead, channels // r**2, r, r, height, width)
    turned = parts.movedim((-4, -3), (-3, -1))
    return _own(turned.reshape(*lead, channels // r**2, height * r, width * r), input)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(…, C, H · r, W · r) → (…, C · r², H, W)."""
    r = downscale_factor
    _check_shuffle("pixel_unshuffle", input, r, "downscale_factor")
    *lead, channels, height, width = input.shape
    for name, size, dim in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={size} is not divisible by {r}"
            )
    parts = input.reshape(*lead, channels, height // r, r, width // r, r)
    turned = parts.movedim((-3, -1), (-4, -3))
    return _own(turned.reshape(*lead, channels * r**2, height // r, width // r), input)


def _own(made: Tensor, input: Tensor) -> Tensor:
    """What was made, in memory of its own also where nothing had to move."""
    return made.clone() if np.may_share_memory(made._array, input._array) else made


def _check_shuffle(name: str, input: Tensor, factor: int, word: str) -> None:
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} "
            "dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {word}, but got {factor}")


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """(N, C, …) with the channels of `groups` groups dealt out in turn."""
    if input.ndim < 3:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    samples, channels, *rest = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    return input.reshape(samples, groups, channels // groups, *rest).transpose(1, 2).reshape(input.shape)


def unfold(
    input: Tensor, kernel_size: IntOrSizes, dilation: IntOrSizes = 1, padding: IntOrSizes = 0,
    stride: IntOrSizes = 1,
) -> Tensor:
    """(N, C, H, W) → (N, C · kernel, patches): every patch that a convolution would see, as a column."""
    if input.ndim not in (3, 4):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions "
            f"for input, but got: {list(input.shape)}"
        )
    batch = input.unsqueeze(0) if input.ndim == 3 else input
    window = _Window(tuple(batch.shape[2:]), kernel_size, dilation, padding, stride)
    if any(n < 1 for n in window.patches):
        raise RuntimeError(
            f"Given input with spatial size {window.sizes}, kernel_size={window.kernel}, "
            f"dilation={window.dilation}, padding={window.padding}, calculated shape of the array of sliding "
            f"blocks as {window.patches}, but its components must be at least one."
        )
    high, wide = window.padding
    inner = pad(batch, (wide, wide, high, high)).flatten(2)
    columns = inner.index_select(2, wrap(constant(window.places.reshape(-1))))
    out = columns.reshape(batch.shape[0], batch.shape[1] * len(window.places), window.count)
    return out.squeeze(0) if input.ndim == 3 else out


def fold(
    input: Tensor, output_size: IntOrSizes, kernel_size: IntOrSizes, dilation: IntOrSizes = 1,
    padding: IntOrSizes = 0, stride: IntOrSizes = 1,
) -> Tensor:
    """(N, C · kernel, patches) → (N, C, H, W): columns put back as patches, overlaps summed."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    batch = input.unsqueeze(0) if input.ndim == 2 else input
    sizes = spread(output_size, 2, "output_size")
    window = _Window(sizes, kernel_size, dilation, padding, stride)
    window.check(batch.shape[1], batch.shape[2])
    channels = batch.shape[1] // len(window.places)
    columns = batch.reshape(batch.shape[0], channels, -1)
    empty = zeros(batch.shape[0], channels, window.inner[0] * window.inner[1], dtype=input.dtype)
    filled = empty.index_add(2, wrap(constant(window.places.reshape(-1))), columns)
    image = filled.reshape(*filled.shape[:2], *window.inner)
    high, wide = window.padding
    out = pad(image, (-wide, -wide, -high, -high))
    return out.squeeze(0) if input.ndim == 2 else out


class _Window:
    """Where in a padded image, row after row, each place of each patch lies: `places` (kernel, patches)."""

    def __init__(
        self, sizes: Sizes, kernel: IntOrSizes, dilation: IntOrSizes, padding: IntOrSizes, stride: IntOrSizes
    ) -> None:
        self.sizes = sizes
        self.kernel = spread(kernel, 2, "kernel_size")
        self.dilation = spread(dilation, 2, "dilation")
        self.padding = spread(padding, 2, "padding")
        self.stride = spread(stride, 2, "stride")
        pads: Any = tuple((width, width) for width in self.padding)
        self.patches = output_sizes(sizes, self.kernel, self.stride, pads, self.dilation)
        self.count = self.patches[0] * self.patches[1]
        self.inner = tuple(n + 2 * p for n, p in zip(sizes, self.padding, strict=True))
        rows, columns = (
            np.arange(k)[:, None] * d + np.arange(max(n, 0)) * s
            for k, d, n, s in zip(self.kernel, self.dilation, self.patches, self.stride, strict=True)
        )
        flat = rows[:, None, :, None] * self.inner[1] + columns[None, :, None, :]
        self.places = flat.reshape(self.kernel[0] * self.kernel[1], -1)

    def check(self, rows: int, columns: int) -> None:
        """RuntimeError unless columns of that many rows fit."""
        if rows % len(self.places):
            raise RuntimeError(
                "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
                f"input.size(1)={rows} and kernel_size={self.kernel}."
            )
        if columns != self.count:
            raise RuntimeError(
                f"Given output_size={self.sizes}, kernel_size={self.kernel}, dilation={self.dilation}, "
                f"padding={self.padding}, stride={self.stride}, expected size of input's dimension 2 to "
                f"match the calculated number of sliding blocks {self.patches[0]} * {self.patches[1]} = "
                f"{self.count}, but got input.size(2)={columns}."
            )
