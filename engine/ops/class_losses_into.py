"""Cross-entropy into given arrays, for captured steps: the same numbers as `class_losses`, call by call."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.class_losses import check_classes, cross_entropy_of_classes, numbers_to
from engine.ops.linear import by_rows, ones, shares


@cross_entropy_of_classes.writes("forward")
def cross_entropy_into(
    room: Room, outs: Any, input: np.ndarray, target: np.ndarray, weight: Any, reduction: str,
    ignore_index: int, label_smoothing: float,
) -> Any:
    loss, (exps, sums) = outs
    if not (
        input.ndim == 2 and weight is None and not label_smoothing and reduction in ("mean", "sum")
        and not 0 <= ignore_index < input.shape[1] and target.dtype == np.int64 and target.size
    ):
        return None
    count, classes = input.shape
    scores = room.scratch(exps.shape, exps.dtype)
    most, logs = np.empty_like(sums), np.empty_like(sums)
    places, special = np.empty(count, np.int64), [False]
    room.notes.update(places=places, picked=logs, special=special)
    loss_args = input, target, weight, reduction, ignore_index, label_smoothing
    columns, across = numbers_to(count), np.asarray(count, np.int64)
    unsigned = target.view(np.uint64)
    weights = (shares if reduction == "mean" else ones)(count, loss.dtype)
    return [
        (np.multiply, (target, across, places)),
        (np.add, (places, columns, places)),
        (check, (special, unsigned.argmax, unsigned.item, classes, target, ignore_index, places)),
        (scores.__setitem__, (..., input.T)),
        (np.maximum.reduce, (scores, 0, None, most)),
        *by_rows(room, np.subtract, scores, most, scores),
        (np.exp, (scores, exps)),
        (ones(classes, exps.dtype).dot, (exps, sums)),
        (np.log, (sums, logs)),
        (scores.reshape(-1).take, (places, None, most, "clip")),
        (np.subtract, (logs, most, logs)),
        (weights.dot, (logs, loss)),
        (settle, (special, loss, _loss, loss_args)),
    ]


def check(
    special: list[bool], largest: Any, item: Any, classes: int, target: np.ndarray, ignore_index: int,
    places: np.ndarray,
) -> None:
    """Note whether a target is no class, as unsigned numbers tell: an ignored one, or an IndexError."""
    special[0] = item(largest()) >= classes
    if special[0]:
        check_classes(target, classes, ignore_index)
        np.clip(places, 0, places.size * classes - 1, out=places)


def settle(special: list[bool], out: np.ndarray, function: Any, args: Any) -> None:
    """Put in place of a result that is of classes alone the one that knows of ignored targets."""
    if special[0]:
        out[...] = function(*args)


def _loss(*args: Any) -> Any:
    return cross_entropy_of_classes.forward(*args)[0]


def _slope(*args: Any) -> Any:
    return cross_entropy_of_classes.rule(*args)[0]


@cross_entropy_of_classes.writes("vjp")
def cross_entropy_vjp_into(
    room: Room, outs: Any, g: np.ndarray, kept: Any, input: Any, target: Any, weight: Any, reduction: str,
    ignore_index: int, label_smoothing: float,
) -> Any:
    slope = outs[0].T
    if "places" not in room.notes or not slope.flags.c_contiguous:
        return None
    (exps, sums), places, picked = kept, room.notes["places"], room.notes["picked"]
    slope_args = g, kept, input, target, weight, reduction, ignore_index, label_smoothing
    flat, each = slope.reshape(-1), g
    calls: list[Any] = []
    if reduction == "mean" and not g.flags.writeable:
        each = np.asarray(g / exps.shape[1], g.dtype)
    elif reduction == "mean":
        each = np.empty_like(g)
        calls.append((np.divide, (g, np.asarray(exps.shape[1], g.dtype), each)))
    return [
        *calls,
        (np.divide, (each, sums, picked)),
        *by_rows(room, np.multiply, exps, picked, slope),
        (flat.take, (places, None, picked, "clip")),
        (np.subtract, (picked, each, picked)),
        (flat.__setitem__, (places, picked)),
        (settle, (room.notes["special"], outs[0], _slope, slope_args)),
    ]
