"""Convolution, max-pooling by 2 and ReLU some rows at a time, into given arrays.

The responses of a few rows are pooled while they are in the cache, and never written anywhere else; what the
gradient needs of them is which place of each window was the largest, two bits. Products are those of the
convolution alone, piece by piece, so the numbers are those of the three ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isnan
from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.activation import BITS, CLIP
from engine.ops.conv_batch_last import Laid, Piece, lay_out, sum_of_pieces, weights_with_bias
from engine.ops.conv_pool import borders_back, convolution_pool, convolution_pool_vjp
from engine.ops.conv_pool_back import Back, way_back
from engine.ops.conv_pool_layer import Group, Layer
from engine.ops.scratch import Call, Take, perform
from engine.ops.windows import Pads, Sizes, is_samples_last, samples_last
from engine.threads import alone

_KEPT = 1 << 17  # numbers of an input up to which it stays laid out for the gradient


@convolution_pool.writes("forward")
def convolution_pool_into(
    room: Room, out: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None,
    stride: Sizes, pads: Pads, dilation: Sizes, with_gradient: bool,
) -> Any:
    settings = weight.shape[2:], stride, pads, dilation, tuple(2 * n for n in out.shape[2:])
    is_kept = input.size <= _KEPT
    laid, laying = _laid_out(room.own if is_kept else room.scratch, input, *settings)
    layer = Layer(room, laid.windows.shape, len(weight))
    room.notes.update(layer=layer, laid=(laid, []) if is_kept else None)
    joining, matrix = weights_with_bias(room.scratch, weight, bias)
    target = samples_last(out)
    into = target if is_samples_last(out) else room.scratch(target.shape, out.dtype, "pooled")

    def task(_: int, take: Take, group: Group, pieces: list[Piece]) -> Iterator[Call]:
        apart = take((2, *group.right.shape), out.dtype, "apart")
        for piece in pieces:
            product, places = layer.responses(take, piece, out.dtype)
            split, place = group.quarters(places, piece, apart)
            yield from piece.fill
            yield matrix.dot, (piece.columns, product)
            yield place.__setitem__, (..., split)
        yield from _pooled(take, into[:, group.rows], apart, group, with_gradient)

    after = [] if into is target else [(target.__setitem__, (..., into))]
    section = layer.section(room, laid.windows, bias is not None, task)
    return [*laying, *joining, *alone(section), *after]


def _laid_out(take: Take, input: np.ndarray, *settings: Any) -> tuple[Laid, list[Call]]:
    """Memory for the input with its borders, and the calls that lay it out."""
    laid = lay_out(take, input.shape, input.dtype, *settings)
    return laid, [*laid.clear, (laid.inner.__setitem__, (..., samples_last(input)))]


def _pooled(
    take: Take, out: np.ndarray, apart: np.ndarray, group: Group, with_gradient: bool
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
    layer: Layer = room.notes["layer"]
    borders = borders_back(input, weight, (*out.shape[:2], layer.height, layer.width), stride, pads, dilation)
    back = None
    if to_input is not None and borders is not None:
        back = way_back(room, layer, to_input, weight, borders, dilation)
    settings = weight.shape[2:], stride, pads, dilation, (layer.height, layer.width)
    laid, laying = room.notes["laid"] or _laid_out(room.scratch, input, *settings)
    gradients = alone(_gradients(room, layer, laid, g, to_weight, to_bias, back))
    calls = [*(laying if needs[1] else []), *gradients]
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
    room: Room, layer: Layer, laid: Laid, g: np.ndarray, to_weight: np.ndarray | None,
    to_bias: np.ndarray | None, back: Back | None,
) -> Iterator[Call]:
    """The gradients of the responses, some rows at a time, and what they give."""
    given, word = samples_last(g), BITS[g.dtype]
    if not is_samples_last(g):
        given = room.scratch(given.shape, g.dtype, "pooled")
        yield given.__setitem__, (..., samples_last(g))
    sums = None
    if to_weight is not None:
        sums = sum_of_pieces(room.scratch, to_weight, to_bias, len(layer.cuts), layer.threads == 1)

    def task(thread: int, take: Take, group: Group, pieces: list[Piece]) -> Iterator[Call]:
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
                yield back.place(thread, group, piece.rows).__setitem__, (..., places)
            if sums is not None:
                yield from piece.fill
                yield piece.columns.dot, (slope.T, sums.parts[number])
                yield from sums.add[number]
        if back is not None:
            yield from back.products(thread, group)

    if back is not None:
        yield from back.before
    yield from layer.section(room, laid.windows, to_bias is not None, task)
    if sums is not None:
        yield from sums.finish
    if back is not None:
        yield from back.after
