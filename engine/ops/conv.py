"""Convolution in one to three dimensions, as matrix products over laid-out windows.

Three ops close under differentiation: `convolution` is linear in input and weight, and its gradients
towards the input (which is transposed convolution) and towards the weight have each other as gradients.

Windows are laid out for a few samples at a time, to stay in the cache. With large images each sample is
a product of its own, whose result is in place; with small ones the samples are put side by side first.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from engine.op import Array, Room, op
from engine.ops.conv_forms import (
    batch_last,
    batch_last_to_weight,
    by_rows,
    suits_batch_last,
    suits_rows,
)
from engine.ops.linear import channel_sums_into, column_sums, row_sums
from engine.ops.scratch import Calls, Take, perform, scratch
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


@convolution.writes("forward")
def convolution_into(
    room: Room, out: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None,
    stride: Sizes, pads: Pads, dilation: Sizes, groups: int,
) -> Any:
    if not suits_batch_last(input, out.shape[2:], pads, groups) or not weight.flags.c_contiguous:
        return None
    return list(batch_last(room.scratch, out, input, weight, bias, stride, pads, dilation))


@convolution.writes("vjp")
def convolution_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads,
    dilation: Sizes, groups: int, needs: Any,
) -> Any:
    to_input, to_weight, to_bias = outs
    take = room.scratch
    calls: list[Any] = []
    if not g.flags.c_contiguous or not g.size:
        return None
    if needs[0]:
        mirrored = _mirrored(g, weight, input.shape[2:], stride, pads, dilation)
        fast = mirrored and _fast_to_input(take, to_input, g, weight, mirrored, dilation, groups)
        if not fast:
            return None
        calls += fast
    if needs[1]:
        if not suits_batch_last(input, g.shape[2:], pads, groups):
            return None
        calls += batch_last_to_weight(take, to_weight, g, input, stride, pads, dilation)
    if needs[2]:
        calls += channel_sums_into(take, to_bias, g)
    return calls


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
    mirrored = _mirrored(g, weight, sizes, stride, pads, dilation)
    if mirrored is None:
        return _scatter(g, weight, sizes, stride, pads, dilation, groups)
    out = np.empty((len(g), groups * weight.shape[1], *sizes), np.result_type(g, weight))
    fast = _fast_to_input(scratch, out, g, weight, mirrored, dilation, groups)
    if fast is None:
        return _correlate(g, _mirror(weight, groups), stride, mirrored, dilation, groups)
    perform(fast)
    return out


def _mirrored(
    g: np.ndarray, weight: np.ndarray, sizes: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Pads | None:
    """The borders of the convolution with mirrored weights that takes gradients back, if one does."""
    kernel = weight.shape[2:]
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    found = tuple((r - low, r - high) for r, (low, high) in zip(reach, pads, strict=True))
    fits = all(s == 1 for s in stride) and (
        output_sizes(g.shape[2:], kernel, stride, found, dilation) == tuple(sizes)
    )
    return found if fits else None


def _fast_to_input(
    take: Take, out: np.ndarray, g: np.ndarray, weight: np.ndarray, mirrored: Pads, dilation: Sizes,
    groups: int,
) -> Calls | None:
    """`convolution_to_input` as numpy calls, where a fast form suits."""
    rows = suits_rows(g, out.shape[2:], mirrored, groups)
    if not rows and not suits_batch_last(g, out.shape[2:], mirrored, groups):
        return None
    turned = np.flip(weight, tuple(range(2, weight.ndim))).swapaxes(0, 1)
    mirror = take(turned.shape, weight.dtype, "mirror")
    calls = (
        by_rows(take, out, g, mirror, mirrored, dilation) if rows
        else batch_last(take, out, g, mirror, None, (1,) * len(mirrored), mirrored, dilation)
    )
    return chain([(mirror.__setitem__, (..., turned))], calls)


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
    if suits_batch_last(input, g.shape[2:], pads, groups):
        result = np.empty((g.shape[1], input.shape[1], *kernel), input.dtype)
        perform(batch_last_to_weight(scratch, result, g, input, stride, pads, dilation))
        return result
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
    result = np.empty((samples, outputs, *out), np.result_type(x, weight))
    if not result.size:
        return result
    if suits_batch_last(x, out, pads, groups):
        perform(batch_last(scratch, result, x, weight, None, stride, pads, dilation))
        return result
    x = padded(x, pads)
    rows, places = x.shape[1] * count(kernel), count(out)
    matrix = weight.reshape(groups, outputs // groups, rows // groups)
    windows = window_view(x, kernel, stride, dilation, out)
    step = chunk_length(rows * places, samples)
    apart = places >= _LARGE_IMAGE or samples == 1
    for start in range(0, samples, step):
        part = windows[start:start + step]
        target = result[start:start + step]
        if apart:
            columns = scratch(part.shape, x.dtype, "columns")
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
    columns = scratch(moved.shape, windows.dtype, "columns")
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
