"""Which step it was: the steps are made again from the newest sound moment, with a look at all after each."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from playground.training.blame import not_finite
from playground.training.detective.culprit import Culprit, Seen
from playground.training.detective.examine import examine
from playground.training.detective.growth import Stepped, stepped
from playground.training.detective.twin import APART, Twin
from playground.training.log import Deed
from playground.training.moment import Moment
from playground.training.refused import Refused
from playground.training.trainer import DivergedError

AHEAD = 12
"""Steps before the failing one that are told of, where there are so many."""

SECONDS = 15.0
"""What the search may take."""


@dataclass(frozen=True)
class Found:
    """Step number `step` went wrong by the `culprit`: the calls `seen` up to it, and the steps before."""

    step: int
    culprit: Culprit
    seen: Sequence[Seen]
    before: Sequence[Stepped]


def search(
    twin: Twin, moments: Sequence[Moment], deeds: Sequence[Deed], last: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Found:  # fmt: skip
    """The first step, of those up to number `last`, in which something stopped being finite.

    Raises Refused where it is not found.
    """
    started = clock()
    for start in _starts(moments, deeds, last):
        found = _from(twin, start, last, started + SECONDS, clock)
        if found is not None:
            return found
    raise Refused(
        "The first number that is not finite cannot be found: its step was taken apart by hand, or all "
        "numbers are finite when it is repeated."
    )


def _starts(moments: Sequence[Moment], deeds: Sequence[Deed], last: int) -> Iterator[Moment]:
    """Where to begin: the newest sound moment with some steps to tell of, else the newest sound one."""
    apart = max((number for number, deed in enumerate(deeds) if deed.do in APART), default=-1)
    sound = [m for m in moments if m.deeds > apart and m.step < last and _is_sound(m)]
    early = [m for m in sound if m.step <= last - AHEAD]
    yield from [*early[-1:], *sound[:1]] if early else sound[:1]


def _is_sound(moment: Moment) -> bool:
    state = [array for kept in moment.optimizer for array in kept.values()]
    return all(
        np.isfinite(array).all() for array in (*moment.model, *state) if array.dtype.kind == "f"
    )


def _from(
    twin: Twin, start: Moment, last: int, deadline: float, clock: Callable[[], float]
) -> Found | None:
    twin.go_to(start)
    before: list[Stepped] = []
    trainer = twin.trainer
    while trainer.step < last and not trainer.is_done:
        if clock() > deadline:
            raise Refused("Repeating the steps took too long: the first number not finite was not found.")
        twin.do_again()
        moment = twin.take()
        if _breaks(twin):
            twin.go_to(moment)
            step, culprit, seen = examine(trainer)
            return Found(step, culprit, seen, before[-AHEAD:]) if culprit else None
        before.append(stepped(trainer))
    return None


def _breaks(twin: Twin) -> bool:
    """Make a step; whether something is not finite then."""
    if not_finite(twin.trainer.built) is not None:
        return True
    try:
        with np.errstate(all="ignore"):
            loss = twin.trainer.run_step()
    except DivergedError:
        return True
    return not math.isfinite(loss or 0.0) or not_finite(twin.trainer.built) is not None
