"""Convolutions and padding as functions of tensors: PyTorch's arguments and checks in front of the ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.nn.functional.conv_checks import (
    IntOrSizes,
    by,
    check_convolution,
    check_output_padding,
    check_reach,
    must_be_tensor,
    spread,
)
from engine.ops import conv as conv_op
from engine.ops.pad import border_indices, check_borders, constant_pad_nd
from engine.ops.second import alias
from engine.ops.windows import Pads, Sizes
from engine.recording import constant
from engine.tensor import Tensor


def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
) -> Tensor:
    """(N, C, L) or (C, L) with a weight of (O, C / groups, K) → (N, O, L')."""
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
) -> Tensor:
    """(N, C, H, W) or (C, H, W) with a weight of (O, C / groups, K, L) → (N, O, H', W')."""
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
) -> Tensor:
    """(N, C, D, H, W) or (C, D, H, W) with a weight of (O, C / groups, J, K, L) → (N, O, D', H', W')."""
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


def _convolve(
    ndim: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrSizes,
    padding: IntOrSizes | str, dilation: IntOrSizes, groups: int,
) -> Tensor:
    name = f"conv{ndim}d"
    must_be_tensor(name, input)
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(
            f"Expected {ndim + 1}D (unbatched) or {ndim + 2}D (batched) input to {name}, "
            f"but got input of size: {list(input.shape)}"
        )
    must_be_tensor(name, weight, "weight", 2)
    if input.ndim == ndim + 1:
        return _convolve(ndim, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    strides, dilations = spread(stride, ndim, "stride", name), spread(dilation, ndim, "dilation", name)
    kernel = tuple(weight.shape[2:])
    widths = () if isinstance(padding, str) else spread(padding, ndim, "padding", name)
    check_convolution(input, weight, bias, strides, widths, dilations, groups)
    pads = _named_pads(padding, kernel, strides, dilations) if isinstance(padding, str) else tuple(
        (width, width) for width in widths
    )
    check_reach(input, kernel, pads, dilations)
    return conv_op.convolution(input, weight, bias, strides, pads, dilations, groups)


def _named_pads(padding: str, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Pads:
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if any(s != 1 for s in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    return same_pads(kernel, dilation)


def same_pads(kernel: Sizes, dilation: Sizes) -> Pads:
    """Borders that keep the size; where they cannot be equal the later one is wider."""
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    return tuple((total // 2, total - total // 2) for total in reach)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: IntOrSizes = 1,
    padding: IntOrSizes = 0,
    output_padding: IntOrSizes = 0,
    groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:
    """The map whose matrix is that of conv1d transposed: (N, C, L), weight (C, O / groups, K)."""
    return _transposed(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: IntOrSizes = 1,
    padding: IntOrSizes = 0,
    output_padding: IntOrSizes = 0,
    groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:
    """The map whose matrix is that of conv2d transposed: (N, C, H, W), weight (C, O / groups, K, L)."""
    return _transposed(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: IntOrSizes = 1,
    padding: IntOrSizes = 0,
    output_padding: IntOrSizes = 0,
    groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:
    """The map whose matrix is that of conv3d transposed: (N, C, D, H, W), weight (C, O / groups, J, K, L)."""
    return _transposed(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _transposed(
    ndim: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrSizes, padding: IntOrSizes,
    output_padding: IntOrSizes, groups: int, dilation: IntOrSizes,
) -> Tensor:
    name = f"conv_transpose{ndim}d"
    must_be_tensor(name, input)
    must_be_tensor(name, weight, "weight", 2)
    if input.ndim == ndim + 1:
        return _transposed(
            ndim, input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation
        ).squeeze(0)
    if input.ndim != ndim + 2:
        raise RuntimeError(
            f"Expected {ndim + 1}D (unbatched) or {ndim + 2}D (batched) input to {name}, "
            f"but got input of size: {list(input.shape)}"
        )
    strides, dilations = spread(stride, ndim, "stride", name), spread(dilation, ndim, "dilation", name)
    widths = spread(padding, ndim, "padding", name)
    extra = spread(output_padding, ndim, "output_padding", name)
    check_convolution(input, weight, bias, strides, widths, dilations, groups, extra)
    check_output_padding(extra, strides, dilations)
    kernel = tuple(weight.shape[2:])
    sizes = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + more + 1
        for n, s, p, d, k, more in zip(
            input.shape[2:], strides, widths, dilations, kernel, extra, strict=True
        )
    )
    if any(size < 1 for size in sizes):
        raise RuntimeError(
            f"Given input size per channel: ({by(input.shape[2:])}). Calculated output size per channel: "
            f"({by(sizes)}). Output size is too small"
        )
    pads = tuple((p, p) for p in widths)
    out = conv_op.convolution_to_input(input, weight, sizes, strides, pads, dilations, groups)
    return out if bias is None else out + bias.reshape((-1, *(1,) * ndim))


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """A border around the last dimensions: `pad` gives (before, after) from the last dimension backwards."""
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) // 2 > input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding "
            f"length {len(pad)} and input of dimension {input.ndim}"
        )
    pairs = tuple((int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2))[::-1]
    if mode == "constant":
        return constant_pad_nd(input, pairs, 0.0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    check_borders(input.shape, pairs, mode)
    start: Any = input if mode == "circular" else alias(input)
    index = start
    for dim, (low, high) in enumerate(pairs, input.ndim - len(pairs)):
        if low or high:
            rows = Tensor.__new__(Tensor)
            rows._array = constant(border_indices(input.shape[dim], low, high, mode))
            index = index.index_select(dim, rows)
    return start.clone() if index is start else index
