"""Convolution in one to three dimensions, as matrix products over laid-out windows.

Three ops close under differentiation: `convolution` is linear in input and weight, and its gradients
towards the input (which is transposed convolution) and towards the weight have each other as gradients.

Windows are laid out for a few samples at a time, to stay in the cache. With large images each sample is
a product of its own, whose result is in place; with small ones the samples are put side by side first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.conv_forms import (
    by_rows,
    suits_batch_last,
    suits_rows,
    to_weight_with_batch_last,
    with_batch_last,
)
from engine.ops.linear import column_sums, row_sums
from engine.ops.scratch import scratch
from engine.ops.windows import (
    Pads,
    Sizes,
    chunk_length,
    count,
    output_sizes,
    padded,
    positions,
    window_view,
    without_padding,
)

_LARGE_IMAGE = 196      # output positions from which one product per sample is faster


@op(
    family="conv",
    doc="the weights' response at every place of the input",
    internal=True,
    node="ConvolutionBackward0",
)
def convolution(
    input: Array, weight: Array, bias: Array | None, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> Array:
    """(N, C, *sizes) and (O, C / groups, *kernel) → (N, O, *out)."""
    out = _correlate(input, weight, stride, pads, dilation, groups)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * len(stride))
    return out


@convolution.vjp
def convolution_vjp(
    g: Array, input: Array, weight: Array, stride: Sizes, pads: Pads, dilation: Sizes, groups: int, needs: Any
) -> tuple[Array | None, ...]:
    settings = (stride, pads, dilation, groups)
    return (
        convolution_to_input(g, weight, tuple(input.shape[2:]), *settings) if needs[0] else None,
        convolution_to_weight(g, input, tuple(weight.shape[2:]), *settings) if needs[1] else None,
        _channel_sums(g) if needs[2] else None,
    )


def _channel_sums(g: Array) -> Array:
    """The sum over all but dimension 1; for arrays as a product, which BLAS does several times as fast."""
    if isinstance(g, np.ndarray) and g.size:
        return column_sums(row_sums(g.reshape(g.shape[0] * g.shape[1], -1)).reshape(g.shape[:2]))
    return g.sum((0, *range(2, len(g.shape))))


@op(family="conv", doc="each output's weights laid over the place it came from", internal=True,
    node="ConvolutionBackward0")
def convolution_to_input(
    g: Array, weight: Array, sizes: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `convolution` towards an input of spatial `sizes`."""
    kernel = weight.shape[2:]
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    if all(s == 1 for s in stride):
        mirrored = tuple((r - low, r - high) for r, (low, high) in zip(reach, pads, strict=True))
        if output_sizes(g.shape[2:], kernel, stride, mirrored, dilation) == tuple(sizes):
            mirror = _mirror(weight, groups)
            if g.size and suits_rows(g, tuple(sizes), mirrored, groups):
                return by_rows(g, mirror, mirrored, dilation, tuple(sizes))
            return _correlate(g, mirror, stride, mirrored, dilation, groups)
    return _scatter(g, weight, sizes, stride, pads, dilation, groups)


@convolution_to_input.vjp
def convolution_to_input_vjp(
    v: Array, g: Array, weight: Array, stride: Sizes, pads: Pads, dilation: Sizes, groups: int, needs: Any
) -> tuple[Array | None, ...]:
    settings = (stride, pads, dilation, groups)
    return (
        _first_places(convolution(v, weight, None, *settings), g.shape) if needs[0] else None,
        convolution_to_weight(g, v, tuple(weight.shape[2:]), *settings) if needs[1] else None,
    )


def _first_places(x: Array, shape: tuple[int, ...]) -> Array:
    """Without the places beyond `shape`: sizes with much output padding have room for more of them."""
    return x if tuple(x.shape) == tuple(shape) else x[tuple(slice(0, n) for n in shape)]


@op(family="conv", doc="how inputs and output gradients go together at each weight's place", internal=True,
    node="ConvolutionBackward0")
