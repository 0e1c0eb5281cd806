"""Losses of steps that were made again, held against those of the first time."""

from array import array

import numpy as np

from playground.live.history import Curve


def are_equal(steps: np.ndarray, values: np.ndarray, losses: "array[float]", curve: Curve) -> bool:
    """Whether each of `values` is the loss that its step had before, bit for bit.

    `losses` are exact, from step 1 on. Of later ones the curve knows some: the last of each
    bucket is held against exactly, the others against the smallest and largest in theirs.
    """
    known = steps <= len(losses)
    before = np.array(losses)[steps[known] - 1]
    if not np.array_equal(before, values[known], equal_nan=True):
        return False
    return bool(curve.could_have(steps[~known], values[~known]).all())
