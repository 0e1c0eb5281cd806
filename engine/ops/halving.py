"""Max-pooling of pairs that lie side by side, as most max-pooling is: one dimension after the other.

Written as numpy calls on arrays that are there, as in `conv_forms`; arrays may have the samples innermost in
memory, as in `conv_batch_last`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from engine.ops.activation import BITS
from engine.ops.scratch import Calls, Take
from engine.ops.windows import Pads, Sizes, chunk_length, count, is_samples_last, samples_last


def is_halving(kernel: Sizes, stride: Sizes, pads: Pads, dilation: Sizes) -> bool:
    """Whether windows are 2 neighbours in each dimension and lie side by side."""
    pairs = kernel == stride == (2,) * len(kernel) and dilation == (1,) * len(kernel)
    return pairs and not any(map(any, pads))


def has_nan(x: np.ndarray) -> bool:
    """Whether a number is NaN: then, and only then, the sum of squares is. BLAS adds it up fast."""
    flat = (samples_last(x) if is_samples_last(x) else x).reshape(-1)
    return math.isnan(flat.dot(flat))


def halved(take: Take, out: np.ndarray, x: np.ndarray) -> Calls:
    """The larger of each pair, in every dimension from the third on → `out`."""
    if not is_samples_last(x):
        for part in _parts(x):
            yield from _halved(take, out[part], x[part], range(2, x.ndim))
        return
    x, target = samples_last(x), samples_last(out)
    into = target if is_samples_last(out) else take(target.shape, out.dtype, "pooled")
    for part in _parts(x):
        yield from _halved(take, into[part], x[part], range(1, x.ndim - 1))
    if into is not target:
        yield target.__setitem__, (..., into)


def _halved(take: Take, out: np.ndarray, x: np.ndarray, dims: range) -> Calls:
    for dim in dims:
        first, second = _pairs(x, dim, out.shape[dim])
        x = out if dim == dims[-1] else take(first.shape, x.dtype, f"larger{dim}")
        yield partial(np.maximum, out=x), (first, second)


def halves_to_input(take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray) -> Calls:
    """Gradients sent to where the largest number of each window was → `out`; without NaN in `x`.

    Choices are made in the last dimension first: of equal numbers the first in scan order wins.
    """
    dims = range(2, x.ndim)
    if is_samples_last(x) and is_samples_last(out):
        dims, x, out, given = range(1, x.ndim - 1), samples_last(x), samples_last(out), samples_last(g)
        if not is_samples_last(g):
            g = take(given.shape, g.dtype, "slope")
            yield g.__setitem__, (..., given)
        else:
            g = given
    for part in _parts(x):
        yield from _halves_to_input(take, out[part], g[part], x[part], dims)


def _parts(x: np.ndarray) -> Iterator[slice]:
    """A few samples, or channels, at a time, so that what is in between stays in the second-level cache."""
    step = chunk_length(count(x.shape[1:]), len(x))
    for start in range(0, len(x), step):
        yield slice(start, start + step)


def _halves_to_input(take: Take, out: np.ndarray, g: np.ndarray, x: np.ndarray, dims: range) -> Calls:
    sizes, last, chosen = x.shape, dims[-1], []
    for dim in reversed(dims):
        first, second = _pairs(x, dim, g.shape[dim])
        chosen.append(take(first.shape, np.dtype(bool), f"chosen{dim}"))
        yield np.greater, (second, first, chosen[-1])
        if dim > dims[0]:
            x = take(first.shape, x.dtype, f"larger{dim}")
            yield partial(np.maximum, out=x), (first, second)
    word = BITS[g.dtype]
    bits = g.view(word)
    for dim, is_second in zip(dims, reversed(chosen), strict=True):
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
