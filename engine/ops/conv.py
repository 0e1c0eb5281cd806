"""Convolution in one to three dimensions, as matrix products over laid-out windows.

Three ops close under differentiation: `convolution` is linear in input and weight, and its gradients
towards the input (which is transposed convolution) and towards the weight have each other as gradients.

How the numbers are computed is chosen by shape, among the forms in `conv_forms`.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from engine.op import Array, Room, op
from engine.ops import second
from engine.ops.conv_batch_last import (
    batch_last,
    batch_last_to_bias,
    batch_last_to_input,
    batch_last_to_weight,
    suits_batch_last,
)
from engine.ops.conv_forms import by_places, by_rows, by_sample, by_sample_to_weight, suits_rows
from engine.ops.linear import channel_sums_into, column_sums, row_sums
from engine.ops.scratch import Call, Calls, Take, perform, scratch
from engine.ops.windows import (
    Pads,
    Sizes,
    is_samples_last,
    output_sizes,
    padded,
    samples_last,
)


@op(
    family="conv",
    doc="the weights' response at every place of the input",
    internal=True,
    node="ConvolutionBackward0",
    second=second.jointly,
)
def convolution(
    input: Array, weight: Array, bias: Array | None, stride: Sizes, pads: Pads, dilation: Sizes, groups: int
) -> Array:
    """(N, C, *sizes) and (O, C / groups, *kernel) → (N, O, *out)."""
    return _correlate(input, weight, stride, pads, dilation, groups, bias)


@convolution.vjp
def convolution_vjp(
    g: Array, input: Array, weight: Array, stride: Sizes, pads: Pads, dilation: Sizes, groups: int, needs: Any
) -> tuple[Array | None, ...]:
    settings = (stride, pads, dilation, groups)
    if isinstance(g, np.ndarray) and g.size and suits_batch_last(input.shape, g.shape[2:], pads, groups):
        shapes = (input.shape, weight.shape, (len(weight),))
        outs = [np.empty(shape, g.dtype) if need else None for shape, need in zip(shapes, needs, strict=True)]
        calls = _batch_last_vjp(scratch, outs, g, input, weight, stride, pads, dilation)
        if calls is not None:
            perform(calls)
            return tuple(outs)
        g = np.ascontiguousarray(g)  # or a product may take it as it lies, and round otherwise
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
    laid = out.flags.c_contiguous or suits_batch_last(input.shape, out.shape[2:], pads, groups)
    if not (out.size and input.size and weight.flags.c_contiguous and laid):
        return None
    return list(_forward(room.scratch, out, input, pads, weight, bias, stride, dilation, groups))


@convolution.writes("vjp")
def convolution_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads,
    dilation: Sizes, groups: int, needs: Any,
) -> Any:
    take = room.scratch
    last = suits_batch_last(input.shape, g.shape[2:], pads, groups)
    if not (g.size and input.size and (last or g.flags.c_contiguous)):
        return None
    if last:
        return _batch_last_vjp(take, outs, g, input, weight, stride, pads, dilation)
    to_input, to_weight, to_bias = outs
    calls: list[Any] = []
    if needs[0]:
        found = _to_input(take, to_input, g, weight, stride, pads, dilation, groups)
        if found is None:
            return None
        calls += found
    if needs[1]:
        calls += _to_weight(take, to_weight, g, input, pads, stride, dilation, groups)
    if needs[2]:
        calls += channel_sums_into(take, to_bias, g)
    return calls


def _batch_last_vjp(
    take: Take, outs: Any, g: np.ndarray, input: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads,
    dilation: Sizes,
) -> list[Any] | None:
    """The three gradients with the samples innermost, as numpy calls; None where that does not suit."""
    to_input, to_weight, to_bias = outs
    given = g
    calls, g = _samples_last(take, g)
    if to_input is not None:
        source = given if max(stride) > 1 else g  # as each way likes it
        found = _to_input(take, to_input, source, weight, stride, pads, dilation, 1)
        if found is None:
            return None
        calls += found
    if to_weight is not None:
        calls += batch_last_to_weight(take, to_weight, to_bias, g, input, stride, pads, dilation)
    elif to_bias is not None:
        calls += batch_last_to_bias(to_bias, g)
    return calls


def _samples_last(take: Take, g: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Calls that copy `g` so that the samples are innermost, and the copy; or `g`, if they are."""
    if is_samples_last(g):
        return [], g
    copied = take((*g.shape[1:], len(g)), g.dtype, "samples last")
    return [(copied.__setitem__, (..., samples_last(g)))], copied.transpose(-1, *range(g.ndim - 1))


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
    borders = mirrored(g.shape, weight.shape, sizes, stride, pads, dilation)
    out = np.empty((len(g), groups * weight.shape[1], *sizes), np.result_type(g, weight))
    if not g.size:
        out.fill(0)
        return out
    if borders is None:
        perform(by_places(scratch, out, g, weight, stride, pads, dilation, groups))
        return out
    fast = _fast_to_input(scratch, out, g, weight, borders, dilation, groups)
    if fast is None:
        return _correlate(g, _mirror(weight, groups), stride, borders, dilation, groups)
    perform(fast)
    return out


