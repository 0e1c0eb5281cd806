"""Windows sliding over the spatial dimensions: what convolution and pooling share, on plain arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

Pair = tuple[int, int]
Sizes = tuple[int, ...]
Pads = tuple[Pair, ...]


def output_sizes(
    sizes: Sequence[int], kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Sizes:
    """How many windows fit in each spatial dimension."""
    return tuple(
        (size + low + high - d * (k - 1) - 1) // s + 1
        for size, k, s, (low, high), d in zip(sizes, kernel, stride, pads, dilation, strict=True)
    )


def padded(x: np.ndarray, pads: Pads, fill: float = 0.0) -> np.ndarray:
    """`x` with a border of `fill` around its last dimensions; negative widths cut off."""
    if not any(low or high for low, high in pads):
        return x if x.flags.c_contiguous else np.ascontiguousarray(x)
    lead = x.ndim - len(pads)
    sizes = [n + low + high for n, (low, high) in zip(x.shape[lead:], pads, strict=True)]
    out = (
        np.zeros((*x.shape[:lead], *sizes), x.dtype)
        if fill == 0
        else np.full((*x.shape[:lead], *sizes), fill, x.dtype)
    )
    inner: list[slice] = []
    source: list[slice] = []
    for n, total, (low, high) in zip(x.shape[lead:], sizes, pads, strict=True):
        inner.append(slice(max(low, 0), total - max(high, 0)))
        source.append(slice(max(-low, 0), n - max(-high, 0)))
    out[_last(inner)] = x[_last(source)]
    return out


def _last(slices: Sequence[slice]) -> Any:
    """An index that applies `slices` to the last dimensions."""
    return (..., *slices)


def without_padding(x: np.ndarray, pads: Pads) -> np.ndarray:
    """The inner part of an array that `padded` made."""
    if not any(low or high for low, high in pads):
        return x
    return x[_last([slice(low, x.shape[i - len(pads)] - high) for i, (low, high) in enumerate(pads)])]


def window_view(x: np.ndarray, kernel: Sizes, stride: Sizes, dilation: Sizes, out: Sizes) -> np.ndarray:
    """(N, C, *kernel, *out): every window of a contiguous (N, C, *sizes), without copying."""
    steps = x.strides[2:]
    strides = (
        *x.strides[:2],
        *(step * d for step, d in zip(steps, dilation, strict=True)),
        *(step * s for step, s in zip(steps, stride, strict=True)),
    )
    return np.ndarray((*x.shape[:2], *kernel, *out), x.dtype, x, 0, strides)


def positions(
    x: np.ndarray, kernel: Sizes, stride: Sizes, dilation: Sizes, out: Sizes
) -> Iterator[np.ndarray]:
    """For each position within a window, in scan order, the elements of `x` there, one per window."""
    for offset in product(*(range(k) for k in kernel)):
        yield x[
            _last(
                [
                    slice(o * d, o * d + s * (n - 1) + 1, s)
                    for o, d, s, n in zip(offset, dilation, stride, out, strict=True)
                ]
            )
        ]


def samples_last(x: np.ndarray) -> np.ndarray:
    """(N, C, *sizes) seen as (C, *sizes, N)."""
    return x.transpose(*range(1, x.ndim), 0)


def is_samples_last(x: np.ndarray) -> bool:
    """Whether (N, C, *sizes) lies in memory with the samples innermost."""
    return samples_last(x).flags.c_contiguous


def chunk_length(per_sample: int, samples: int) -> int:
    """How many samples' windows to lay out at a time, so that they stay in the second-level cache."""
    return max(1, min(samples, (1 << 17) // max(per_sample, 1)))


def count(sizes: Sequence[int]) -> int:
    """The product of sizes."""
    return math.prod(sizes)
