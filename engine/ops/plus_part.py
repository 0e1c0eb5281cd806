"""A sum of an array and of another one that is 0 but for a stretch: what a captured step makes of the two."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, Room, op
from engine.ops.shape import narrow


@op(family="shape", doc="input, with other added to a stretch of a dimension", internal=True)
def plus_part(input: Array, other: Array, dim: int, start: int) -> Array:
    out = input.copy()
    place = narrow.forward(out, dim, start, other.shape[dim])
    np.add(place, other, place)
    return out


@plus_part.vjp
def plus_part_vjp(g: Array, other_shape: Any, dim: int, start: int) -> tuple[Array, Array]:
    return g, narrow(g, dim, start, other_shape[dim])


@plus_part.writes("forward", over=(0,))
def plus_part_into(
    room: Room, out: np.ndarray, input: np.ndarray, other: np.ndarray, dim: int, start: int
) -> Any:
    place = narrow.forward(out, dim, start, other.shape[dim])
    copying = [] if np.may_share_memory(out, input) else [(out.__setitem__, (..., input))]
    return [*copying, (np.add, (place, other, place))]
