"""A step length that satisfies the strong Wolfe conditions (Nocedal and Wright, 2006, 3.5 and 3.6)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]
Along = Callable[[float], tuple[float, _Array]]

DECREASE, CURVATURE = 1e-4, 0.9
MOST_ITERATIONS = 25


class _End:
    """One end of a bracket: length, loss there, gradient there, slope along the direction there."""

    __slots__ = ("gradient", "loss", "slope", "t")

    def __init__(self, t: float, loss: float, gradient: _Array, slope: float) -> None:
        self.t, self.loss, self.gradient, self.slope = t, loss, gradient, slope


def strong_wolfe(
    along: Along, t: float, direction: _Array, loss: float, gradient: _Array, slope: float,
    tolerance_change: float = 1e-9,
) -> tuple[float, _Array, float, int]:
    """Loss and gradient at a good length, the length, and how often ``along`` was asked.

    ``along(t)`` gives loss and gradient ``t`` times ``direction`` away; the first ``t`` is the one to try.
    """
    size = float(np.abs(direction).max())
    origin = _End(0.0, loss, gradient.copy(), slope)

    def at(length: float) -> _End:
        value, slopes = along(length)
        return _End(length, value, slopes.copy(), float(slopes.dot(direction)))

    here, asked = at(t), 1
    before, bracket, done = origin, [origin, here], False
    iterations = 0
    while iterations < MOST_ITERATIONS:
        rose = here.loss > origin.loss + DECREASE * here.t * slope
        if rose or (iterations > 1 and here.loss >= before.loss):
            bracket = [before, here]
            break
        if abs(here.slope) <= -CURVATURE * slope:
            bracket, done = [here], True
            break
        if here.slope >= 0:
            bracket = [before, here]
            break
        low, high = here.t + 0.01 * (here.t - before.t), here.t * 10
        length = _cubic(before, here, (low, high))
        before, here = here, at(length)
        asked += 1
        iterations += 1
        bracket = [before, here]
    else:
        bracket = [origin, here]
    if not done:
        asked += _zoom(bracket, at, origin, slope, size, iterations, tolerance_change)
    best = bracket[0] if len(bracket) == 1 or bracket[0].loss <= bracket[1].loss else bracket[1]
    return best.loss, best.gradient, best.t, asked


def _zoom(
    bracket: list[_End], at: Callable[[float], _End], origin: _End, slope: float, size: float,
    iterations: int, tolerance_change: float,
) -> int:
    """Narrow the bracket until one end is good enough; gives how many points were asked for."""
    asked, stuck = 0, False
    low, high = (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)
    while iterations < MOST_ITERATIONS:
        if abs(bracket[1].t - bracket[0].t) * size < tolerance_change:
            break
        length = _cubic(bracket[0], bracket[1])
        top, bottom = max(b.t for b in bracket), min(b.t for b in bracket)
        margin = 0.1 * (top - bottom)
        if min(top - length, length - bottom) < margin:
            if stuck or length >= top or length <= bottom:
                length = top - margin if abs(length - top) < abs(length - bottom) else bottom + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        here = at(length)
        asked += 1
        iterations += 1
        if here.loss > origin.loss + DECREASE * length * slope or here.loss >= bracket[low].loss:
            bracket[high] = here
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
        else:
            if abs(here.slope) <= -CURVATURE * slope:
                bracket[low] = here
                break
            if here.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = here
    if bracket[low].loss > bracket[high].loss:
        low, high = high, low
    bracket[:] = [bracket[low]]
    return asked


def _cubic(a: _End, b: _End, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points with their slopes is least, within the bounds."""
    low, high = bounds if bounds is not None else (min(a.t, b.t), max(a.t, b.t))
    first = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = first * first - a.slope * b.slope
    if square < 0:
        return (low + high) / 2
    root = math.sqrt(square)
    if a.t <= b.t:
        place = b.t - (b.t - a.t) * ((b.slope + root - first) / (b.slope - a.slope + 2 * root))
    else:
        place = a.t - (a.t - b.t) * ((a.slope + root - first) / (a.slope - b.slope + 2 * root))
    return min(max(place, low), high)
