"""Softmax, the choice of classes and of rows into given arrays, for captured steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.activation import log_softmax, softmax
from engine.ops.class_losses import nll_loss, numbers_to
from engine.ops.class_losses_into import check, settle
from engine.ops.embedding import embedding
from engine.ops.extreme import argmax
from engine.ops.gather import take_at
from engine.ops.index import index
from engine.ops.reduce import logsumexp
from engine.ops.shape import wrap_dim

_largest: Any = np.maximum.reduce
_add_up: Any = np.add.reduce


def _over(
    room: Room, out: np.ndarray, x: np.ndarray, dim: int
) -> tuple[int, np.ndarray, np.ndarray] | None:
    """The dimension, room for one number in each place along it, and for all; None if it is unsuitable."""
    if x.dtype != out.dtype or x.dtype.char not in "fd" or not x.ndim or not x.size:
        return None
    if not (x.flags.c_contiguous and out.flags.c_contiguous):
        return None
    dim = wrap_dim(dim, x.ndim)
    each = (*x.shape[:dim], 1, *x.shape[dim + 1 :])
    return dim, room.scratch(each, x.dtype, "each"), room.scratch(x.shape, x.dtype, "all")


@softmax.writes("forward")
def softmax_into(room: Room, out: np.ndarray, input: np.ndarray, dim: int, dtype: Any) -> Any:
    found = _over(room, out, input, dim)
    if found is None:
        return None
    dim, each, _ = found
    return [
        (_largest, (input, dim, None, each, True)), (np.subtract, (input, each, out)), (np.exp, (out, out)),
        (_add_up, (out, dim, None, each, True)), (np.divide, (out, each, out)),
    ]


@softmax.writes("vjp")
def softmax_vjp_into(room: Room, outs: Any, g: np.ndarray, out: np.ndarray, dim: int) -> Any:
    found = _over(room, outs[0], out, dim)
    if found is None or g.dtype != out.dtype or g.shape != out.shape:
        return None
    dim, each, weighted = found
    return [
        (np.multiply, (g, out, weighted)), (_add_up, (weighted, dim, None, each, True)),
        (np.multiply, (out, each, outs[0])), (np.subtract, (weighted, outs[0], outs[0])),
    ]


@log_softmax.writes("forward")
def log_softmax_into(room: Room, out: np.ndarray, input: np.ndarray, dim: int, dtype: Any) -> Any:
    found = _over(room, out, input, dim)
    if found is None:
        return None
    dim, each, powers = found
    return [
        (_largest, (input, dim, None, each, True)), (np.subtract, (input, each, out)),
        (np.exp, (out, powers)), (_add_up, (powers, dim, None, each, True)),
        (np.log, (each, each)), (np.subtract, (out, each, out)),
    ]


@log_softmax.writes("vjp")
def log_softmax_vjp_into(room: Room, outs: Any, g: np.ndarray, out: np.ndarray, dim: int) -> Any:
    found = _over(room, outs[0], out, dim)
    if found is None or g.dtype != out.dtype or not g.flags.c_contiguous:
        return None
    dim, each, powers = found
    return [
        (np.exp, (out, powers)), (_add_up, (g, dim, None, each, True)),
        (np.multiply, (powers, each, powers)), (np.subtract, (g, powers, outs[0])),
    ]


@nll_loss.writes("forward")
def nll_loss_into(
    room: Room, out: np.ndarray, input: np.ndarray, target: np.ndarray, weight: Any, reduction: str,
    ignore_index: int,
) -> Any:
    if not _is_plain(input, target, weight, reduction, ignore_index):
        return None
    count, classes = input.shape
    places, special = np.empty(count, np.int64), [False]
    room.notes.update(places=places, special=special)
    picked, total = np.empty(count, input.dtype), np.empty_like(out)
    unsigned = target.view(np.uint64)
    mean = [(np.divide, (total, np.asarray(count, input.dtype), out))] if reduction == "mean" else []
    return [
        (np.add, (numbers_to(count) * classes, target, places)),
        (check, (special, unsigned.argmax, unsigned.item, classes, target, ignore_index, places)),
        (input.reshape(-1).take, (places, None, picked, "clip")), (_add_up, (picked, 0, None, total)),
        (np.negative, (total, total if mean else out)), *mean,
        (settle, (special, out, nll_loss.forward, (input, target, weight, reduction, ignore_index))),
    ]


@nll_loss.writes("vjp")
def nll_loss_vjp_into(
    room: Room, outs: Any, g: np.ndarray, shape: Any, target: np.ndarray, weight: Any, reduction: str,
    ignore_index: int,
) -> Any:
    slope = outs[0]
    if "places" not in room.notes or g.flags.writeable or not np.isfinite(g) or not slope.flags.c_contiguous:
        return None
    one = np.ones((), slope.dtype)
    each = -(g * (one / slope.dtype.type(len(target)) if reduction == "mean" else one))
    args = g, shape, target, weight, reduction, ignore_index
    return [
        (slope.__setitem__, (..., np.zeros((), slope.dtype))),
        (slope.reshape(-1).__setitem__, (room.notes["places"], each)),
        (settle, (room.notes["special"], slope, _slope, args)),
    ]


def _slope(*args: Any) -> Any:
    return nll_loss.rule(*args)[0]


def _is_plain(input: np.ndarray, target: np.ndarray, weight: Any, reduction: str, ignore_index: int) -> bool:
    """Whether it is the mean or sum over rows of classes that all count alike."""
    return (
        input.ndim == 2 and input.flags.c_contiguous and weight is None and reduction in ("mean", "sum")
        and target.dtype == np.int64 and target.flags.c_contiguous and target.size > 0
        and not 0 <= ignore_index < input.shape[1] and input.dtype.char in "fd"
    )


@index.writes("forward")
def index_into(room: Room, out: np.ndarray, input: np.ndarray, positions: Any) -> Any:
    if isinstance(positions, tuple) and _one_in_each_row(input, positions):
        return _pick(room, out, input, positions, (index.forward, (input, positions)))
    rows, *others = positions if isinstance(positions, tuple) else (positions,)
    whole = all(isinstance(other, slice) and other == slice(None) for other in others)
    if not whole or not isinstance(rows, np.ndarray):
        return None
    return _rows(input, rows, out, np.ndarray.__getitem__)


@embedding.writes("forward")
def embedding_into(room: Room, out: np.ndarray, weight: np.ndarray, indices: np.ndarray, *_: Any) -> Any:
    return _rows(weight, indices, out, embedding.forward)  # which says what is wrong


def _rows(table: np.ndarray, rows: np.ndarray, out: np.ndarray, usual: Callable[..., Any]) -> Any:
    """The call that takes rows of a table, or does it the usual way where one is not within it."""
    if rows.dtype != np.int64 or not (rows.size and out.size):
        return None
    if not (table.flags.c_contiguous and rows.flags.c_contiguous and out.flags.c_contiguous):
        return None
    unsigned = rows.reshape(-1).view(np.uint64)
    return [(_look_up, (table, rows, out, unsigned.argmax, unsigned.item, usual))]


def _look_up(
    table: np.ndarray, rows: np.ndarray, out: np.ndarray, largest: Any, item: Any, usual: Callable[..., Any]
) -> None:
    """A position below 0 counts from the end, and is far above as unsigned."""
    if item(largest()) < len(table):
        table.take(rows, 0, out, "clip")
    else:
        out[...] = usual(table, rows)


@index.writes("vjp")
def index_vjp_into(room: Room, outs: Any, g: np.ndarray, shape: Any, positions: Any) -> Any:
    (out,) = outs
    if "places" not in room.notes or not out.flags.c_contiguous or g.dtype != out.dtype:
        return None
    return [(_put, (out, g, positions[1], room.notes["places"]))]


def _one_in_each_row(input: np.ndarray, positions: tuple[Any, ...]) -> bool:
    """Whether positions are those of a column in each row of a matrix: the rows are constant, and differ."""
    if input.ndim != 2 or not input.flags.c_contiguous or len(positions) != 2:
        return False
    if any(not isinstance(a, np.ndarray) or a.ndim != 1 or a.dtype != np.int64 for a in positions):
        return False
    rows, columns = positions
    return (
        not rows.flags.writeable and rows.size == columns.size == np.unique(rows).size > 0
        and rows.min() >= 0 and rows.max() < len(input)
    )


def _pick(room: Room, out: np.ndarray, input: np.ndarray, positions: Any, otherwise: Any) -> Any:
    """Calls that take a number of each row; where a column is none, `otherwise` is done."""
    rows, columns = positions
    places = room.notes["places"] = np.empty(rows.size, np.int64)
    return [
        (np.add, (rows * input.shape[1], columns, places)),
        (_take, (input, out.reshape(-1), columns, places, *otherwise)),
    ]


def _take(
    input: np.ndarray, out: np.ndarray, columns: np.ndarray, places: np.ndarray, function: Any, args: Any
) -> None:
    if columns.view(np.uint64).max() < input.shape[1]:
        input.reshape(-1).take(places, None, out, "clip")
    else:
        out[...] = function(*args).reshape(-1)


def _put(out: np.ndarray, g: np.ndarray, columns: np.ndarray, places: np.ndarray) -> None:
    """0 but for one number of each row."""
    out.fill(0)
    if columns.view(np.uint64).max() >= out.shape[1]:
        places = np.where(columns < 0, places + out.shape[1], places)
    out.reshape(-1)[places] = g.reshape(-1)


@take_at.writes("forward")
def take_at_into(room: Room, out: np.ndarray, input: np.ndarray, positions: np.ndarray, dim: int) -> Any:
    if not (input.flags.c_contiguous and out.flags.c_contiguous and positions.flags.c_contiguous):
        return None
    if input.ndim != 2 or positions.shape != (len(input), 1) or wrap_dim(dim, 2) != 1 or not out.size:
        return None
    if positions.dtype != np.int64:
        return None
    both = numbers_to(len(input)), positions.reshape(-1)
    return _pick(room, out, input, both, (take_at.forward, (input, positions, dim)))


@take_at.writes("vjp")
def take_at_vjp_into(
    room: Room, outs: Any, g: np.ndarray, positions: np.ndarray, shape: Any, dim: int
) -> Any:
    out = outs[0]
    if "places" not in room.notes or not out.flags.c_contiguous or g.dtype != out.dtype:
        return None
    return [(_put, (out, g, positions.reshape(-1), room.notes["places"]))]


@logsumexp.writes("forward")
def logsumexp_into(room: Room, out: np.ndarray, input: np.ndarray, dim: Any, keepdim: bool) -> Any:
    found = _over(room, out, input, dim) if isinstance(dim, int) else None
    if found is None:
        return None
    dim, each, powers = found
    total = out.reshape(each.shape)
    infinite = room.scratch(each.shape, np.bool_, "infinite")
    return [
        (_largest, (input, dim, None, each, True)), (np.isfinite, (each, infinite)),
        (np.logical_not, (infinite, infinite)), (np.copyto, (each, 0, "same_kind", infinite)),
        (np.subtract, (input, each, powers)), (np.exp, (powers, powers)),
        (_add_up, (powers, dim, None, total, True)), (np.log, (total, total)), (np.add, (total, each, total)),
    ]


@logsumexp.writes("vjp")
def logsumexp_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, out: np.ndarray, dim: Any, keepdim: bool
) -> Any:
    (slope,) = outs
    found = _over(room, slope, input, dim) if isinstance(dim, int) else None
    if found is None or g.dtype != slope.dtype:
        return None
    total, each = (x if keepdim else np.expand_dims(x, found[0]) for x in (out, g))
    return [
        (np.subtract, (input, total, slope)), (np.exp, (slope, slope)), (np.multiply, (each, slope, slope)),
    ]


@argmax.writes("forward")
def argmax_into(room: Room, out: np.ndarray, input: np.ndarray, dim: int | None, keepdim: bool) -> Any:
    return [(input.argmax, (dim, out))] if not keepdim and input.ndim and out.flags.c_contiguous else None
