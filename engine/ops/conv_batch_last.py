"""Convolution with the batch last: for small images and several samples.

The samples are the innermost dimension, (C, *sizes, N), so windows are laid out in long runs and one product
serves all samples of some rows. Arrays are read and written in either order of memory; those that have the
samples innermost already, as a captured step keeps them between layers, save the copy. The numbers are the
same. Sequences of numpy calls, as in `conv_forms`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.ops.linear import ones
from engine.ops.scratch import Calls, Take
from engine.ops.windows import Pads, Sizes, chunk_length, count, is_samples_last, samples_last, window_view

_SMALL_IMAGE = 196  # output positions up to which the batch is best put last
_SMALL_PLANES = 1024  # the same with few channels
_TINY_IMAGE = 64  # output positions up to which whole windows are laid out, not rows of them
_FEW = 4  # samples, or channels


def suits_batch_last(x: np.ndarray, out: Sizes, pads: Pads, groups: int) -> bool:
    """Whether an input of this shape is better laid out with the samples innermost."""
    samples, channels, places = len(x), x.shape[1], count(out)
    return (
        groups == 1
        and x.size > 0
        and samples >= _FEW
        and places <= (_SMALL_IMAGE if channels >= _FEW else _SMALL_PLANES)
        and min(map(min, pads)) >= 0
    )


def batch_last(
    take: Take, out: np.ndarray, x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, stride: Sizes,
    pads: Pads, dilation: Sizes,
) -> Calls:
    """(N, C, *sizes) and (O, C, *kernel) → `out`, (N, O, *places)."""
    outputs, places = len(weight), out.shape[2:]
    matrix = weight.reshape(outputs, -1)
    laid, windows = _laid_out(take, x, weight.shape[2:], stride, pads, dilation, places)
    yield from laid
    target, in_place = samples_last(out), is_samples_last(out)
    for rows, columns, fill in _pieces(take, windows):
        yield fill
        product = take((outputs, columns.shape[1]), x.dtype, "product")
        yield matrix.dot, (columns, product)
        place = target[:, rows]
        apart = product.reshape(place.shape)
        if bias is not None:
            yield np.add, (apart, bias.reshape(-1, *(1,) * (place.ndim - 1)), place if in_place else apart)
        if bias is None or not in_place:
            yield place.__setitem__, (..., apart)


def rows_batch_last(
    take: Take, out: np.ndarray, x: np.ndarray, weight: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """As `batch_last` with stride 1, and with the columns of windows laid out and not their rows.

    One product gives what each kernel row adds to each output row, and adding up whole rows is cheap.
    """
    outputs, channels, height, *width = weight.shape
    (low, _), places, lines = pads[0], out.shape[2:], x.shape[2]
    laid, windows = _laid_out(
        take, x, (1, *width), (1,) * len(places), ((0, 0), *pads[1:]), dilation, (lines, *places[1:])
    )
    yield from laid
    stacked = take((height, outputs, channels, *width), weight.dtype, "weights")
    yield stacked.__setitem__, (..., weight.transpose(2, 0, 1, *range(3, weight.ndim)))
    matrix = stacked.reshape(height * outputs, -1)
    target = samples_last(out)
    sums = target if is_samples_last(out) else take(target.shape, out.dtype, "sums of rows")
    yield sums.fill, (0,)
    for piece, columns, fill in _pieces(take, windows):
        yield fill
        products = take((len(matrix), columns.shape[1]), x.dtype, "product")
        yield matrix.dot, (columns, products)
        added = products.reshape(height, outputs, piece.stop - piece.start, *sums.shape[2:])
        for row in range(height):
            shift = row * dilation[0] - low
            begin, end = max(0, piece.start - shift), min(places[0], piece.stop - shift)
            if begin < end:
                place, skipped = sums[:, begin:end], shift - piece.start
                yield np.add, (place, added[row][:, begin + skipped : end + skipped], place)
    if sums is not target:
        yield target.__setitem__, (..., sums)


def batch_last_to_input(
    take: Take, out: np.ndarray, g: np.ndarray, mirror: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """The gradient towards the input → `out`, (N, C, *sizes); `mirror` are the weights turned round."""
    places = out.shape[2:]
    if len(places) > 1 and count(places) > _TINY_IMAGE:
        return rows_batch_last(take, out, g, mirror, pads, dilation)
    return batch_last(take, out, g, mirror, None, (1,) * len(places), pads, dilation)


def batch_last_to_weight(
    take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes
) -> Calls:
    """The gradient towards the weight → `out`, (O, C, *kernel)."""
    outputs, kernel = g.shape[1], out.shape[2:]
    laid, windows = _laid_out(take, x, kernel, stride, pads, dilation, g.shape[2:])
    yield from laid
    grads = samples_last(g)
    if not is_samples_last(g):
        grads = take(grads.shape, g.dtype, "grads")
        yield grads.__setitem__, (..., samples_last(g))
    total, part = (take((out[0].size, outputs), x.dtype, name) for name in ("total", "part"))
    for rows, columns, fill in _pieces(take, windows):
        yield fill
        slope = grads[:, rows].reshape(outputs, -1).T
        yield columns.dot, (slope, part if rows.start else total)
        if rows.start:
            yield np.add, (total, part, total)
    yield out.__setitem__, (..., total.T.reshape(out.shape))


def batch_last_to_bias(out: np.ndarray, g: np.ndarray) -> Calls:
    """The sums over all but the channels of an array whose samples are innermost → `out`, (O,)."""
    rows = samples_last(g).reshape(g.shape[1], -1)
    yield rows.dot, (ones(rows.shape[1], g.dtype), out)


def _laid_out(
    take: Take, x: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, places: Sizes
) -> tuple[list[Any], np.ndarray]:
    """Calls that put the samples last, with a border, and the windows: (C, *kernel, *places, N)."""
    sizes = [n + low + high for n, (low, high) in zip(x.shape[2:], pads, strict=True)]
    inner = tuple(slice(low, low + n) for n, (low, _) in zip(x.shape[2:], pads, strict=True))
    laid = take((x.shape[1], *sizes, len(x)), x.dtype, "laid")
    calls = [
        (laid.fill, (0,)),
        (laid[(slice(None), *inner)].__setitem__, (..., samples_last(x))),
    ]
    # The samples stand as one more dimension with a kernel of 1.
    windows = window_view(laid[None], (*kernel, 1), (*stride, 1), (*dilation, 1), (*places, len(x)))
    return calls, windows[0].squeeze(1 + len(kernel))


def _pieces(take: Take, windows: np.ndarray) -> Iterator[tuple[slice, np.ndarray, Any]]:
    """Some rows at a time: which, their windows as a matrix to be, and the call that fills it."""
    dims = (windows.ndim - 2) // 2
    weights, rows = count(windows.shape[: 1 + dims]), windows.shape[1 + dims]
    step = chunk_length(weights * count(windows.shape[2 + dims :]), rows)
    for start in range(0, rows, step):
        piece = slice(start, min(start + step, rows))
        part = windows[(slice(None),) * (1 + dims) + (piece,)]
        columns = take(part.shape, part.dtype, "columns")
        yield piece, columns.reshape(weights, -1), (columns.__setitem__, (..., part))
