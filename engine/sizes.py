"""Shapes as users give them: read, checked, and refused in PyTorch's words."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np


def sizes(shape: tuple[Any, ...], size: Any = None, name: str = "empty") -> tuple[int, ...]:
    """A shape given as one sequence, as several ints, or by the keyword ``size``; ``name`` is the function's.

    Raises TypeError for what are no ints and RuntimeError for a negative one.
    """
    size = shape if size is None else (size,)
    if not size:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    one = isinstance(size[0], (int, np.integer)) or getattr(size[0], "ndim", 1) == 0
    given = size if one or len(size) > 1 else size[0]
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(given).__name__}"
        )
    found = whole(given, name)
    if any(n < 0 for n in found):
        raise RuntimeError(
            "zeros: Dimension size must be non-negative." if name == "zeros"
            else f"Trying to create tensor with negative dimension {min(found)}: {list(found)}"
        )
    return found


def whole(given: Sequence[Any], name: str = "empty") -> tuple[int, ...]:
    """The sizes as ints; TypeError where one is none."""
    try:
        return tuple([index(n) for n in given])
    except TypeError:
        place, wrong = next((i, n) for i, n in enumerate(given) if not _is_whole(n))
        kind = type(wrong).__name__
        if place:
            raise TypeError(
                f"{name}(): argument 'size' failed to unpack the object at pos {place + 1} with error "
                f'"type must be tuple of ints,but got {kind}"'
            ) from None
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, but found element of type "
            f"{kind} at pos 0"
        ) from None


def _is_whole(number: Any) -> bool:
    try:
        index(number)
    except TypeError:
        return False
    return True
