"""Pooling as functions of tensors: PyTorch's arguments and checks in front of the ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.nn.functional.conv import IntOrSizes, must_be_tensor, sizes_of
from engine.ops import pool
from engine.ops.join import cat
from engine.ops.windows import Pads, Sizes
from engine.recording import constant
from engine.tensor import Tensor, wrap


def max_pool1d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    dilation: IntOrSizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:
    """The largest number in each window of (N, C, L) or (C, L)."""
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    dilation: IntOrSizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:
    """The largest number in each window of (N, C, H, W) or (C, H, W); with `return_indices` also where."""
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    dilation: IntOrSizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:
    """The largest number in each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max_pool(
    ndim: int, input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None, padding: IntOrSizes,
    dilation: IntOrSizes, ceil_mode: bool, return_indices: bool,
) -> Any:
    must_be_tensor(f"max_pool{ndim}d", input)
    batched = _batched(input, ndim)
    kernel, strides, widths = window_sizes(kernel_size, stride, padding, ndim)
    dilations = sizes_of(dilation, ndim)
    check_windows(kernel, strides, widths, dilations)
    pads, out = pooled_sizes(tuple(batched.shape[1:]), kernel, strides, widths, dilations, ceil_mode)
    result = pool.max_pool(batched, kernel, strides, pads, dilations, out)
    one = input.ndim == ndim + 1
    if not return_indices:
        return result.squeeze(0) if one else result
    where = wrap(pool.max_indices(batched._array, result._array, kernel, strides, pads, dilations))
    return (result.squeeze(0), where.squeeze(0)) if one else (result, where)


def avg_pool1d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of (N, C, L) or (C, L)."""
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, H, W) or (C, H, W)."""
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None, padding: IntOrSizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _avg_pool(
    ndim: int, input: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None, padding: IntOrSizes,
    ceil_mode: bool, count_include_pad: bool, divisor_override: int | None,
) -> Tensor:
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    must_be_tensor(f"avg_pool{ndim}d", input)
    batched = _batched(input, ndim)
    kernel, strides, widths = window_sizes(kernel_size, stride, padding, ndim)
    ones = (1,) * ndim
    check_windows(kernel, strides, widths, ones)
    pads, out = pooled_sizes(tuple(batched.shape[1:]), kernel, strides, widths, ones, ceil_mode)
    divisor: Any = divisor_override
    if divisor is None:
        divisor = _window_counts(tuple(batched.shape[2:]), kernel, strides, widths, out, count_include_pad)
        divisor = constant(divisor.astype(batched._array.dtype))
    result = pool.avg_pool(batched, kernel, strides, pads, divisor, out)
    return result.squeeze(0) if input.ndim == ndim + 1 else result


def _window_counts(
    sizes: Sizes, kernel: Sizes, stride: Sizes, widths: Sizes, out: Sizes, count_include_pad: bool
) -> np.ndarray:
    """By what each window's sum is divided: its places inside the input, or inside input and padding."""
    total = np.ones(())
    for n, k, s, p, o in zip(sizes, kernel, stride, widths, out, strict=True):
        begin = np.arange(o) * s - p
        end = np.minimum(begin + k, n + p)
        if not count_include_pad:
            begin, end = np.maximum(begin, 0), np.minimum(end, n)
        total = total[..., None] * (end - begin)
    return total


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means over L' parts of (N, C, L) or (C, L) that are as equal as can be."""
    return adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means over H' × W' parts of (N, C, H, W) or (C, H, W) as equal as can be; None keeps a size."""
    return adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Means over D' × H' × W' parts of (N, C, D, H, W) or (C, D, H, W); None keeps a size."""
    return adaptive_avg_pool(3, input, output_size)


