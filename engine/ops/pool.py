"""Pooling in one to three dimensions: the largest or the mean of each window.

Max-pooling keeps no indices: backward finds, in scan order, the first place of each window that holds its
maximum, which is where PyTorch sends the gradient too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.op import Array, Room, op
from engine.ops import second
from engine.ops.activation import BITS, keep
from engine.ops.halving import halved, halves_to_input, has_nan, is_halving
from engine.ops.scratch import perform, scratch
from engine.ops.windows import Pads, Sizes, count, is_samples_last, padded, positions, without_padding
from engine.room import constant

_POOL_NAMES = {1: "SqueezeBackward1", 2: "MaxPool2DWithIndicesBackward0", 3: "MaxPool3DWithIndicesBackward0"}


def _name(node: Any) -> str:
    return _POOL_NAMES[len(node.statics[0])]


@op(family="pool", doc="the largest number in each window", internal=True, node=_name,
    second=second.zeros)
def max_pool(
    input: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes, out_sizes: Sizes
) -> Array:
    """(N, C, *sizes) → (N, C, *out_sizes), one dimension after the other, for a maximum allows it."""
    result = padded(input, pads, _lowest(input.dtype))
    for dim, sizes in enumerate(zip(kernel, stride, dilation, out_sizes, strict=True)):
        result = _max_along(result, 2 + dim, *sizes)
    return result if result is not input else input.copy()


max_pool.spared = True


def _max_along(x: np.ndarray, dim: int, kernel: int, stride: int, dilation: int, out: int) -> np.ndarray:
    lead = (slice(None),) * dim
    at = [(*lead, slice(o * dilation, o * dilation + stride * (out - 1) + 1, stride)) for o in range(kernel)]
    if kernel == 1:
        return np.ascontiguousarray(x[at[0]])
    best = np.maximum(x[at[0]], x[at[1]])
    for place in at[2:]:
        np.maximum(best, x[place], out=best)
    return best


@max_pool.vjp
def max_pool_vjp(
    g: Array, input: Array, out: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Array:
    return max_pool_to_input(g, input, out, kernel, stride, pads, dilation)


@max_pool.writes("forward")
def max_pool_into(
    room: Room, out: np.ndarray, input: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads,
    dilation: Sizes, out_sizes: Sizes,
) -> Any:
    return list(halved(room.scratch, out, input)) if is_halving(kernel, stride, pads, dilation) else None


@max_pool.writes("vjp")
def max_pool_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, pooled: np.ndarray, kernel: Sizes,
    stride: Sizes, pads: Pads, dilation: Sizes,
) -> Any:
    (to_input,) = outs
    laid = to_input.flags.c_contiguous or (is_samples_last(to_input) and is_samples_last(input))
    if not is_halving(kernel, stride, pads, dilation) or g.dtype not in BITS or not laid:
        return None
    calls = list(halves_to_input(room.scratch, to_input, g, input))

    def send() -> None:
        if has_nan(pooled):
            to_input[...] = max_pool_to_input.forward(g, input, pooled, kernel, stride, pads, dilation)
        else:
            perform(calls)

    return [(send, ())]


@op(family="pool", doc="gradients sent to where each window's maximum was", internal=True)
def max_pool_to_input(
    g: Array, input: Array, pooled: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Array:
    if is_halving(kernel, stride, pads, dilation) and g.dtype in BITS and not has_nan(pooled):
        whole = np.empty(input.shape, g.dtype)
        perform(halves_to_input(scratch, whole, g, input))
        return whole
    sizes = [n + low + high for n, (low, high) in zip(input.shape[2:], pads, strict=True)]
    result = np.zeros((*input.shape[:2], *sizes), g.dtype)
    places = zip(
        positions(result, kernel, stride, dilation, g.shape[2:]),
        _hits(input, pooled, kernel, stride, pads, dilation), strict=True,
    )
    for place, hit in places:
        place += keep(g, hit)
    return without_padding(result, pads)


@max_pool_to_input.vjp
def max_pool_to_input_vjp(
    v: Array, input: Array, pooled: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> tuple[Array, None, None]:
    return max_pool_gather(v, input, pooled, kernel, stride, pads, dilation), None, None


@op(family="pool", doc="what stands where each window's maximum was", internal=True)
def max_pool_gather(
    v: Array, input: Array, pooled: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Array:
    values = padded(v, pads)
    result = np.zeros(pooled.shape, v.dtype)
    places = zip(
        positions(values, kernel, stride, dilation, pooled.shape[2:]),
        _hits(input, pooled, kernel, stride, pads, dilation), strict=True,
    )
    for place, hit in places:
        result += keep(place, hit)
    return result


@max_pool_gather.vjp
def max_pool_gather_vjp(
    g: Array, input: Array, pooled: Array, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> tuple[Array, None, None]:
    return max_pool_to_input(g, input, pooled, kernel, stride, pads, dilation), None, None


def max_indices(
    x: np.ndarray, pooled: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> np.ndarray:
    """For each window, where in its image (rows one after the other) the maximum was."""
    numbers = np.broadcast_to(np.arange(count(x.shape[2:])).reshape(x.shape[2:]), x.shape)
    shifted = padded(numbers, pads)
    result = np.zeros(pooled.shape, np.int64)
    places = zip(
        positions(shifted, kernel, stride, dilation, pooled.shape[2:]),
        _hits(x, pooled, kernel, stride, pads, dilation), strict=True,
    )
    for place, hit in places:
        result += place * hit
    return result


def _hits(
    input: np.ndarray, pooled: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Iterator[np.ndarray]:
    """For each position in scan order, which windows it gives its number: the first maximum, the last NaN."""
    x = padded(input, pads, _lowest(input.dtype))
    inside = padded(np.ones(input.shape[2:], bool), pads)    # a border of −inf is never chosen
    free = np.ones(pooled.shape, bool)
    grid = (kernel, stride, dilation, pooled.shape[2:])
    last = _last_nan(positions(x, *grid), pooled)
    for number, (place, real) in enumerate(zip(positions(x, *grid), positions(inside, *grid), strict=True)):
        hit = place == pooled
        hit &= free
        hit &= real
        free ^= hit
        if last is not None:
            hit |= last == number
        yield hit


def _last_nan(places: Iterator[np.ndarray], pooled: np.ndarray) -> np.ndarray | None:
    """For each window, the last of its positions that is NaN, or −1; None where there is no NaN at all."""
    if pooled.dtype.kind != "f" or not np.isnan(pooled).any():
        return None
    last = np.full(pooled.shape, -1)
    for number, place in enumerate(places):
        last[np.isnan(place)] = number
    return last


def _lowest(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


# ---- means ----


@op(
    family="pool",
    doc="the mean of each window",
    internal=True,
    second=second.zeros,
    node=lambda n: ("SqueezeBackward1", "AvgPool2DBackward0", "AvgPool3DBackward0")[len(n.statics[0]) - 1],
)
def avg_pool(input: Array, kernel: Sizes, stride: Sizes, pads: Pads, divisor: Any, out_sizes: Sizes) -> Array:
    """(N, C, *sizes) → (N, C, *out_sizes); `divisor` is a number, or one per window."""
    x = padded(input, pads)
    ones = (1,) * len(kernel)
    total = np.zeros((*x.shape[:2], *out_sizes), x.dtype)
    for place in positions(x, kernel, stride, ones, out_sizes):
        total += place
    if x.dtype.kind != "f":     # integers are divided as in C
        return np.trunc(total / divisor).astype(x.dtype)
    return total / divisor


@avg_pool.vjp
def avg_pool_vjp(g: Array, input_shape: Any, kernel: Sizes, stride: Sizes, pads: Pads, divisor: Any) -> Array:
    return avg_pool_to_input(g, kernel, stride, pads, divisor, tuple(input_shape[2:]))


@avg_pool.writes("forward")
def avg_pool_into(
    room: Room, out: np.ndarray, input: np.ndarray, kernel: Sizes, stride: Sizes, pads: Pads, divisor: Any,
    out_sizes: Sizes,
) -> Any:
    number = _divisor(divisor, out.dtype)
    if number is None:
        return None
    x, calls = input, []
    if any(map(any, pads)):
        sizes = [n + low + high for n, (low, high) in zip(input.shape[2:], pads, strict=True)]
        x = room.scratch((*input.shape[:2], *sizes), input.dtype, "padded")
        calls = [(x.fill, (0,)), (without_padding(x, pads).__setitem__, (..., input))]
    places = positions(x, kernel, stride, (1,) * len(kernel), out_sizes)
    adding = [(np.add, (out, place, out)) for place in places]
    return [*calls, (out.fill, (0,)), *adding, (np.divide, (out, number, out))]


@avg_pool.writes("vjp")
def avg_pool_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input_shape: Any, kernel: Sizes, stride: Sizes, pads: Pads,
    divisor: Any,
) -> Any:
    (to_input,), number = outs, _divisor(divisor, g.dtype)
    if number is None:
        return None
    sizes = [n + low + high for n, (low, high) in zip(input_shape[2:], pads, strict=True)]
    bordered, share = any(map(any, pads)), room.scratch(g.shape, g.dtype, "share")
    whole = room.scratch((*g.shape[:2], *sizes), g.dtype, "padded") if bordered else to_input
    places = positions(whole, kernel, stride, (1,) * len(kernel), g.shape[2:])
    adding = [(np.add, (place, share, place)) for place in places]
    ending = [(to_input.__setitem__, (..., without_padding(whole, pads)))] if bordered else []
    return [(np.divide, (g, number, share)), (whole.fill, (0,)), *adding, *ending]


def _divisor(divisor: Any, dtype: np.dtype) -> np.ndarray | None:
    """A divisor, or one per window, as an array; None where that changes the type of a quotient."""
    if isinstance(divisor, (int, float)):
        divisor = constant(float(divisor), dtype)
    return divisor if dtype.kind == "f" and np.result_type(dtype, divisor) == dtype else None


@op(family="pool", doc="gradients shared out over each window", internal=True)
def avg_pool_to_input(
    g: Array, kernel: Sizes, stride: Sizes, pads: Pads, divisor: Any, sizes: Sizes
) -> Array:
    full = [n + low + high for n, (low, high) in zip(sizes, pads, strict=True)]
    result = np.zeros((*g.shape[:2], *full), g.dtype)
    share = g / divisor
    for place in positions(result, kernel, stride, (1,) * len(kernel), g.shape[2:]):
        place += share
    return without_padding(result, pads)


@avg_pool_to_input.vjp
def avg_pool_to_input_vjp(
    v: Array, g_shape: Any, kernel: Sizes, stride: Sizes, pads: Pads, divisor: Any
) -> Array:
    return avg_pool(v, kernel, stride, pads, divisor, tuple(g_shape[2:]))