def mirrored(
    g_shape: Sizes, weight_shape: Sizes, sizes: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Pads | None:
    """The borders of the convolution with mirrored weights that takes gradients back, if one does."""
    kernel = weight_shape[2:]
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    found = tuple((r - low, r - high) for r, (low, high) in zip(reach, pads, strict=True))
    fits = all(s == 1 for s in stride) and (
        output_sizes(g_shape[2:], kernel, stride, found, dilation) == tuple(sizes)
    )
    return found if fits else None


def _to_input(
    take: Take, out: np.ndarray, g: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads,
    dilation: Sizes, groups: int,
) -> Calls | None:
    """`convolution_to_input` as numpy calls, where it is made of some."""
    borders = mirrored(g.shape, weight.shape, out.shape[2:], stride, pads, dilation)
    if borders is None:
        return by_places(take, out, g, weight, stride, pads, dilation, groups)
    return _fast_to_input(take, out, g, weight, borders, dilation, groups)


def _fast_to_input(
    take: Take, out: np.ndarray, g: np.ndarray, weight: np.ndarray, borders: Pads, dilation: Sizes,
    groups: int,
) -> Calls | None:
    """`convolution_to_input` as numpy calls, where a fast form suits."""
    last = suits_batch_last(g.shape, out.shape[2:], borders, groups)
    if not last and not suits_rows(g, out.shape[2:], borders, groups):
        return None
    mirroring, mirror = turned_round(take, weight)
    form = batch_last_to_input if last else by_rows
    return chain([mirroring], form(take, out, g, mirror, borders, dilation))


def turned_round(take: Take, weight: np.ndarray) -> tuple[Call, np.ndarray]:
    """The weights mirrored, (C, O, *kernel), and the call that sets them."""
    turned = np.flip(weight, tuple(range(2, weight.ndim))).swapaxes(0, 1)
    mirror = take(turned.shape, weight.dtype, "mirror")
    return (mirror.__setitem__, (..., turned)), mirror


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
    out = np.empty((g.shape[1], input.shape[1] // groups, *kernel), input.dtype)
    if g.size and input.size:
        perform(_to_weight(scratch, out, g, *_cropped(input, pads), stride, dilation, groups))
    else:
        out.fill(0)
    return out


def _to_weight(
    take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray, pads: Pads, stride: Sizes, dilation: Sizes,
    groups: int,
) -> Calls:
    """`convolution_to_weight` as numpy calls."""
    if suits_batch_last(x.shape, g.shape[2:], pads, groups):
        return batch_last_to_weight(take, out, None, g, x, stride, pads, dilation)
    return by_sample_to_weight(take, out, g, x, stride, pads, dilation, groups)


def _cropped(x: np.ndarray, pads: Pads) -> tuple[np.ndarray, Pads]:
    """The input and its borders, none of them negative."""
    if min(map(min, pads)) >= 0:
        return x, pads
    return padded(x, pads), ((0, 0),) * len(pads)


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
    x: np.ndarray, weight: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes, groups: int,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    places = output_sizes(x.shape[2:], weight.shape[2:], stride, pads, dilation)
    out = np.empty((len(x), len(weight), *places), np.result_type(x, weight))
    if out.size and x.size:
        perform(_forward(scratch, out, *_cropped(x, pads), weight, bias, stride, dilation, groups))
    else:
        out[...] = 0 if bias is None else bias.reshape(-1, *(1,) * len(places))
    return out


def _forward(
    take: Take, out: np.ndarray, x: np.ndarray, pads: Pads, weight: np.ndarray, bias: np.ndarray | None,
    stride: Sizes, dilation: Sizes, groups: int,
) -> Calls:
    """`convolution` as numpy calls."""
    if suits_batch_last(x.shape, out.shape[2:], pads, groups):
        return batch_last(take, out, x, weight, bias, stride, pads, dilation)
    return by_sample(take, out, x, weight, bias, stride, pads, dilation, groups)


def _mirror(weight: np.ndarray, groups: int) -> np.ndarray:
    """The weight of the convolution that takes gradients back: mirrored, inputs and outputs swapped."""
    outputs, per_group, *kernel = weight.shape
    flipped = np.flip(weight, tuple(range(2, weight.ndim)))
    swapped = flipped.reshape(groups, outputs // groups, per_group, *kernel).swapaxes(1, 2)
    return np.ascontiguousarray(swapped).reshape(groups * per_group, outputs // groups, *kernel)
