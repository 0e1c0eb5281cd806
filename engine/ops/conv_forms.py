"""Forms of convolution, on arrays, for different sizes.

By sample: for large images. Each sample is a product of its own, whose result is in place.

By rows: a window's columns are laid out and its rows are not. One product gives what each kernel row adds to
each output row, and adding up whole rows is cheap; the layout is as many times smaller as the kernel is high.

By places: for strides. Each output gradient, times the weights, is added where its window was.

For small images and several samples there are those of `conv_batch_last`.

All work piece by piece, so that a piece's windows stay in the second-level cache, and give what PyTorch
gives, in its layout. Each is a sequence of numpy calls on arrays that are there: to be made at once
(`perform`), or again and again by a captured step. `take` provides memory by name, shape and type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.ops.scratch import Calls, Take
from engine.ops.windows import (
    Pads,
    Sizes,
    chunk_length,
    count,
    positions,
    window_view,
    without_padding,
)

_TINY_IMAGE = 64  # positions up to which rows are too few to be worth adding up


def suits_rows(g: np.ndarray, out: Sizes, pads: Pads, groups: int) -> bool:
    """Whether the gradient towards an input is better computed by rows."""
    return (
        groups == 1 and g.size > 0 and len(out) > 1 and count(out) > _TINY_IMAGE and min(map(min, pads)) >= 0
    )


def by_rows(
    take: Take, out: np.ndarray, x: np.ndarray, weight: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """(N, C, *sizes) and (O, C, *kernel) → `out`, (N, O, *places), with stride 1."""
    outputs, channels, height, *width = weight.shape
    (low, _), places = pads[0], out.shape[2:]
    samples, lines = len(x), x.shape[2]
    sizes = [n + before + after for n, (before, after) in zip(x.shape[3:], pads[1:], strict=True)]
    inner = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape[3:], pads[1:], strict=True))
    stacked = take((height, outputs, channels, *width), weight.dtype, "weights")
    yield stacked.__setitem__, (..., weight.transpose(2, 0, 1, *range(3, weight.ndim)))
    matrix = stacked.reshape(height * outputs, -1)
    yield out.fill, (0,)
    area = lines * count(places[1:])
    step = chunk_length((matrix.shape[1] + height * outputs) * area, samples)
    wide = take((step, channels, lines, *sizes), x.dtype, "laid")
    yield wide.fill, (0,)
    windows = window_view(wide, (1, *width), (1,) * len(places), dilation, (lines, *places[1:]))
    for start in range(0, samples, step):
        some = x[start : start + step]
        yield wide[(slice(len(some)), slice(None), slice(None), *inner)].__setitem__, (..., some)
        part = windows[: len(some)]
        columns = take(part.shape, x.dtype, "columns")
        yield columns.__setitem__, (..., part)
        products = take((len(part), height * outputs, area), x.dtype, "product")
        yield np.matmul, (matrix, columns.reshape(len(part), -1, area), products)
        added = products.reshape(len(part), height, outputs, lines, *places[1:])
        for row in range(height):
            shift = row * dilation[0] - low
            begin, end = max(0, -shift), min(places[0], lines - shift)
            place = out[start : start + step, :, begin:end]
            yield np.add, (place, added[:, row, :, begin + shift : end + shift], place)


def by_places(
    take: Take, out: np.ndarray, g: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads,
    dilation: Sizes, groups: int,
) -> Calls:
    """(N, O, *places) and (O, C / groups, *kernel) → `out`, (N, C, *sizes)."""
    samples, outputs, *places = g.shape
    if not g.flags.c_contiguous:
        given, g = g, take(g.shape, g.dtype, "grads")
        yield g.__setitem__, (..., given)
    per_group, kernel = weight.shape[1], weight.shape[2:]
    sizes = [n + low + high for n, (low, high) in zip(out.shape[2:], pads, strict=True)]
    rows, area = per_group * count(kernel), count(places)
    matrix = weight.reshape(groups, outputs // groups, rows).swapaxes(1, 2)
    step = chunk_length(groups * rows * area, samples)
    sums = take((step, groups * per_group, *sizes), out.dtype, "sums")
    for start in range(0, samples, step):
        part = g[start : start + step].reshape(-1, groups, outputs // groups, area)
        columns = take((len(part), groups, rows, area), out.dtype, "columns")
        yield np.matmul, (matrix, part, columns)
        target = sums[: len(part)]
        yield target.fill, (0,)
        added = columns.reshape(len(part), groups * per_group, count(kernel), *places)
        for number, place in enumerate(positions(target, kernel, stride, dilation, tuple(places))):
            yield np.add, (place, added[:, :, number], place)
        yield out[start : start + step].__setitem__, (..., without_padding(target, pads))


def by_sample(
    take: Take, out: np.ndarray, x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, stride: Sizes,
    pads: Pads, dilation: Sizes, groups: int,
) -> Calls:
    """(N, C, *sizes) and (O, C / groups, *kernel) → `out`, (N, O, *places)."""
    outputs, places = len(weight), out.shape[2:]
    matrix = weight.reshape(groups, outputs // groups, -1)
    for part, windows, calls in _sample_pieces(take, x, weight.shape[2:], stride, pads, dilation, places):
        yield from calls
        columns = take(windows.shape, x.dtype, "columns")
        yield columns.__setitem__, (..., windows)
        rows = columns.reshape(len(windows), groups, matrix.shape[2], -1)
        target = out[part]
        yield np.matmul, (matrix, rows, target.reshape(len(target), groups, outputs // groups, -1))
        if bias is not None:
            yield np.add, (target, bias.reshape(-1, *(1,) * len(places)), target)


def by_sample_to_weight(
    take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes,
    groups: int,
) -> Calls:
    """The gradient towards the weight → `out`, (O, C / groups, *kernel); a few samples side by side."""
    outputs, kernel, places = g.shape[1], out.shape[2:], g.shape[2:]
    shape = (groups, outputs // groups, out[0].size)
    total, sums = (take(shape, x.dtype, name) for name in ("total", "part"))
    dims = 1 + len(kernel)
    for part, windows, calls in _sample_pieces(take, x, kernel, stride, pads, dilation, places):
        yield from calls
        beside = windows.transpose(*range(1, 1 + dims), 0, *range(1 + dims, windows.ndim))
        columns = take(beside.shape, x.dtype, "columns")
        yield columns.__setitem__, (..., beside)
        grads = take((outputs, len(windows), *places), g.dtype, "grads")
        yield grads.__setitem__, (..., g[part].swapaxes(0, 1))
        into = sums if part.start else total
        pairs = zip(grads.reshape(*shape[:2], -1), columns.reshape(groups, shape[2], -1), into, strict=True)
        for slope, rows, place in pairs:
            yield slope.dot, (rows.T, place)
        if part.start:
            yield np.add, (total, sums, total)
    yield out.__setitem__, (..., total.reshape(out.shape))


def _sample_pieces(
    take: Take, x: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, places: Sizes
) -> Iterator[tuple[slice, np.ndarray, list[Any]]]:
    """A few samples at a time: which, their windows (N, C, *kernel, *places), and calls to make before."""
    samples, channels = x.shape[:2]
    bordered = any(map(any, pads))
    sizes = tuple(n + low + high for n, (low, high) in zip(x.shape[2:], pads, strict=True))
    inner = tuple(slice(low, low + n) for n, (low, _) in zip(x.shape[2:], pads, strict=True))
    step = chunk_length(channels * count(kernel) * count(places), samples)
    for start in range(0, samples, step):
        part = slice(start, start + step)
        laid, calls = x[part], []
        if bordered or not x.flags.c_contiguous:
            laid = take((len(laid), channels, *sizes), x.dtype, "laid")
            calls = [
                (laid.fill, (0,)),
                (laid[(slice(None), slice(None), *inner)].__setitem__, (..., x[part])),
            ]
        yield part, window_view(laid, kernel, stride, dilation, places), calls