def convolution_to_weight(
    g: Array, input: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> Array:
    """The gradient of `convolution` towards a weight of spatial size `kernel`."""
    if input.size and suits_batch_last(input, g.shape[2:], pads, groups):
        return to_weight_with_batch_last(g, input, kernel, stride, pads, dilation)
    x = padded(input, pads)
    samples, channels = x.shape[:2]
    outputs, out = g.shape[1], g.shape[2:]
    windows = window_view(x, kernel, stride, dilation, out)
    rows, places = channels * count(kernel), count(out)
    total = np.zeros((groups, outputs // groups, rows // groups), x.dtype)
    step = chunk_length(rows * places, samples)
    for start in range(0, samples, step):
        part = slice(start, start + step)
        columns = _side_by_side(windows[part], groups)
        grads = np.ascontiguousarray(g[part].swapaxes(0, 1)).reshape(groups, outputs // groups, -1)
        for group in range(groups):
            total[group] += grads[group].dot(columns[group].T)
    return total.reshape(outputs, channels // groups, *kernel)


@convolution_to_weight.vjp
def convolution_to_weight_vjp(
    v: Array, g: Array, input: Array, stride: Sizes, pads: Pads, dilation: Sizes, groups: int, needs: Any
) -> tuple[Array | None, ...]:
    settings = (stride, pads, dilation, groups)
    return (
        _first_places(convolution(input, v, None, *settings), g.shape) if needs[0] else None,
        convolution_to_input(g, v, tuple(input.shape[2:]), *settings) if needs[1] else None,
    )


# ---- on arrays ----


def _correlate(
    x: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> np.ndarray:
    samples, outputs = len(x), len(weight)
    kernel = weight.shape[2:]
    out = output_sizes(x.shape[2:], kernel, stride, pads, dilation)
    if x.size and suits_batch_last(x, out, pads, groups):
        return with_batch_last(x, weight, stride, pads, dilation, out)
    x = padded(x, pads)
    result = np.empty((samples, outputs, *out), np.result_type(x, weight))
    if not result.size:
        return result
    rows, places = x.shape[1] * count(kernel), count(out)
    matrix = weight.reshape(groups, outputs // groups, rows // groups)
    windows = window_view(x, kernel, stride, dilation, out)
    step = chunk_length(rows * places, samples)
    apart = places >= _LARGE_IMAGE or samples == 1
    for start in range(0, samples, step):
        part = windows[start:start + step]
        target = result[start:start + step]
        if apart:
            columns = scratch("columns", part.shape, x.dtype)
            np.copyto(columns, part)
            columns = columns.reshape(len(part), groups, rows // groups, places)
            np.matmul(matrix, columns, out=target.reshape(len(part), groups, outputs // groups, places))
        else:
            columns = _side_by_side(part, groups)
            both = np.stack([m.dot(c) for m, c in zip(matrix, columns, strict=True)]) if groups > 1 else (
                matrix[0].dot(columns[0]))
            np.copyto(target, both.reshape(outputs, len(part), *out).swapaxes(0, 1))
    return result


def _side_by_side(windows: np.ndarray, groups: int) -> np.ndarray:
    """(N, C, *kernel, *out) as one matrix per group: a row per weight, a column per sample and place."""
    rows = count(windows.shape[1:2 + (windows.ndim - 2) // 2])
    moved = np.moveaxis(windows, 0, 1 + (windows.ndim - 2) // 2)
    columns = scratch("columns", moved.shape, windows.dtype)
    np.copyto(columns, moved)
    return columns.reshape(groups, rows // groups, -1)


def _mirror(weight: np.ndarray, groups: int) -> np.ndarray:
    """The weight of the convolution that takes gradients back: mirrored, inputs and outputs swapped."""
    outputs, per_group, *kernel = weight.shape
    flipped = np.flip(weight, tuple(range(2, weight.ndim)))
    swapped = flipped.reshape(groups, outputs // groups, per_group, *kernel).swapaxes(1, 2)
    return np.ascontiguousarray(swapped).reshape(groups * per_group, outputs // groups, *kernel)


def _scatter(
    g: np.ndarray, weight: np.ndarray, sizes: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> np.ndarray:
    """Each output gradient, times the weights, added where the window was."""
    samples, outputs, *out = g.shape
    per_group, kernel = weight.shape[1], weight.shape[2:]
    full = [n + low + high for n, (low, high) in zip(sizes, pads, strict=True)]
    result = np.zeros((samples, groups * per_group, *full), np.result_type(g, weight))
    if not g.size:
        return without_padding(result, pads)
    rows, places = per_group * count(kernel), count(out)
    matrix = weight.reshape(groups, outputs // groups, rows).swapaxes(1, 2)
    step = chunk_length(groups * rows * places, samples)
    for start in range(0, samples, step):
        part = g[start:start + step]
        columns = np.matmul(matrix, part.reshape(len(part), groups, outputs // groups, places))
        columns = columns.reshape(len(part), groups * per_group, count(kernel), *out)
        target = result[start:start + step]
        for number, place in enumerate(positions(target, kernel, stride, dilation, tuple(out))):
            place += columns[:, :, number]
    return np.ascontiguousarray(without_padding(result, pads))
