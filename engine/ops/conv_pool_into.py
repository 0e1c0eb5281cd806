"""Convolution, max-pooling by 2 and ReLU some rows at a time, into given arrays.

The responses of a few rows are pooled while they are in the cache, and never written anywhere else; what the
gradient needs of them is which place of each window was the largest, two bits. Products are those of the
convolution alone, piece by piece, so the numbers are those of the three ops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from engine.op import Room
from engine.ops.activation import BITS, CLIP
from engine.ops.conv import turned_round
from engine.ops.conv_batch_last import (
    Laid,
    Piece,
    add_rows,
    adds_rows,
    cut,
    cuts,
    lay_out,
    lay_out_back,
    products_back,
    rows_of_weights,
    sum_of_pieces,
    weights_with_bias,
)
from engine.ops.conv_pool import borders_back, convolution_pool, convolution_pool_vjp
from engine.ops.scratch import Call, Take, perform
from engine.ops.windows import Pads, Sizes, is_samples_last, samples_last
from engine.threads import alone

_CACHED = 1 << 16  # responses that are pooled at once


class _Group(NamedTuple):
    """Rows that are pooled together, and for each window which place was the largest, if above 0."""

    rows: slice  # of pooled places
    right: np.ndarray  # (2, O, rows, width, N), for both of its rows: whether the second of two columns
    row: np.ndarray  # (2, O, rows, width, N): whether the first row, and whether the second
    pieces: slice  # among those of the convolution

    def quarters(self, responses: np.ndarray, piece: Piece, apart: np.ndarray) -> tuple[Any, Any]:
        """A piece (O, rows, width, N) with row and column of a window in front; where it lies in `apart`."""
        outputs, rows, width, samples = responses.shape
        at = piece.rows.start - 2 * self.rows.start
        if rows == 1:
            split = responses.reshape(outputs, 1, width // 2, 2, samples).transpose(3, 0, 1, 2, 4)
            return split, apart[at % 2, :, :, at // 2 : at // 2 + 1]
        split = responses.reshape(outputs, rows // 2, 2, width // 2, 2, samples).transpose(2, 4, 0, 1, 3, 5)
        return split, apart[:, :, :, at // 2 : (at + rows) // 2]


class _Layer:
    """What lasts from forward to backward: the input laid out, and how the work is cut up."""

    def __init__(self, room: Room, laid: Laid, outputs: int) -> None:
        self.laid, self.outputs = laid, outputs
        self.height, self.width, self.samples = laid.windows.shape[3:]
        self._cuts = cuts(laid.windows, outputs)
        rows = self._cuts[0].stop
        rows *= max(_CACHED // (outputs * rows * self.width * self.samples), 1)
        rows += rows % 2
        starts = range(0, self.height, rows)
        self.threads = min(room.crew.size, len(starts))
        self.groups = [self._group(room, slice(at, min(at + rows, self.height))) for at in starts]

    def _group(self, room: Room, rows: slice) -> _Group:
        inside = [n for n, piece in enumerate(self._cuts) if rows.start <= piece.start < rows.stop]
        shape = (2, self.outputs, (rows.stop - rows.start) // 2, self.width // 2, self.samples)
        right, row = (room.own(shape, bool, f"{name}{rows.start}") for name in ("right", "row"))
        return _Group(
            slice(rows.start // 2, rows.stop // 2), right, row, slice(inside[0], inside[-1] + 1)
        )

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self._cuts)

    def responses(self, take: Take, piece: Piece, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
        """Memory for the responses of a piece: as a matrix (O, places · N), and as (O, rows, width, N)."""
        flat = take((self.outputs, piece.columns.shape[1]), dtype, "product")
        return flat, flat.reshape(self.outputs, -1, self.width, self.samples)

    def section(
        self, room: Room, with_ones: bool, task: Callable[[int, Take, _Group, list[Piece]], Iterable[Call]]
    ) -> list[Call]:
        """What is to be done for each group, by all helpers, in each one's memory."""
        tasks = []
        for thread in range(self.threads):
            take = memory_of(room, thread)
            pieces = list(cut(take, self.laid.windows, self.outputs, with_ones))
            tasks.append([list(task(thread, take, group, pieces[group.pieces])) for group in self.groups])
        return room.crew.section(tasks)


def memory_of(room: Room, thread: int) -> Take:
    """Memory for use between calls, of one thread's."""
    return lambda shape, dtype, name: room.scratch(shape, dtype, f"{name} of {thread}" if thread else name)


