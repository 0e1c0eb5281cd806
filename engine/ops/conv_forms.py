"""Two forms of convolution, on arrays, that beat the general one on the sizes most networks have.

`with_batch_last`: small images with several samples. The samples become the innermost dimension, so windows
are laid out in long runs and one product serves all samples of some rows.

`by_rows`: a window's columns are laid out and its rows are not. One product gives what each kernel row adds
to each output row, and adding up whole rows is cheap; the layout is as many times smaller as the kernel is
high.

Both work piece by piece, so that a piece's windows stay in the second-level cache. What they return is laid
out as PyTorch has it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ops.scratch import scratch
from engine.ops.windows import Pads, Sizes, chunk_length, count, padded, window_view

_SMALL_IMAGE = 196  # output positions up to which the batch is best put last, with several channels
_TINY_IMAGE = 64  # the same with any number of channels
_FEW_SAMPLES = 4  # from here on


def suits_batch_last(x: np.ndarray, out: Sizes, pads: Pads, groups: int) -> bool:
    """Whether an input of this shape is better laid out with the samples innermost."""
    samples, channels, places = len(x), x.shape[1], count(out)
    return (
        groups == 1
        and samples >= _FEW_SAMPLES
        and places <= (_SMALL_IMAGE if channels >= _FEW_SAMPLES else _TINY_IMAGE)
        and min(min(pair) for pair in pads) >= 0
    )


def suits_rows(x: np.ndarray, out: Sizes, pads: Pads, groups: int) -> bool:
    """Whether `by_rows` is the form for the gradient towards an input."""
    return groups == 1 and len(out) > 1 and count(out) > _TINY_IMAGE and min(map(min, pads)) >= 0


def with_batch_last(
    x: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes, out: Sizes
) -> np.ndarray:
    """(N, C, *sizes) and (O, C, *kernel) → (N, O, *out)."""
    samples, outputs = len(x), len(weight)
    result = np.empty((samples, outputs, *out), x.dtype)
    matrix = weight.reshape(outputs, -1)
    for rows, columns in _row_pieces(x, weight.shape[2:], stride, pads, dilation, out):
        product = scratch("product", (outputs, columns.shape[1]), x.dtype)
        matrix.dot(columns, product)
        place = result[:, :, rows]
        np.copyto(place, product.reshape(*place.shape[1:], samples).transpose(-1, *range(place.ndim - 1)))
    return result


def to_weight_with_batch_last(
    g: np.ndarray, x: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> np.ndarray:
    """The gradient towards a weight of spatial size `kernel`: (O, C, *kernel)."""
    outputs, channels = g.shape[1], x.shape[1]
    total = np.zeros((channels * count(kernel), outputs), x.dtype)
    grads = g.transpose(*range(1, g.ndim), 0).copy("C")
    for rows, columns in _row_pieces(x, kernel, stride, pads, dilation, g.shape[2:]):
        total += columns.dot(grads[:, rows].reshape(outputs, -1).T)
    return total.T.reshape(outputs, channels, *kernel)


def _row_pieces(
    x: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, out: Sizes
) -> Iterator[tuple[slice, np.ndarray]]:
    """Some rows of the output at a time, and their windows: a row per weight, a column per place, sample."""
    samples, channels = x.shape[:2]
    inner = [slice(low, low + n) for n, (low, _) in zip(x.shape[2:], pads, strict=True)]
    sizes = [n + low + high for n, (low, high) in zip(x.shape[2:], pads, strict=True)]
    laid = np.zeros((channels, *sizes, samples), x.dtype)
    np.copyto(laid[(slice(None), *inner)], x.transpose(*range(1, x.ndim), 0))
    # The samples stand as one more dimension with a kernel of 1.
    windows = window_view(laid[None], (*kernel, 1), (*stride, 1), (*dilation, 1), (*out, samples))[0]
    weights, before = channels * count(kernel), (slice(None),) * (2 + len(kernel))
    step = chunk_length(weights * count(out[1:]) * samples, out[0])
    for start in range(0, out[0], step):
        rows = slice(start, start + step)
        part = windows[(*before, rows)]
        columns = scratch("columns", part.shape, x.dtype)
        np.copyto(columns, part)
        yield rows, columns.reshape(weights, -1)


def by_rows(x: np.ndarray, weight: np.ndarray, pads: Pads, dilation: Sizes, out: Sizes) -> np.ndarray:
    """(N, C, *sizes) and (O, C, *kernel) → (N, O, *out), with stride 1."""
    outputs, channels, height, *width = weight.shape
    (low, _), inner = pads[0], ((0, 0), *pads[1:])
    x = padded(x, inner)
    samples, lines = len(x), x.shape[2]
    ones = (1,) * len(out)
    windows = window_view(x, (1, *width), ones, dilation, (lines, *out[1:]))
    matrix = weight.transpose(2, 0, 1, *range(3, weight.ndim)).reshape(height * outputs, -1)
    result = np.zeros((samples, outputs, *out), x.dtype)
    places = lines * count(out[1:])
    step = chunk_length((channels * count(width) + height * outputs) * places, samples)
    for start in range(0, samples, step):
        part = windows[start : start + step]
        columns = scratch("columns", part.shape, x.dtype)
        np.copyto(columns, part)
        products = scratch("product", (len(part), height * outputs, places), x.dtype)
        np.matmul(matrix, columns.reshape(len(part), -1, places), out=products)
        products = products.reshape(-1, height, outputs, lines, *out[1:])
        target = result[start : start + step]
        for row in range(height):
            shift = row * dilation[0] - low
            begin, end = max(0, -shift), min(out[0], lines - shift)
            target[:, :, begin:end] += products[:, row, :, begin + shift : end + shift]
    return result
