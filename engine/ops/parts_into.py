"""Parts of an array into given ones, for captured steps: joined, and a gradient among zeros in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from engine.op import Op, Room
from engine.ops.index import slices
from engine.ops.join import cat, entry, piece, stack
from engine.ops.shape import narrow, select


def _fills(op: Op, part: Callable[..., np.ndarray]) -> None:
    """Have the rule of ``op`` fill an array; ``part`` finds the place in it, from the rule's arguments."""

    @op.writes("vjp")
    def into(room: Room, outs: Any, g: np.ndarray, input_shape: Any, *where: Any) -> Any:
        (to_input,) = outs
        return [(to_input.fill, (0,)), (part(to_input, g, *where).__setitem__, (..., g))]


def _stretch(whole: np.ndarray, g: np.ndarray, dim: int, start: int) -> np.ndarray:
    return narrow.forward(whole, dim, start, g.shape[dim])


def _one(whole: np.ndarray, g: np.ndarray, dim: int, index: int) -> np.ndarray:
    return select.forward(whole, dim, index)


_fills(piece, _stretch)
_fills(narrow, _stretch)
_fills(entry, _one)
_fills(select, _one)
_fills(slices, lambda whole, g, index: slices.forward(whole, index))


@cat.writes("forward")
def cat_into(room: Room, out: np.ndarray, tensors: list[np.ndarray], dim: int = 0) -> Any:
    real = [array for array in tensors if array.shape != (0,)]
    return [(partial(np.concatenate, axis=dim, out=out), (real,))] if real else None


@stack.writes("forward")
def stack_into(room: Room, out: np.ndarray, tensors: list[np.ndarray], dim: int = 0) -> Any:
    return [(partial(np.stack, axis=dim, out=out), (tensors,))]