@convolution_pool.writes("forward")
def convolution_pool_into(
    room: Room, out: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None,
    stride: Sizes, pads: Pads, dilation: Sizes, with_gradient: bool,
) -> Any:
    places = tuple(2 * n for n in out.shape[2:])
    laid = lay_out(room.own, input.shape, out.dtype, weight.shape[2:], stride, pads, dilation, places)
    layer = room.notes["layer"] = _Layer(room, laid, len(weight))
    joining, matrix = weights_with_bias(room.scratch, weight, bias)
    target = samples_last(out)
    into = target if is_samples_last(out) else room.scratch(target.shape, out.dtype, "pooled")

    def task(_: int, take: Take, group: _Group, pieces: list[Piece]) -> Iterator[Call]:
        apart = take((2, *group.right.shape), out.dtype, "apart")
        for piece in pieces:
            product, places = layer.responses(take, piece, out.dtype)
            split, place = group.quarters(places, piece, apart)
            yield from piece.fill
            yield matrix.dot, (piece.columns, product)
            yield place.__setitem__, (..., split)
        yield from _pooled(take, into[:, group.rows], apart, group, with_gradient)

    before = [*laid.clear, (laid.inner.__setitem__, (..., samples_last(input))), *joining]
    after = [] if into is target else [(target.__setitem__, (..., into))]
    return [*before, *alone(layer.section(room, bias is not None, task)), *after]


def _pooled(
    take: Take, out: np.ndarray, apart: np.ndarray, group: _Group, with_gradient: bool
) -> Iterator[Call]:
    """Of the quarters (row, column, O, rows, width, N) the largest, but at least 0 → `out`, and which it was.

    Of equal numbers the first in scan order wins: so columns first.
    """
    zero, high = np.zeros((), out.dtype), np.full((), np.inf, out.dtype)
    if with_gradient:
        yield np.greater, (apart[:, 1], apart[:, 0], group.right)
    larger = take(group.right.shape, out.dtype, "product")
    yield partial(np.maximum, out=larger), (apart[:, 0], apart[:, 1])
    first, second = larger
    yield CLIP, (first, zero, high, first)
    if with_gradient:
        yield np.greater, (second, first, group.row[1])
    yield partial(np.maximum, out=out), (first, second)
    if with_gradient:
        yield np.greater, (out, zero, group.row[0])
        yield np.bitwise_xor, (*group.row, group.row[0])


@convolution_pool.writes("vjp")
def convolution_pool_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None,
    out: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes, needs: Any,
) -> Any:
    to_input, to_weight, to_bias = outs
    layer: _Layer = room.notes["layer"]
    borders = borders_back(input, weight, (*out.shape[:2], layer.height, layer.width), stride, pads, dilation)
    back = None
    if to_input is not None and borders is not None:
        back = _Back(room, layer, to_input, weight, borders, dilation)
    calls = list(alone(_gradients(room, layer, g, to_weight, to_bias, back)))
    return [(_Way(calls, (g, input, weight, bias, out, stride, pads, dilation, needs), outs), ())]


class _Way:
    """The way back by `calls`; where there is a NaN, whose places they do not know, by the rule."""

    def __init__(self, calls: list[Call], args: tuple[Any, ...], outs: Any) -> None:
        self.calls, self._args, self._outs = calls, args, outs
        out = args[4]
        self._flat = (samples_last(out) if is_samples_last(out) else out).reshape(-1)

    def __call__(self) -> None:
        if not isnan(self._flat.dot(self._flat)):
            perform(self.calls)
            return
        for place, gradient in zip(self._outs, convolution_pool_vjp(*self._args), strict=True):
            if place is not None:
                place[...] = gradient


