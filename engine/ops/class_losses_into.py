"""Cross-entropy into given arrays, for captured steps: the same numbers as `class_losses`, call by call."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.class_losses import cross_entropy_of_classes, numbers_to
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
    places = np.empty(count, np.int64)
    room.notes.update(places=places, picked=logs)
    columns, across = numbers_to(count), np.asarray(count, np.int64)
    unsigned = target.view(np.uint64)
    weights = (shares if reduction == "mean" else ones)(count, loss.dtype)
    return [
        (check, (unsigned.argmax, unsigned.item, classes)),
        (np.multiply, (target, across, places)),
        (np.add, (places, columns, places)),
        (scores.__setitem__, (..., input.T)),
        (np.maximum.reduce, (scores, 0, None, most)),
        *by_rows(room, np.subtract, scores, most, scores),
        (np.exp, (scores, exps)),
        (ones(classes, exps.dtype).dot, (exps, sums)),
        (np.log, (sums, logs)),
        (scores.reshape(-1).take, (places, None, most, "clip")),
        (np.subtract, (logs, most, logs)),
        (weights.dot, (logs, loss)),
    ]


def check(largest: Any, item: Any, classes: int) -> None:
    """IndexError for a target that is no class; one below 0 is far above as unsigned."""
    if item(largest()) >= classes:
        raise IndexError("a target is out of bounds")


@cross_entropy_of_classes.writes("vjp")
def cross_entropy_vjp_into(
    room: Room, outs: Any, g: np.ndarray, kept: Any, input: Any, target: Any, weight: Any, reduction: str,
    ignore_index: int, label_smoothing: float,
) -> Any:
    slope = outs[0].T
    if "places" not in room.notes or not slope.flags.c_contiguous:
        return None
    (exps, sums), places, picked = kept, room.notes["places"], room.notes["picked"]
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
    ]
