"""Shapes asked for by what they do: dimensions joined or split, the shape of another tensor."""

from __future__ import annotations

from typing import Any

from engine.op import Array, composite
from engine.ops.convert import contiguous
from engine.ops.shape import infer, reshape, view, wrap_dim


@composite(family="shape", doc="dimensions from start_dim to end_dim made one")
def flatten(input: Array, start_dim: int = 0, end_dim: int = -1) -> Array:
    shape = input.shape
    first, last = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last and shape:
        return input
    size = 1
    for n in shape[first : last + 1]:
        size *= n
    return reshape(input, (*shape[:first], size, *shape[last + 1 :]))


@composite(family="shape", doc="one dimension made several")
def unflatten(input: Array, dim: int, sizes: Any) -> Array:
    shape = tuple(input.shape)
    at = wrap_dim(dim, len(shape))
    try:
        parts = infer(sizes, shape[at])
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[at]}) in the input tensor"
        ) from None
    return reshape(input, shape[:at] + parts + shape[at + 1 :])


@composite(family="shape", doc="all elements in one dimension")
def ravel(input: Array) -> Array:
    return reshape(contiguous(input), (-1,)) if input.numel() else reshape(input, (0,))


@composite(family="shape", doc="in the shape of other")
def view_as(input: Array, other: Array) -> Array:
    return view(input, other.shape)


@composite(family="shape", doc="in the shape of other")
def reshape_as(input: Array, other: Array) -> Array:
    return reshape(input, other.shape)
