"""Pooling as functions of tensors: PyTorch's arguments and checks in front of the ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.nn.functional.conv_checks import IntOrSizes, must_be_tensor
from engine.nn.functional.pool_windows import (
    check_windows,
    in_batch,
    pooled_sizes,
    refuse_empty,
    refuse_large_kernel,
    refuse_signal,
    sizes_of,
    window_sizes,
)
from engine.ops import pool
from engine.ops.join import cat
from engine.ops.second import alias
from engine.ops.windows import Sizes
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor


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
    kind = "" if return_indices else "max"
    batched = in_batch(input, ndim, kind)
    kernel, strides, widths = window_sizes(kernel_size, stride, padding, ndim, f"max_pool{ndim}d")
    dilations = sizes_of(dilation, ndim, "dilation", f"max_pool{ndim}d")
    check_windows(kernel, strides, widths, dilations, kind)
    refuse_empty(input, ndim, kind)
    if ndim == 1 and kind:
        refuse_signal(batched, kernel, strides, widths, dilations, ceil_mode)
    pads, out = pooled_sizes(tuple(batched.shape[1:]), kernel, strides, widths, dilations, ceil_mode)
    result = pool.max_pool(batched, kernel, strides, pads, dilations, out)
    one = input.ndim == ndim + 1
    if not return_indices:
        return result.squeeze(0) if one else result
    where = derived(pool.max_indices, batched, result, kernel, strides, pads, dilations)
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
    batched = in_batch(input, ndim, "avg")
    kernel, strides, widths = window_sizes(kernel_size, stride, padding, ndim, f"avg_pool{ndim}d")
    ones = (1,) * ndim
    check_windows(kernel, strides, widths, ones, "avg")
    refuse_empty(input, ndim, "avg")
    if ndim == 3:
        refuse_large_kernel(tuple(batched.shape[2:]), kernel)
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
    check_adaptive("avg", ndim, input, output_size)
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
    refuse_empty_adaptive("avg", ndim, input)
    input = alias(input)
    for dim, size in zip(range(-ndim, 0), wanted, strict=True):
        whole = input
        parts = [whole.narrow(dim, at, n).mean(dim, keepdim=True) for at, n in _parts(whole.shape[dim], size)]
        input = cat(parts, dim) if parts else whole.narrow(dim, 0, 0)
    return input.contiguous()


def check_adaptive(kind: str, ndim: int, input: Tensor, output_size: Any) -> None:
    """Errors in PyTorch's words for too few dimensions, and for sizes that are not one for each."""
    if ndim == 1 and input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' "
            f"(while checking arguments for adaptive_{kind}_pool1d)"
        )
    if output_size is None or isinstance(output_size, int):
        return
    if ndim > 1 and input.ndim <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    if len(output_size) == ndim:
        return
    name = f"adaptive_{kind}_pool{ndim}d"
    if ndim == 1:
        raise RuntimeError(f"{name}() argument 'output_size' should contain one int (got {len(output_size)})")
    between = ": output_size" if kind == "avg" else "(): internal error: output_size.size()"
    raise RuntimeError(f"{name}{between} must be {ndim}")


def refuse_empty_adaptive(kind: str, ndim: int, input: Tensor) -> None:
    """A maximum needs every dimension but the batch's, a mean those that it goes over."""
    if input._array.size:
        return
    shape, name = list(input.shape), f"adaptive_{kind}_pool{ndim}d"
    if kind == "avg" and ndim == 1:
        shape, name = [*shape[:-1], 1, shape[-1]], "adaptive_avg_pool2d"
    for dim in range(1 if kind == "max" else len(shape) - max(ndim, 2), len(shape)):
        if shape[dim] == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has "
                f"sizes {shape} with dimension {dim} being empty"
            )


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
