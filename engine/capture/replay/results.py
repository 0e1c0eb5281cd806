"""What a replay hands on: fresh tensors of its results, and the gradients of its leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.capture.form import mapped
from engine.tensor import Tensor, wrap

NOT_THIS = object()  # in place of a result: a longer look is needed first


class ChangedError(Exception):
    """A replay met something that the recording did not: the call is to be made again, eagerly."""


class UnsuitableError(Exception):
    """A recording repeats, and yet it cannot be replayed."""


def take_over(leaf: Tensor, kept: Tensor) -> None:
    """Make ``kept`` the gradient of a leaf, with the numbers of the one that it has."""
    if leaf._grad is not None:
        kept._array[...] = leaf._grad._array
    leaf._grad = kept


class Fresh:
    """A tensor of the result: copied out at each replay, so that the caller may keep it."""

    __slots__ = ("array",)

    def __init__(self, array: np.ndarray) -> None:
        self.array = array


def made(outputs: Any) -> Any:
    """The results of a replay, each fresh."""
    return mapped(outputs, _fresh)


def _fresh(output: Any) -> Any:
    return wrap(output.array.copy()) if type(output) is Fresh else output