def _gradients(
    room: Room, layer: _Layer, g: np.ndarray, to_weight: np.ndarray | None, to_bias: np.ndarray | None,
    back: _Back | None,
) -> Iterator[Call]:
    """The gradients of the responses, some rows at a time, and what they give."""
    given, word = samples_last(g), BITS[g.dtype]
    if not is_samples_last(g):
        given = room.scratch(given.shape, g.dtype, "pooled")
        yield given.__setitem__, (..., samples_last(g))
    parts: np.ndarray | None = None
    finish: list[Call] = []
    if to_weight is not None:
        parts, finish = sum_of_pieces(room.scratch, to_weight, to_bias, layer.count)

    def task(thread: int, take: Take, group: _Group, pieces: list[Piece]) -> Iterator[Call]:
        rows = take(group.right.shape, word, "product")
        apart = take((2, *group.right.shape), word, "apart")
        yield np.multiply, (given[:, group.rows].view(word), group.row, rows)
        yield np.multiply, (rows, group.right, apart[:, 1])
        yield np.bitwise_xor, (rows, apart[:, 1], apart[:, 0])
        for number, piece in enumerate(pieces, group.pieces.start):
            slope, places = layer.responses(take, piece, g.dtype)
            split, place = group.quarters(places.view(word), piece, apart)
            yield split.__setitem__, (..., place)
            if back is not None:
                yield back.laid.inner[:, piece.rows].__setitem__, (..., places)
            if parts is not None:
                yield from piece.fill
                yield piece.columns.dot, (slope.T, parts[number])
        if back is not None:
            yield from back.products(thread, slice(2 * group.rows.start, 2 * group.rows.stop))

    if back is not None:
        yield from back.before
    yield from layer.section(room, to_bias is not None, task)
    yield from finish
    if back is not None:
        yield from back.after


class _Back:
    """The way of the responses' gradients to the input.

    Where rows are added up, the products for some rows need those rows only. So they are made while these are
    in the cache, and added at once if one process does it all, else in the same order when all are there.
    """

    def __init__(
        self, room: Room, layer: _Layer, to_input: np.ndarray, weight: np.ndarray, borders: Pads,
        dilation: Sizes,
    ) -> None:
        take, places = room.scratch, to_input.shape[2:]
        shape = (layer.samples, layer.outputs, layer.height, layer.width)
        mirroring, mirror = turned_round(take, weight)
        self.laid = lay_out_back(take, shape, weight.dtype, mirror, borders, dilation, places)
        self.before: list[Call] = [*self.laid.clear, mirroring]
        self.after: list[Call] = []
        self._settings = borders, dilation
        self._pieces: list[list[Piece]] = []
        stacking, matrix = rows_of_weights(take, mirror)
        step = cuts(self.laid.windows, len(matrix))[0].stop
        if not adds_rows(places) or 2 * layer.groups[0].rows.stop % step:
            self.after += products_back(take, to_input, self.laid, mirror, borders, dilation)
            return
        target = samples_last(to_input)
        self._sums = target if is_samples_last(to_input) else take(target.shape, target.dtype, "sums of rows")
        self.before.append(stacking)
        self._pieces = [
            list(cut(memory_of(room, thread), self.laid.windows, len(matrix)))
            for thread in range(layer.threads)
        ]
        self._matrix, self._height, self._at_once = matrix, mirror.shape[2], layer.threads == 1
        self._results = [
            take((len(matrix), piece.columns.shape[1]), target.dtype, f"product{'' if self._at_once else n}")
            for n, piece in enumerate(self._pieces[0])
        ]
        if self._at_once:
            self.before.append((self._sums.fill, (0,)))
        else:
            step = -(-target.shape[1] // (2 * layer.threads))
            rows = [slice(start, start + step) for start in range(0, target.shape[1], step)]
            self.after += room.crew.section([[list(self._sum(part)) for part in rows]] * layer.threads)
        if self._sums is not target:
            self.after.append((target.__setitem__, (..., self._sums)))

    def products(self, thread: int, rows: slice) -> Iterator[Call]:
        """Those for some rows of gradients that are laid out."""
        for number, piece in enumerate(self._pieces[thread] if self._pieces else []):
            if rows.start <= piece.rows.start < rows.stop:
                yield from piece.fill
                yield self._matrix.dot, (piece.columns, self._results[number])
                if self._at_once:
                    yield from self._add(number)

    def _sum(self, rows: slice) -> Iterator[Call]:
        """The sum of all products, for some rows of the input."""
        yield self._sums[:, rows].fill, (0,)
        for number in range(len(self._results)):
            yield from self._add(number, rows)

    def _add(self, number: int, rows: slice = slice(None)) -> Iterator[Call]:
        """Add what the products of one piece give to all rows, or some."""
        added = self._results[number].reshape(self._height, len(self._sums), -1, *self._sums.shape[2:])
        from_, start = self._pieces[0][number].rows, rows.start or 0
        here = slice(from_.start - start, from_.stop - start)
        return add_rows(self._sums[:, rows], added, here, *self._settings)
