"""Max-pooling of pairs that lie side by side, as most max-pooling is: one dimension after the other.

Written as numpy calls on arrays that are there, as in `conv_forms`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from engine.ops.activation import BITS
from engine.ops.scratch import Calls, Take
from engine.ops.windows import Pads, Sizes, chunk_length, count


def is_halving(kernel: Sizes, stride: Sizes, pads: Pads) -> bool:
    """Whether windows are 2 wide in each dimension and lie side by side."""
    return kernel == stride == (2,) * len(kernel) and not any(map(any, pads))


def has_nan(x: np.ndarray) -> bool:
    """Whether a number is NaN: then, and only then, the sum of squares is. BLAS adds it up fast."""
    flat = x.reshape(-1)
    return math.isnan(flat.dot(flat))


def halved(take: Take, out: np.ndarray, x: np.ndarray) -> Calls:
    """The larger of each pair, in every dimension from the third on → `out`."""
    for part in _parts(x):
        yield from _halved(take, out[part], x[part])


def _halved(take: Take, out: np.ndarray, x: np.ndarray) -> Calls:
    for dim in range(2, x.ndim):
        first, second = _pairs(x, dim, out.shape[dim])
        x = out if dim == out.ndim - 1 else take(first.shape, x.dtype, f"larger{dim}")
        yield partial(np.maximum, out=x), (first, second)


def halves_to_input(take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray) -> Calls:
    """Gradients sent to where the largest number of each window was → `out`; without NaN in `x`.

    Choices are made in the last dimension first: of equal numbers the first in scan order wins.
    """
    for part in _parts(x):
        yield from _halves_to_input(take, out[part], g[part], x[part])


def _parts(x: np.ndarray) -> Iterator[slice]:
    """A few samples at a time, so that what is in between stays in the second-level cache."""
    samples = len(x)
    step = chunk_length(count(x.shape[1:]), samples)
    for start in range(0, samples, step):
        yield slice(start, start + step)


def _halves_to_input(take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray) -> Calls:
    sizes, last, chosen = x.shape, x.ndim - 1, []
    for dim in range(last, 1, -1):
        first, second = _pairs(x, dim, g.shape[dim])
        chosen.append(take(first.shape, np.dtype(bool), f"chosen{dim}"))
        yield np.greater, (second, first, chosen[-1])
        if dim > 2:
            x = take(first.shape, x.dtype, f"larger{dim}")
            yield partial(np.maximum, out=x), (first, second)
    word = BITS[g.dtype]
    bits = g.view(word)
    for dim, is_second in zip(range(2, last + 1), reversed(chosen), strict=True):
        shape = (*is_second.shape[:dim], sizes[dim], *is_second.shape[dim + 1 :])
        whole = out.view(word) if dim == last else take(shape, word, f"whole{dim}")
        first, second = _pairs(whole, dim, g.shape[dim])
        moved = take(is_second.shape, word, f"moved{dim}")
        yield np.multiply, (bits, is_second, moved)
        yield second.__setitem__, (..., moved)
        yield np.bitwise_xor, (bits, moved, first)  # what was not moved, exactly
        if sizes[dim] > 2 * g.shape[dim]:
            yield whole[(slice(None),) * dim + (slice(2 * g.shape[dim], None),)].__setitem__, (..., 0)
        bits = whole


def _pairs(x: np.ndarray, dim: int, pairs: int) -> tuple[np.ndarray, np.ndarray]:
    """Every other element along a dimension, and those behind them; without one left over."""
    lead = (slice(None),) * dim
    return x[(*lead, slice(0, 2 * pairs, 2))], x[(*lead, slice(1, 2 * pairs, 2))]
