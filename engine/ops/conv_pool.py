"""Convolution, max-pooling by 2 and ReLU as one op, some rows at a time: what a captured step makes of three.

The responses of a few rows are pooled while they are in the cache, and never written anywhere else; what the
gradient needs of them is which place of each window was the largest, two bits. Products are those of the
convolution alone, piece by piece, so the numbers are those of the three ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from engine.op import Array, Room, op
from engine.ops.activation import BITS, CLIP, keep, relu
from engine.ops.conv import convolution, convolution_vjp, mirrored, turned_round
from engine.ops.conv_batch_last import (
    Laid,
    Piece,
    cut,
    lay_out,
    lay_out_back,
    products_back,
    suits_batch_last,
    sum_of_pieces,
    weights_with_bias,
)
from engine.ops.pool import max_pool, max_pool_to_input
from engine.ops.scratch import Call, Take, perform
from engine.ops.windows import Pads, Sizes, count, is_samples_last, samples_last

_HALVING = ((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))  # kernel, stride, borders and dilation of the pooling
_CACHED = 1 << 16  # responses that are pooled at once
_LAID_ONCE = 1 << 17  # numbers up to which the windows of a whole input are kept for the gradient


@op(family="conv", doc="the largest response of each 2×2 square of places, but at least 0", internal=True)
def convolution_pool(
    input: Array, weight: Array, bias: Array | None, stride: Sizes, pads: Pads, dilation: Sizes,
    with_gradient: bool,
) -> Array:
    """(N, C, H, W) and (O, C, *kernel) → (N, O, H' / 2, W' / 2); a rule may follow if ``with_gradient``."""
    responses = convolution.forward(input, weight, bias, stride, pads, dilation, 1)
    return relu.forward(max_pool.forward(responses, *_HALVING, _halves(responses.shape[2:])))


@convolution_pool.vjp
def convolution_pool_vjp(
    g: Array, input: Array, weight: Array, bias: Array | None, out: Array, stride: Sizes, pads: Pads,
    dilation: Sizes, needs: Any,
) -> tuple[Array | None, ...]:
    """From responses computed again."""
    settings = (stride, pads, dilation, 1)
    responses = convolution(input, weight, bias, *settings)
    pooled = max_pool(responses, *_HALVING, tuple(out.shape[2:]))
    slope = max_pool_to_input(keep(g, out != 0), responses, pooled, *_HALVING)
    return convolution_vjp(slope, input, weight, *settings, needs)


def _halves(sizes: Sizes) -> Sizes:
    return tuple(n // 2 for n in sizes)


def suits_pooling(
    input: np.ndarray, weight: np.ndarray, responses: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes,
    groups: int, needs: Any,
) -> bool:
    """Whether a convolution whose responses are pooled by 2 can be done as one with that.

    ``needs`` are the gradients that will be wanted; that of a bias is had with the weight's.
    """
    places = responses.shape[2:]
    return (
        len(places) == 2 and not any(n % 2 for n in places)
        and responses.dtype in (np.float32, np.float64) and weight.flags.c_contiguous
        and suits_batch_last(input.shape, places, pads, groups)
        and (needs[1] or not needs[2])
        and (not needs[0] or _borders(input, weight, responses.shape, stride, pads, dilation) is not None)
    )


def _borders(
    input: np.ndarray, weight: np.ndarray, shape: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Pads | None:
    """The borders for the gradient towards the input, where that is computed with the batch last."""
    sizes = input.shape[2:]
    found = mirrored(shape, weight.shape, sizes, stride, pads, dilation)
    return found if found is not None and suits_batch_last(shape, sizes, found, 1) else None


class _Group(NamedTuple):
    """Pieces that are pooled together, and for each window which place was the largest, if above 0."""

    pieces: list[Piece]
    rows: slice  # of pooled places
    right: np.ndarray  # (2, O, rows, width, N), for both of its rows: whether the second of two columns
    row: np.ndarray  # (2, O, rows, width, N): whether the first row, and whether the second


def _grouped(
    take: Take, laid: Laid, out: np.ndarray, with_ones: bool
) -> tuple[list[_Group], bool]:
    """The groups of a layer, and whether all its windows are laid out at once."""
    outputs = out.shape[1]
    channels_and_kernel, (height, width, samples) = laid.windows.shape[:3], laid.windows.shape[3:]
    whole = (count(channels_and_kernel) + with_ones) * height * width * samples <= _LAID_ONCE
    pieces = list(cut(take, laid.windows, outputs, with_ones, whole))
    lines = pieces[0].rows.stop
    lines = max(_CACHED // (outputs * lines * width * samples), 1 + lines % 2) * lines
    groups = []
    for start in range(0, height, lines):
        inside = [piece for piece in pieces if start <= piece.rows.start < start + lines]
        rows = slice(start // 2, inside[-1].rows.stop // 2)
        shape = (2, outputs, rows.stop - rows.start, width // 2, samples)
        groups.append(_Group(inside, rows, *(take(shape, np.dtype(bool), f"{n}{start}") for n in ("c", "r"))))
    return groups, whole


def _quarters(responses: np.ndarray, piece: Piece, group: _Group, apart: np.ndarray) -> tuple[Any, Any]:
    """A piece (O, rows, width, N) with row and column of a window in front, and where it lies in `apart`."""
    outputs, rows, width, samples = responses.shape
    at = piece.rows.start - 2 * group.rows.start
    if rows == 1:
        split = responses.reshape(outputs, 1, width // 2, 2, samples).transpose(3, 0, 1, 2, 4)
        return split, apart[at % 2, :, :, at // 2 : at // 2 + 1]
    split = responses.reshape(outputs, rows // 2, 2, width // 2, 2, samples).transpose(2, 4, 0, 1, 3, 5)
    return split, apart[:, :, :, at // 2 : (at + rows) // 2]


@convolution_pool.writes("forward")
def convolution_pool_into(
    room: Room, out: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None,
    stride: Sizes, pads: Pads, dilation: Sizes, with_gradient: bool,
) -> Any:
    samples, outputs, *halves = out.shape
    places = tuple(2 * n for n in halves)
    laid = lay_out(room.own, input.shape, out.dtype, weight.shape[2:], stride, pads, dilation, places)
    groups, whole = _grouped(room.own, laid, out, bias is not None)
    perform([laid.clear, *(call for group in groups for piece in group.pieces for call in piece.ready)])
    room.notes.update(groups=groups, fill=not whole, places=places)
    joining, matrix = weights_with_bias(room.scratch, weight, bias)
    calls: list[Call] = [(laid.inner.__setitem__, (..., samples_last(input))), *joining]
    target = samples_last(out)
    into = target if is_samples_last(out) else room.scratch(target.shape, out.dtype, "pooled")
    for group in groups:
        apart = room.scratch((2, *group.right.shape), out.dtype, "apart")
        for piece in group.pieces:
            product = room.scratch((outputs, piece.columns.shape[1]), out.dtype, "product")
            responses = product.reshape(outputs, -1, places[1], samples)
            split, place = _quarters(responses, piece, group, apart)
            calls += [piece.fill, (matrix.dot, (piece.columns, product)), (place.__setitem__, (..., split))]
        calls += _pooled(room.scratch, into[:, group.rows], apart, group, with_gradient)
    if into is not target:
        calls.append((target.__setitem__, (..., into)))
    return calls


def _pooled(
    take: Take, out: np.ndarray, apart: np.ndarray, group: _Group, with_gradient: bool
) -> Iterator[Call]:
    """Of the quarters (row, column, O, rows, width, N) the largest, but at least 0 → `out`, and which it was.

    Of equal numbers the first in scan order wins: so columns first.
    """
    zero, high = np.zeros((), out.dtype), np.full((), np.inf, out.dtype)
    if with_gradient:
        yield np.greater, (apart[:, 1], apart[:, 0], group.right)
    larger = take(group.right.shape, out.dtype, "larger")
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
    calls: list[Call] = []
    spread, back = None, None
    if to_input is not None:
        shape = (*out.shape[:2], *room.notes["places"])
        borders = _borders(input, weight, shape, stride, pads, dilation)
        assert borders is not None  # noqa: S101 - `suits_pooling` said so
        mirroring, mirror = turned_round(room.scratch, weight)
        laid = lay_out_back(room.own, shape, g.dtype, mirror, borders, dilation, to_input.shape[2:])
        perform([laid.clear])
        spread = laid.inner
        back = [mirroring, *products_back(room.scratch, to_input, laid, mirror, borders, dilation)]
    calls += _apart_to_weight(room, g, to_weight, to_bias, spread)
    calls += back or []
    flat = (samples_last(out) if is_samples_last(out) else out).reshape(-1)

    def send() -> None:
        if isnan(flat.dot(flat)):
            found = convolution_pool_vjp(g, input, weight, bias, out, stride, pads, dilation, needs)
            for place, gradient in zip(outs, found, strict=True):
                if place is not None:
                    place[...] = gradient
        else:
            perform(calls)

    return [(send, ())]


def _apart_to_weight(
    room: Room, g: np.ndarray, to_weight: np.ndarray | None, to_bias: np.ndarray | None,
    spread: np.ndarray | None,
) -> Iterator[Call]:
    """The gradients of the responses, piece by piece → `spread` and those towards weight and bias."""
    take, groups, width = room.scratch, room.notes["groups"], room.notes["places"][1]
    given, word = samples_last(g), BITS[g.dtype]
    if not is_samples_last(g):
        given = take(given.shape, g.dtype, "samples last")
        yield given.__setitem__, (..., samples_last(g))
    finish: list[Call] = []
    if to_weight is not None:
        adding, finish = sum_of_pieces(take, to_weight, to_bias)
    for group in groups:
        outputs, samples = len(given), given.shape[-1]
        rows, apart = (take(s, word, n) for s, n in (
            (group.right.shape, "larger"), ((2, *group.right.shape), "apart")))
        yield np.multiply, (given[:, group.rows].view(word), group.row, rows)
        yield np.multiply, (rows, group.right, apart[:, 1])
        yield np.bitwise_xor, (rows, apart[:, 1], apart[:, 0])
        for piece in group.pieces:
            slope = take((outputs, piece.columns.shape[1]), g.dtype, "slope")
            places = slope.reshape(outputs, -1, width, samples)
            split, place = _quarters(places.view(word), piece, group, apart)
            yield split.__setitem__, (..., place)
            if spread is not None:
                yield spread[:, piece.rows].__setitem__, (..., places)
            if to_weight is not None:
                if room.notes["fill"]:
                    yield piece.fill
                yield from adding(piece, slope)
    yield from finish
