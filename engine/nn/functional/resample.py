"""One dimension brought to another size: where each new place looks, and how much what it sees counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.recording import constant
from engine.tensor import Tensor, wrap

Taps = list[tuple[np.ndarray, np.ndarray | None]]      # where each output looks, and how much that counts
NEAREST = ("nearest", "nearest-exact")
_CUBIC = -0.75      # the parameter of Keys' cubic convolution that PyTorch has
_SMOOTHER = -0.5    # and has where it smooths, as Pillow does


def resampled(
    input: Tensor, dim: int, mode: str, new: int, factor: float | None, align: bool, antialias: bool
) -> Tensor:
    """`input` with `new` places along `dim`; `factor` is the scale if one was given."""
    old = input.shape[dim]
    taps = (_smoothing if antialias else _taps)(mode, old, new, factor, align)
    if input._array.dtype == np.uint8 and mode not in NEAREST:
        return wrap(_in_whole_numbers(input._array, dim, taps))
    return _gathered(input, dim, taps)


def _step(old: int, new: int, factor: float | None, align: bool) -> float:
    """From one new place to the next, in old ones."""
    if align:
        return (old - 1) / (new - 1) if new > 1 else 0.0
    return old / new if factor is None else 1 / factor


def _taps(mode: str, old: int, new: int, factor: float | None, align: bool) -> Taps:
    if mode in NEAREST:
        step = np.float32(_step(old, new, factor, False))
        places = np.arange(new, dtype=np.float32) + np.float32(0.5 if mode == "nearest-exact" else 0)
        return [(np.minimum((places * step).astype(np.int64), old - 1), None)]
    places = np.arange(new) * _step(old, new, factor, align)
    if not align:
        places = (np.arange(new) + 0.5) * _step(old, new, factor, False) - 0.5
    if mode == "bicubic":
        before = np.floor(places)
        share = places - before
        return [
            ((before + shift).clip(0, old - 1).astype(np.int64), _keys(abs(share - shift), _CUBIC))
            for shift in (-1, 0, 1, 2)
        ]
    places = places.clip(0, None)
    before = np.minimum(places.astype(np.int64), old - 1)
    share = places - before
    return [(before, 1 - share), (np.minimum(before + 1, old - 1), share)]


def _smoothing(mode: str, old: int, new: int, factor: float | None, align: bool) -> Taps:
    """Windows as wide as what a new place covers, where the size shrinks."""
    step = _step(old, new, factor, align)
    wide = max(step, 1.0)
    reach = wide * {"bilinear": 1, "bicubic": 2, "lanczos": 3}[mode]
    centre = step * (np.arange(new) + 0.5)
    first = np.maximum((centre - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + reach + 0.5).astype(np.int64), old)
    taps = []
    for k in range(int(np.max(last - first, initial=1))):
        distance = np.abs(k + first - centre + 0.5) / wide
        if mode == "lanczos":
            share = np.where(distance < 3, np.sinc(distance) * np.sinc(distance / 3), 0.0)
        else:
            share = np.maximum(1 - distance, 0) if mode == "bilinear" else _keys(distance, _SMOOTHER)
        taps.append((np.minimum(first + k, old - 1), np.where(first + k < last, share, 0.0)))
    total = np.sum([share for _, share in taps], 0)
    return [(places, share / np.where(total == 0, 1, total)) for places, share in taps]


def _keys(distance: np.ndarray, parameter: float) -> np.ndarray:
    """How much a place at that distance counts, by Keys' cubic convolution (1981)."""
    near = ((parameter + 2) * distance - (parameter + 3)) * distance**2 + 1
    far = ((distance - 5) * distance + 8) * distance * parameter - 4 * parameter
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _gathered(input: Tensor, dim: int, taps: Taps) -> Tensor:
    total: Any = None
    for places, share in taps:
        part = input.index_select(dim, wrap(constant(places)))
        if share is not None:
            weight = share.astype(input._array.dtype).reshape((-1, *(1,) * (input.ndim - dim - 1)))
            part = part * wrap(constant(weight))
        total = part if total is None else total + part
    return total


def _in_whole_numbers(x: np.ndarray, dim: int, taps: Any) -> np.ndarray:
    """Bytes by weights of 16 bits, as Pillow has it; a place seen twice has one weight, rounded once."""
    new = len(taps[0][0])
    shape = (-1, *(1,) * (x.ndim - dim - 1))
    first = np.min([places for places, _ in taps], 0)
    shares = np.zeros((new, len(taps)))
    for places, share in taps:
        np.add.at(shares, (np.arange(new), places - first), share)
    largest, bits = float(shares.max(initial=0.0)), 0
    while bits < 22 and math.floor(0.5 + largest * (1 << (bits + 1))) < 1 << 15:
        bits += 1
    scaled = shares * (1 << bits)
    weights = np.trunc(scaled + np.copysign(0.5, scaled)).astype(np.int64)
    total = np.full((*x.shape[:dim], new, *x.shape[dim + 1 :]), (1 << bits) >> 1, np.int64)
    for k in range(len(taps)):
        seen = x.take(np.minimum(first + k, x.shape[dim] - 1), dim)
        total += seen.astype(np.int64) * weights[:, k].reshape(shape)
    return (total >> bits).clip(0, 255).astype(np.uint8)
