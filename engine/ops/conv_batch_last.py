"""Convolution with the batch last: for small images and several samples.

The samples are the innermost dimension, (C, *sizes, N), so windows are laid out in long runs and one product
serves all samples of some rows. Arrays are read and written in either order of memory; those that have the
samples innermost already, as a captured step keeps them between layers, save the copy. The numbers are the
same. Sequences of numpy calls, as in `conv_forms`.

A bias is one more weight of every output, for an input that is always 1: so the products add it, and give its
gradient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.ops.linear import ones
from engine.ops.scratch import Call, Calls, Take
from engine.ops.windows import Pads, Sizes, count, samples_last, window_view
from engine.threads import alone

_SMALL_IMAGE = 196  # output positions up to which the batch is best put last
_SMALL_PLANES = 1024  # the same with few channels
_TINY_IMAGE = 64  # positions up to which rows are too few to be worth adding up
_FEW = 4  # samples, or channels
_SMALL_BORDERED = 1 << 16  # numbers that are set to 0 in no more time than the calls for each side take
_LAID_OUT = 1 << 16  # numbers that windows are laid out in at a time; twice as many are no faster
_IN_PLACE = 10**6  # multiplications up to which OpenBLAS does not copy the factors first, on AVX-512


def suits_batch_last(input_shape: Sizes, out: Sizes, pads: Pads, groups: int) -> bool:
    """Whether an input of this shape is better laid out with the samples innermost."""
    samples, channels, places = input_shape[0], input_shape[1], count(out)
    return (
        groups == 1
        and count(input_shape) > 0
        and samples >= _FEW
        and places <= (_SMALL_IMAGE if channels >= _FEW else _SMALL_PLANES)
        and min(map(min, pads)) >= 0
    )


class Laid(NamedTuple):
    """Memory for an input with the samples last and a border of zeros around it."""

    clear: list[Call]  # sets the border
    inner: np.ndarray  # (C, *sizes, N), where the input goes
    windows: np.ndarray  # (C, *kernel, *places, N)


def lay_out(
    take: Take, shape: Sizes, dtype: np.dtype, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes,
    places: Sizes, name: str = "laid",
) -> Laid:
    """Memory for an input (N, C, *sizes) of this shape, and its windows."""
    samples, channels, *given = shape
    sizes = [n + low + high for n, (low, high) in zip(given, pads, strict=True)]
    inner = tuple(slice(low, low + n) for n, (low, _) in zip(given, pads, strict=True))
    laid = take((channels, *sizes, samples), dtype, name)
    # The samples stand as one more dimension with a kernel of 1.
    windows = window_view(laid[None], (*kernel, 1), (*stride, 1), (*dilation, 1), (*places, samples))
    return Laid(_borders(laid, inner), laid[(slice(None), *inner)], windows[0].squeeze(1 + len(kernel)))


def _borders(laid: np.ndarray, inner: tuple[slice, ...]) -> list[Call]:
    """Calls that set the border around `inner` to 0; of a small array all of it, which is one call."""
    sides = [
        laid[(slice(None),) * dim + (side,)]
        for dim, part in enumerate(inner, 1) for side in (slice(part.start), slice(part.stop, None))
    ]
    sides = [side for side in sides if side.size]
    return [(side.fill, (0,)) for side in ([laid] if sides and laid.size <= _SMALL_BORDERED else sides)]


class Piece(NamedTuple):
    """Some rows of places, and their windows as the columns of a matrix."""

    rows: slice
    columns: np.ndarray  # (terms, places · samples); the last is the bias's row of ones, if there is one
    fill: list[Call]  # lays out the windows


def cut(take: Take, windows: np.ndarray, outputs: int, with_ones: bool = False) -> Iterator[Piece]:
    """The pieces that products are made of."""
    dims = (windows.ndim - 2) // 2
    weights, row = count(windows.shape[: 1 + dims]), count(windows.shape[2 + dims :])
    for rows in cuts(windows.shape, outputs):
        part = windows[(slice(None),) * (1 + dims) + (rows,)]
        columns = take((weights + with_ones, (rows.stop - rows.start) * row), windows.dtype, "columns")
        fill: list[Call] = [(columns[:weights].reshape(part.shape).__setitem__, (..., part))]
        if with_ones:
            fill.append((columns[weights].fill, (1,)))
        yield Piece(rows, columns, fill)


def cuts(windows: Sizes, outputs: int) -> list[slice]:
    """The rows of each piece, for windows of this shape."""
    dims = (len(windows) - 2) // 2
    rows = windows[1 + dims]
    step = _rows_at_a_time(count(windows[: 1 + dims]), outputs, count(windows[2 + dims :]), rows)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def _rows_at_a_time(weights: int, outputs: int, row: int, rows: int) -> int:
    """One row or an even number of them: what stays in the cache, and is small for BLAS where it can be."""
    step = min(rows, _LAID_OUT // (weights * row) or 1)
    step = min(step, _IN_PLACE // (weights * outputs * row) or step)
    step = -(-rows // -(-rows // step))
    return step if step == 1 else step - step % 2


def weights_with_bias(take: Take, weight: np.ndarray, bias: np.ndarray | None) -> tuple[list[Call], Any]:
    """Calls that put the bias beside the weights, and the matrix (O, terms)."""
    matrix = weight.reshape(len(weight), -1)
    if bias is None:
        return [], matrix
    joined = take((len(matrix), matrix.shape[1] + 1), weight.dtype, "weights and bias")
    return [(joined[:, :-1].__setitem__, (..., matrix)), (joined[:, -1].__setitem__, (..., bias))], joined


def batch_last(
    take: Take, out: np.ndarray, x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, stride: Sizes,
    pads: Pads, dilation: Sizes,
) -> Calls:
    """(N, C, *sizes) and (O, C, *kernel) → `out`, (N, O, *places)."""
    laid = lay_out(take, x.shape, x.dtype, weight.shape[2:], stride, pads, dilation, out.shape[2:])
    yield from laid.clear
    yield laid.inner.__setitem__, (..., samples_last(x))
    yield from alone(products(take, out, laid, weight, bias))


def products(take: Take, out: np.ndarray, laid: Laid, weight: np.ndarray, bias: np.ndarray | None) -> Calls:
    """`batch_last` of an input that is laid out."""
    joining, matrix = weights_with_bias(take, weight, bias)
    yield from joining
    target = samples_last(out)
    for piece in cut(take, laid.windows, len(weight), bias is not None):
        yield from piece.fill
        product = take((len(weight), piece.columns.shape[1]), out.dtype, "product")
        yield matrix.dot, (piece.columns, product)
        place = target[:, piece.rows]
        yield place.__setitem__, (..., product.reshape(place.shape))


def batch_last_to_input(
    take: Take, out: np.ndarray, g: np.ndarray, mirror: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """The gradient towards the input → `out`, (N, C, *sizes); `mirror` are the weights turned round."""
    laid = lay_out_back(take, g.shape, g.dtype, mirror, pads, dilation, out.shape[2:])
    yield from laid.clear
    yield laid.inner.__setitem__, (..., samples_last(g))
    yield from alone(products_back(take, out, laid, mirror, pads, dilation))


def adds_rows(places: Sizes) -> bool:
    """Whether gradients go back by the columns of their windows only, and rows are added up."""
    return len(places) > 1 and count(places) > _TINY_IMAGE


def lay_out_back(
    take: Take, shape: Sizes, dtype: np.dtype, mirror: np.ndarray, pads: Pads, dilation: Sizes, places: Sizes
) -> Laid:
    """Memory for gradients (N, O, *places) on their way to an input of size `places`, and the windows."""
    kernel, sizes = mirror.shape[2:], places
    if adds_rows(places):
        kernel, pads, sizes = (1, *kernel[1:]), ((0, 0), *pads[1:]), (shape[2], *places[1:])
    return lay_out(take, shape, dtype, kernel, (1,) * len(kernel), pads, dilation, sizes, "laid back")


def products_back(
    take: Take, out: np.ndarray, laid: Laid, mirror: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """`batch_last_to_input` of gradients that are laid out."""
    if adds_rows(out.shape[2:]):
        return sum_of_rows(take, out, laid, mirror, pads, dilation)
    return products(take, out, laid, mirror, None)


def sum_of_rows(
    take: Take, out: np.ndarray, laid: Laid, mirror: np.ndarray, pads: Pads, dilation: Sizes
) -> Calls:
    """`products_back` with windows of one row.

    One product gives what each kernel row adds to each output row, and adding up whole rows is cheap.
    """
    stacking, matrix = rows_of_weights(take, mirror)
    yield stacking
    target = samples_last(out)
    in_place = target.flags.c_contiguous
    sums = target if in_place else take(target.shape, out.dtype, "sums of rows")
    yield sums.fill, (0,)
    for piece in cut(take, laid.windows, len(matrix)):
        yield from piece.fill
        product = take((len(matrix), piece.columns.shape[1]), out.dtype, "product")
        yield matrix.dot, (piece.columns, product)
        added = product.reshape(mirror.shape[2], len(sums), -1, *sums.shape[2:])
        yield from add_rows(sums, added, piece.rows, pads, dilation)
    if not in_place:
        yield target.__setitem__, (..., sums)


def rows_of_weights(take: Take, mirror: np.ndarray) -> tuple[Call, np.ndarray]:
    """The matrix (kernel height · C, O · …) whose products are what each kernel row adds, and its call."""
    turned = mirror.transpose(2, 0, 1, *range(3, mirror.ndim))
    stacked = take(turned.shape, mirror.dtype, "weights")
    return (stacked.__setitem__, (..., turned)), stacked.reshape(turned.shape[0] * turned.shape[1], -1)


def add_rows(sums: np.ndarray, added: np.ndarray, rows: slice, pads: Pads, dilation: Sizes) -> Iterator[Call]:
    """Add, to each row of `sums`, (C, H, …), what kernel rows give of `rows`: (kernel height, C, rows, …)."""
    for row in range(len(added)):
        shift = row * dilation[0] - pads[0][0]
        begin, end = max(0, rows.start - shift), min(sums.shape[1], rows.stop - shift)
        if begin < end:
            place, skipped = sums[:, begin:end], shift - rows.start
            yield np.add, (place, added[row][:, begin + skipped : end + skipped], place)


def batch_last_to_weight(
    take: Take, out: np.ndarray, to_bias: np.ndarray | None, g: np.ndarray, x: np.ndarray, stride: Sizes,
    pads: Pads, dilation: Sizes,
) -> Calls:
    """The gradients towards weight and bias → `out`, (O, C, *kernel), and `to_bias`, (O,)."""
    laid = lay_out(take, x.shape, x.dtype, out.shape[2:], stride, pads, dilation, g.shape[2:])
    yield from laid.clear
    yield laid.inner.__setitem__, (..., samples_last(x))
    sums = sum_of_pieces(take, out, to_bias, len(cuts(laid.windows.shape, len(out))))
    pieces = cut(take, laid.windows, len(out), to_bias is not None)
    yield from alone(_products_to_weight(take, samples_last(g), pieces, sums))
    yield from sums.finish


def _products_to_weight(take: Take, g: np.ndarray, pieces: Iterator[Piece], sums: Sums) -> Calls:
    for piece, part, add in zip(pieces, sums.parts, sums.add, strict=True):
        yield from piece.fill
        slope = take((part.shape[1], piece.columns.shape[1]), g.dtype, "slope")
        place = g[:, piece.rows]
        yield slope.reshape(place.shape).__setitem__, (..., place)
        yield piece.columns.dot, (slope.T, part)
        yield from add


class Sums(NamedTuple):
    """What each piece gives of the gradients of weight and bias, and how it is added up, in their order."""

    parts: Sequence[np.ndarray]  # (terms, O), for each piece
    add: list[list[Call]]  # after each
    finish: list[Call]  # after all of them


def sum_of_pieces(
    take: Take, out: np.ndarray, to_bias: np.ndarray | None, pieces: int, in_turn: bool = True
) -> Sums:
    """Memory for the gradients of each piece, which come ``in_turn`` if one process has them all."""
    weights = out[0].size
    shape = (weights + (to_bias is not None), len(out))
    total = take(shape, out.dtype, "total")
    finish: list[Call] = [(out.__setitem__, (..., total[:weights].T.reshape(out.shape)))]
    if to_bias is not None:
        finish.append((to_bias.__setitem__, (..., total[weights])))
    if pieces == 1:
        return Sums([total], [[]], finish)
    if in_turn:
        part = take(shape, out.dtype, "part")
        adding: list[Call] = [(np.add, (total, part, total))]
        return Sums([total, *[part] * (pieces - 1)], [[], *[adding] * (pieces - 1)], finish)
    parts = take((pieces, *shape), out.dtype, "parts")
    return Sums(list(parts), [[]] * pieces, [(np.add.reduce, (parts, 0, None, total)), *finish])


def batch_last_to_bias(out: np.ndarray, g: np.ndarray) -> Calls:
    """The sums over all but the channels of an array whose samples are innermost → `out`, (O,)."""
    rows = samples_last(g).reshape(g.shape[1], -1)
    yield from alone([(rows.dot, (ones(rows.shape[1], g.dtype), out))])
