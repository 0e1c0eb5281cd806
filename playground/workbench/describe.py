"""A tensor's numbers as nested lists for the page: a corner of it, where it is large."""

import math
from typing import Any

import engine

MOST_PER_DIMENSION = 16
MOST_NUMBERS = 4096


def describe(tensor: engine.Tensor) -> Any:
    """At most 16 entries of each dimension, fewer where that is over 4,096 numbers in all.

    What JSON has no number for is text: `nan`, `inf`, `-inf`.
    """
    limit = MOST_PER_DIMENSION
    while math.prod(min(size, limit) for size in tensor.shape) > MOST_NUMBERS:
        limit -= 1
    corner = tensor.detach().numpy()[tuple(slice(limit) for _ in tensor.shape)]
    return _plain(corner.tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
