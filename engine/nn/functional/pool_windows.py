"""The windows of pooling: their sizes, how many fit, and what is refused, in PyTorch's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine import errors
from engine.nn.functional.conv_checks import IntOrSizes
from engine.nn.functional.conv_checks import sizes_of as sizes_given
from engine.ops.windows import Pads, Sizes
from engine.tensor import Tensor

_COUNTS = {2: "two", 3: "three"}


def window_sizes(
    kernel_size: IntOrSizes, stride: IntOrSizes | None, padding: IntOrSizes, ndim: int, name: str = "pool"
) -> tuple[Sizes, Sizes, Sizes]:
    """Kernel, stride (the kernel where it is not given) and padding for each dimension."""
    kernel = sizes_of(kernel_size, ndim, "kernel_size", name)
    if stride is None or (isinstance(stride, Sequence) and not stride):
        return kernel, kernel, sizes_of(padding, ndim, "padding", name)
    return kernel, sizes_of(stride, ndim, "stride", name), sizes_of(padding, ndim, "padding", name)


def sizes_of(value: IntOrSizes, ndim: int, argument: str, name: str) -> Sizes:
    """One number for all dimensions, or one each; RuntimeError for another count."""
    sizes = sizes_given(value, ndim)
    if len(sizes) == ndim:
        return sizes
    if ndim == 1 and name.startswith("max"):
        raise RuntimeError(
            f"{name}() {argument} must be an int, list of ints or tuple of ints of size 1 but got size "
            f"{len(sizes)}"
        )
    if ndim == 1:
        raise RuntimeError(f"{name}() argument '{argument}' should contain one int (got {len(sizes)})")
    raise RuntimeError(f"{name}: {argument} must either be a single int, or a tuple of {_COUNTS[ndim]} ints")


def in_batch(input: Tensor, ndim: int, kind: str) -> Tensor:
    """`input` with its dimension of samples; `kind` is ``max``, ``avg``, or "" for both maxima and places."""
    shape = tuple(input.shape)
    fits = len(shape) in (ndim + 1, ndim + 2)
    if ndim == 1 and kind == "max":
        if not fits or 0 in shape[len(shape) - 2 :]:
            raise RuntimeError(
                "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
                f"input, but got:{list(shape)}"
            )
    elif ndim == 1 and not fits:
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {len(shape)}-dimensional tensor for argument #1 'self' "
            f"(while checking arguments for {kind or 'max'}_pool1d)"
        )
    elif kind == "avg" and len(shape) < ndim + 1 and ndim == 2:
        raise errors.dim_range(-3, len(shape))
    elif not fits and (kind != "avg" or ndim == 3):
        raise RuntimeError(f"non-empty {ndim + 1}D or {ndim + 2}D (batch mode) tensor expected for input")
    elif not fits:
        raise _unfit(ndim, shape)
    return input.unsqueeze(0) if len(shape) == ndim + 1 else input


def refuse_empty(input: Tensor, ndim: int, kind: str) -> None:
    """RuntimeError where there is nothing to pool: no channel, or no place."""
    shape = tuple(input.shape)
    inner = shape[len(shape) - ndim - 1 :]
    if 0 not in inner:
        return
    if ndim < 3:
        raise _unfit(ndim, shape)
    name = "avg_pool3d" if kind == "avg" else "max_pool3d_with_indices_out_cpu_template"
    raise RuntimeError(
        f"{name}(): Expected input's non-batch dimensions to have positive length, but input has a shape of "
        f"{list(shape)} and non-batch dimension {max(inner.index(0) - 1, 0)} has length zero!"
    )


def _unfit(ndim: int, shape: tuple[int, ...]) -> RuntimeError:
    flat = (*shape[:-1], 1, shape[-1]) if ndim == 1 else shape      # a signal is pooled as an image
    wide = max(ndim, 2)
    return RuntimeError(
        f"Expected {wide + 1}D or {wide + 2}D (batch mode) tensor with optional 0 dim batch size "
        f"for input, but got:{list(flat)}"
    )


def check_windows(kernel: Sizes, stride: Sizes, widths: Sizes, dilation: Sizes, kind: str = "") -> None:
    """Raise RuntimeError for windows that cannot be, whatever the input."""
    if len(kernel) == 1 and kind == "max":
        _check_stretches(kernel[0], stride[0], widths[0], dilation[0])
        return
    if 0 in stride:
        raise RuntimeError("stride should not be zero")
    if any(k <= 0 for k in kernel):
        raise RuntimeError(f"kernel size should be greater than zero, but got {_by_letter('k', kernel)}")
    if any(s < 0 for s in stride):
        raise RuntimeError(f"stride should be greater than zero, but got {_by_letter('d', stride)}")
    if any(d <= 0 for d in dilation):
        given = _by_letter("dilation", dilation)
        raise RuntimeError(f"dilation should be greater than zero, but got {given}")
    for k, p, d in zip(kernel, widths, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > ((k - 1) * d + 1) // 2:
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={p}, kernel_size={k} and dilation={d}"
            )


def _by_letter(before: str, sizes: Sizes) -> str:
    """``kH: 2 kW: 3``; a stretch of a signal is one row high."""
    wide = (1, *sizes) if len(sizes) == 1 else sizes
    return " ".join(f"{before}{letter}: {n}" for letter, n in zip("THW"[-len(wide) :], wide, strict=True))


def _check_stretches(kernel: int, stride: int, padding: int, dilation: int) -> None:
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            "max_pool1d() padding should be at most half of kernel size, but got "
            f"padding={padding} and kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")


def refuse_signal(
    batched: Tensor, kernel: Sizes, stride: Sizes, widths: Sizes, dilation: Sizes, ceil_mode: bool
) -> None:
    """Errors of max_pool1d alone: for integers, and where no stretch fits."""
    if batched._array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"max_pool1d_impl\" not implemented for '{batched.dtype.tensor_type[6:-6]}'"
        )
    reach = batched.shape[2] + 2 * widths[0] - dilation[0] * (kernel[0] - 1) - 1
    number = (-(-reach // stride[0]) if ceil_mode else reach // stride[0]) + 1
    if number <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {number}")


def refuse_large_kernel(sizes: Sizes, kernel: Sizes) -> None:
    """RuntimeError where a kernel is larger than the input without its padding: avg_pool3d wants it so."""
    if any(n < k for n, k in zip(sizes, kernel, strict=True)):
        have, want = (
            " ".join(f"{before}{letter}: {n}" for letter, n in zip("THW", values, strict=True))
            for before, values in (("", sizes), ("k", kernel))
        )
        raise RuntimeError(f"input image ({have}) smaller than kernel size ({want})")


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
        raise RuntimeError(
            f"Given input size: ({_times(channels_and_sizes)}). Calculated output size: "
            f"({_times((channels_and_sizes[0], *(max(number, 0) for number in out)))}). Output size is too "
            "small"
        )
    return tuple(pads), tuple(out)


def _times(sizes: Any) -> str:
    """``3x8x8``; a signal is shown as an image one row high."""
    shown = (sizes[0], 1, sizes[1]) if len(sizes) == 2 else sizes
    return "x".join(map(str, shown))
