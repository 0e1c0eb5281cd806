"""Sorting and what follows from it: ranks, medians, quantiles, distinct values, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.layout import in_rows
from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.gather import put_at, take_at
from engine.ops.join import stack
from engine.ops.reduce import sum as sum_
from engine.ops.shape import reshape, squeeze, unsqueeze, wrap_dim
from engine.ops.ties import SHORT, kth_places, mode_place, sorted_places, top_places
from engine.recording import constant
from engine.repeat import check, is_any_outside
from engine.tensor import Tensor, wrap


def _ranked(input: Any, dim: int, descending: bool) -> Any:
    """Positions that sort along ``dim``; equal elements keep their order, NaN counts as the largest."""
    if descending:
        back = np.flip(input, dim)
        return input.shape[dim] - 1 - np.flip(np.argsort(back, dim, kind="stable"), dim)
    return np.argsort(input, dim, kind="stable")


@op(family="order", doc="sorted along a dimension, and where from", node="SortBackward0", internal=True)
def sort_along(input: Array, dim: int, descending: bool, stable: bool = True) -> Any:
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    at = wrap_dim(dim, input.ndim)
    places = _ranked(input, at, descending)
    if not stable and input.shape[at] > SHORT:
        rows, order = (np.moveaxis(a, at, -1) for a in (input, places))
        places = np.moveaxis(sorted_places(rows, order, descending), -1, at)
    return np.take_along_axis(input, places, dim), places


@sort_along.vjp
def sort_along_vjp(g: Any, out: Any, input_shape: Any, dim: int) -> Array:
    return put_at(g[0], out[1], dim, input_shape)


@op(family="order", doc="the k largest along a dimension, and where", node="TopkBackward0", internal=True)
def top_along(input: Array, k: int, dim: int, largest: bool, ordered: bool = True) -> Any:
    size = input.shape[dim] if input.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError("selected index k out of range")
    if input.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    at = wrap_dim(dim, input.ndim)
    order = _ranked(input, at, largest)
    if at == input.ndim - 1:
        places = top_places(input, order, k, largest, ordered)
    else:
        rows, order = (np.moveaxis(a, at, -1) for a in (input, order))
        places = in_rows(np.moveaxis(top_places(rows, order, k, largest, ordered), -1, at))
    return in_rows(np.take_along_axis(input, places, dim)), places


@top_along.vjp
def top_along_vjp(g: Any, out: Any, input_shape: Any, dim: int) -> Array:
    return put_at(g[0], out[1], dim, input_shape)


@composite(family="order", doc="sorted along a dimension, and where each came from")
def sort(input: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    return return_types.sort(*sort_along(input, dim, descending, stable))


@composite(family="order", doc="where each element of the sorted tensor comes from", nondiff=True)
def argsort(input: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> Array:
    return sort_along(input, dim, descending, stable)[1]


@composite(family="order", doc="sorted along the first dimension")
def msort(input: Array) -> Array:
    return sort_along(input, 0, False)[0]


@composite(family="order", doc="the k largest, or smallest, along a dimension, and where")
def topk(input: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    return return_types.topk(*top_along(input, k, dim, largest, sorted))


# ---- one by rank ----


@op(family="order", doc="the element of a rank along a dimension, and where", internal=True,
    node=lambda node: f"{node.statics[2].capitalize()}Backward{int(node.statics[2] != 'kthvalue')}")
def by_rank(input: Array, dim: int, keepdim: bool, kind: str, rank: int) -> Any:
    if input.dtype.kind == "b":
        raise NotImplementedError(f"\"{kind}_cpu\" not implemented for 'Bool'")
    at = wrap_dim(dim, input.ndim)
    if not input.ndim:
        if kind == "kthvalue" and rank != 1:
            raise RuntimeError("kthvalue(): selected number k out of range for dimension " + str(at))
        return input.copy(), np.zeros((), np.int64)
    if input.shape[at] == 0:
        raise IndexError(f"{kind}(): Expected reduction dim {at} to have non-zero size.")
    order = _ranked(input, at, False)
    missing = np.isnan(input) if input.dtype.kind == "f" else np.zeros(input.shape, np.bool_)
    count = input.shape[at] - np.add.reduce(missing, axis=at, keepdims=True)
    if kind == "kthvalue":
        if not 1 <= rank <= input.shape[at]:
            raise RuntimeError("kthvalue(): selected number k out of range for dimension " + str(at))
        ranks = np.full(count.shape, rank - 1)
    else:
        ranks = np.maximum(count - 1, 0) // 2
        if kind == "median":  # NaN wins
            ranks = np.where(count < input.shape[at], count, ranks)
    places = np.take_along_axis(order, ranks, at)
    if kind == "kthvalue":
        rows, sorting = (np.moveaxis(a, at, -1) for a in (input, order))
        places = np.moveaxis(kth_places(rows, sorting, rank), -1, at)
    values = np.take_along_axis(input, places, at)
    return (values, places) if keepdim else (values.squeeze(at), places.squeeze(at))


@by_rank.vjp
def by_rank_vjp(g: Any, out: Any, input_shape: Any, dim: int, keepdim: bool) -> Array:
    if not input_shape:
        return g[0]
    grad, places = (g[0], out[1]) if keepdim else (unsqueeze(g[0], dim), unsqueeze(out[1], dim))
    return put_at(grad, places, dim, input_shape)


@op(family="order", doc="the median of all elements", internal=True,
    node=lambda node: f"{node.statics[0].capitalize()}Backward0")
def median_all(input: Array, kind: str) -> Array:
    flat = input.reshape(-1)
    if not flat.size:
        return np.array(np.nan if input.dtype.kind == "f" else np.iinfo(input.dtype).min, input.dtype)
    return by_rank.forward(flat, 0, False, kind, 0)[0]


@median_all.vjp
def median_all_vjp(g: Array, input: Array, out: Array) -> Array:
    hit = (input == out) | ((input != input) & (out != out))
    return where(hit, g / sum_(hit, None, False, None), 0.0)


def _median(name: str, doc: str) -> None:
    def function(input: Array, dim: int | None = None, keepdim: bool = False) -> Any:
        if dim is None:
            return median_all(input, name)
        return getattr(return_types, name)(*by_rank(input, dim, keepdim, name, 0))

    function.__name__ = name
    composite(family="order", doc=doc)(function)


_median("median", "the middle element (the lower of two), and where along a dimension")
_median("nanmedian", "the middle element of those that are not NaN")


@composite(family="order", doc="the k-th smallest along a dimension, and where")
def kthvalue(input: Array, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    return return_types.kthvalue(*by_rank(input, dim, keepdim, "kthvalue", k))


@op(family="order", doc="the most frequent along a dimension, and where it is last", node="ModeBackward0",
    internal=True)
def most_frequent(input: Array, dim: int, keepdim: bool) -> Any:
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    at = wrap_dim(dim, input.ndim)
    if not input.shape[at]:
        raise IndexError(f"mode(): Expected reduction dim {at} to have non-zero size.")
    rows = np.moveaxis(input, at, -1)
    places = np.zeros(rows.shape[:-1], np.int64)
    for where_ in np.ndindex(*rows.shape[:-1]):
        values, counts = np.unique(rows[where_], return_counts=True)
        places[where_] = mode_place(rows[where_], values[np.argmax(counts)])
    places = np.expand_dims(places, at)
    values = np.take_along_axis(input, places, at)
    return (values, places) if keepdim else (values.squeeze(at), places.squeeze(at))


most_frequent.vjp(by_rank_vjp)


@composite(family="order", doc="the most frequent element along a dimension, and where")
def mode(input: Array, dim: int = -1, keepdim: bool = False) -> Any:
    return return_types.mode(*most_frequent(input, dim, keepdim))


def _quantile(input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, name: str) -> Any:
    if not input.is_floating_point():
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if isinstance(q, Tensor):
        shares = q
        check(is_any_outside, RuntimeError, f"{name}() q values must be in the range [0, 1]", q, 0, 1)
    else:
        shares = wrap(constant(np.asarray(q, input._array.dtype)))
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
    at = 0 if dim is None else wrap_dim(dim, input.ndim)
    dim = dim if input.ndim else None
    ordered = sort_along(reshape(input, (-1,)) if dim is None else input, at, False)[0]
    missing = (ordered != ordered).sum(at, keepdim=True)
    size = ordered.shape[at]
    results = []
    for share in reshape(shares, (-1,)):
        last = (size - 1) - (missing if name == "nanquantile" else missing * 0)
        rank = last.to(input.dtype).clamp(min=0) * share
        low, high = rank.floor(), rank.ceil()
        if interpolation == "nearest":
            low = high = rank.round()
        elif interpolation == "lower":
            high = low
        elif interpolation == "higher":
            low = high
        below, above = (take_at(ordered, place.long(), at) for place in (low, high))
        weight = rank - low if interpolation == "linear" else 0.5 if interpolation == "midpoint" else 0.0
        value = below + (above - below) * weight
        if name == "quantile":
            value = where(missing > 0, float("nan"), value)
        if dim is None:
            value = reshape(value, (1,) * input.ndim if keepdim else ())
        results.append(value if keepdim or dim is None else squeeze(value, at))
    return stack(results, 0) if shares.ndim else results[0]


@composite(family="order", doc="the value below which a share q of the elements lies")
def quantile(
    input: Array, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Array:
    return _quantile(input, q, dim, keepdim, interpolation, "quantile")


@composite(family="order", doc="as quantile, without the NaNs")
def nanquantile(
    input: Array, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Array:
    return _quantile(input, q, dim, keepdim, interpolation, "nanquantile")