def adaptive_avg_pool(ndim: int, input: Tensor, output_size: Any) -> Tensor:
    """Means over parts of the last `ndim` dimensions that are as equal as can be."""
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(
            f"adaptive_avg_pool{ndim}d(): Expected {ndim + 1}D or {ndim + 2}D tensor, but got "
            f"{list(input.shape)}"
        )
    if input._array.dtype.kind != "f":
        kind = input.dtype.tensor_type[6:-6]
        raise NotImplementedError(f'"adaptive_avg_pool{max(ndim, 2)}d" not implemented for \'{kind}\'')
    wanted = adaptive_sizes(output_size, tuple(input.shape[-ndim:]))
    if any(size < 0 for size in wanted):
        listed = ", ".join(map(str, wanted))
        raise RuntimeError(
            f"adaptive_avg_pool{ndim}d: elements of output_size must be greater than or equal to 0 "
            f"but received {{{listed}}}"
        )
    if all(size == 1 for size in wanted):
        return input.mean(tuple(range(-ndim, 0)), keepdim=True)
    for dim, size in zip(range(-ndim, 0), wanted, strict=True):
        whole = input
        parts = [whole.narrow(dim, at, n).mean(dim, keepdim=True) for at, n in _parts(whole.shape[dim], size)]
        input = cat(parts, dim) if parts else whole.narrow(dim, 0, 0)
    return input.contiguous()


def adaptive_sizes(output_size: Any, sizes: Sizes) -> Sizes:
    """The wanted sizes, with the input's own where None."""
    given = (
        (output_size,) * len(sizes)
        if output_size is None or isinstance(output_size, int)
        else tuple(output_size)
    )
    return tuple(n if want is None else want for want, n in zip(given, sizes, strict=True))


def _parts(size: int, parts: int) -> list[tuple[int, int]]:
    """Where each of the parts of a dimension begins, and how long it is; they may overlap."""
    begins = [part * size // parts for part in range(parts)]
    return [(begin, -(-(part + 1) * size // parts) - begin) for part, begin in enumerate(begins)]


# ---- sizes and checks, shared with the layers ----


def window_sizes(
    kernel_size: IntOrSizes, stride: IntOrSizes | None, padding: IntOrSizes, ndim: int
) -> tuple[Sizes, Sizes, Sizes]:
    """Kernel, stride (the kernel where it is not given) and padding for each dimension."""
    kernel = sizes_of(kernel_size, ndim)
    empty = stride is None or (isinstance(stride, Sequence) and not stride)
    return kernel, kernel if empty else sizes_of(stride, ndim), sizes_of(padding, ndim)    # type: ignore[arg-type]


def pooled_sizes(
    channels_and_sizes: Sizes, kernel: Sizes, stride: Sizes, widths: Sizes, dilation: Sizes, ceil_mode: bool
) -> tuple[Pads, Sizes]:
    """The padding that the windows need and how many there are; RuntimeError where none fits."""
    pads, out = [], []
    for n, k, s, p, d in zip(channels_and_sizes[1:], kernel, stride, widths, dilation, strict=True):
        reach = d * (k - 1) + 1
        number = (n + 2 * p - reach) // s + 1
        if ceil_mode:
            number = -(-(n + 2 * p - reach) // s) + 1
            if (number - 1) * s >= n + p:       # a window must begin inside the input or its left padding
                number -= 1
        out.append(number)
        pads.append((p, max(p, (number - 1) * s + reach - n - p)))
    if any(number < 1 for number in out):
        given = "x".join(map(str, channels_and_sizes))
        got = "x".join(map(str, (channels_and_sizes[0], *(max(number, 0) for number in out))))
        raise RuntimeError(
            f"Given input size: ({given}). Calculated output size: ({got}). Output size is too small"
        )
    return tuple(pads), tuple(out)


def _batched(input: Tensor, ndim: int) -> Tensor:
    if input.ndim == ndim + 1:
        return input.unsqueeze(0)
    if input.ndim != ndim + 2:
        raise RuntimeError(f"non-empty {ndim + 1}D or {ndim + 2}D (batch mode) tensor expected for input")
    if 0 in input.shape[1:]:
        raise RuntimeError(
            f"Expected {ndim + 1}D or {ndim + 2}D (batch mode) tensor with optional 0 dim batch size "
            "for input, "
            f"but got:{list(input.shape)}"
        )
    return input


def check_windows(kernel: Sizes, stride: Sizes, widths: Sizes, dilation: Sizes) -> None:
    """Raise RuntimeError for windows that cannot be, whatever the input."""
    if any(s == 0 for s in stride):
        raise RuntimeError("stride should not be zero")
    if any(k <= 0 for k in kernel):
        raise RuntimeError(f"kernel size should be greater than zero, but got {list(kernel)}")
    for k, p, d in zip(kernel, widths, dilation, strict=True):
        if p > ((k - 1) * d + 1) // 2:
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={p}, kernel_size={k} and dilation={d}"
            )
