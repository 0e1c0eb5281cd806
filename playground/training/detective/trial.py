"""Ways out are tried before they are offered: some steps from the last good state, on a twin of the run."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from playground.experiment.fixes import Fix, SetEdit, apply
from playground.training.blame import not_finite
from playground.training.build import Built
from playground.training.detective.culprit import Culprit
from playground.training.detective.growth import Stepped
from playground.training.detective.twin import Twin
from playground.training.detective.ways import (
    Way,
    chosen_rate,
    downhill,
    eps,
    less_decay,
    scaled,
    slower,
    ways,
)
from playground.training.log import Deed
from playground.training.moment import Moment
from playground.training.probes.pack import figure
from playground.training.refused import STEP_ERRORS
from playground.training.trainer import DivergedError

STEPS, MOST_STEPS, FEWEST = 40, 200, 10
LONG = 300
"""Steps that the rate that is offered has to stand, as far as there is time."""

SECONDS = 6.0
"""What all trials together may take."""

NEAR = 1.5
"""Times the loss at its beginning that the last ones of a trial may be: batches differ."""

BEHIND = 10.0
"""Times the loss that a smaller rate gives, beyond which another way out is none."""

FALLEN = 0.9
"""Of the loss at the beginning of a trial, below which it has fallen: a rate that does that is enough."""

TENTHS = 45
"""How many times the learning rate is divided by ten."""

TINY = 1e-9
"""A rate with which weights hardly move, so that nothing breaks and nothing is learned."""

WRITTEN_OUT = 6
"""Zeros of a number that are read at a glance."""

AS_IT_WAS = Way(
    Fix(label="Go on without what was set by hand", edits=()),
    "Nothing is wrong with the experiment: without what was set by hand, all numbers stay finite.",
)


@dataclass(frozen=True)
class Outcome:
    """What a number of steps did to the loss; `broke` is the step in which it stopped being finite.

    `first` is the loss before them, `last` the mean of the last ones.
    """

    steps: int
    first: float
    last: float
    broke: int | None

    @property
    def helped(self) -> bool:
        """Whether the loss stayed finite, and near or below where it was."""
        return self.broke is None and self.last <= NEAR * self.first

    @property
    def words(self) -> str:
        """In a sentence."""
        if self.broke is not None:
            return f"Tried: it still broke in step {self.broke:,}."
        went = f"from {figure(self.first)} to {figure(self.last)}"
        return f"Tried for {self.steps:,} steps: the loss went {went}."


class Trials:
    """Tries changes from a good moment of a run; `steps` are so many that the failing step is passed."""

    def __init__(
        self, built: Built, deeds: Sequence[Deed], good: Moment, failing: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._built = built
        self._deeds = deeds
        self._good = good
        self.good_step = good.step
        self.left_out = {deed.do for deed in deeds[good.deeds :]} & {"edit", "set_lr"}
        self._steps = min(MOST_STEPS, max(STEPS, 2 * (failing - good.step)))
        self._clock = clock
        self._deadline = clock() + SECONDS

    @property
    def late(self) -> bool:
        """Whether there is no time for another trial."""
        return self._clock() > self._deadline

    def outcome(self, way: Way, steps: int | None = None) -> Outcome | None:
        """What came of it after so many steps; null without time for it, and for a change of the data."""
        of_the_data = any(getattr(edit, "where", "").startswith("data/") for edit in way.fix.edits)
        if of_the_data or self.late:
            return None
        changed = apply(self._built.experiment, way.fix.edits)
        twin = Twin(self._built, self._deeds[: self._good.deeds], changed)
        try:
            twin.go_to(self._good)
        except (*STEP_ERRORS, KeyError):
            return None  # its weights belong to other layers
        _set_options(twin, way.fix)
        if way.lr is not None:
            _slow_down(twin, way.lr)
        return self._run(twin, steps or self._steps)

    def _run(self, twin: Twin, steps: int) -> Outcome | None:
        losses: list[float] = []
        trainer = twin.trainer
        while len(losses) < steps and not trainer.is_done and not self.late:
            try:
                with np.errstate(all="ignore"):
                    losses.append(trainer.run_step() or 0.0)
            except (DivergedError, *STEP_ERRORS):
                return Outcome(len(losses), math.nan, math.nan, trainer.step + 1)
        if not_finite(trainer.built) is not None:
            return Outcome(len(losses), math.nan, math.nan, trainer.step)
        if len(losses) < FEWEST and not trainer.is_done:
            return None
        known = self._good.scalars.get("training loss", 0.0)
        return Outcome(
            len(losses), max(losses[0], known), float(np.mean(losses[-max(1, len(losses) // 5) :])), None
        )


def _set_options(twin: Twin, fix: Fix) -> None:
    """What else of the optimizer is changed: a moment brings back all that it had then."""
    for edit in fix.edits:
        if not isinstance(edit, SetEdit):
            continue
        name = edit.where.removeprefix("optimizer/args/")
        for group in twin.trainer.built.optimizer.param_groups:
            if name in group and name != "lr":
                group[name] = edit.value


def _slow_down(twin: Twin, lr: float) -> None:
    """Set the rate; under a schedule, everything by which it moves in the same proportion."""
    built = twin.trainer.built
    share = lr / chosen_rate(built, lr)
    for group in built.optimizer.param_groups:
        if built.scheduler is None:
            group["lr"] = lr
            continue
        for name in {"lr", "initial_lr", "max_lr", "min_lr"} & group.keys():
            group[name] *= share


def offered(
    trials: Trials, built: Built, culprit: Culprit, steps: Sequence[Stepped], lr: float
) -> Iterator[tuple[Way, str]]:
    """Ways out, each with what its trial gave; those that were tried and did not help are left out."""
    if trials.left_out:
        outcome = trials.outcome(AS_IT_WAS)
        if outcome is not None and outcome.broke is None:
            yield AS_IT_WAS, outcome.words
            if "edit" in trials.left_out:
                yield from ((way, "") for way in eps(built, culprit))
                return
    for way in scaled(built):
        yield way, ""
    for way in downhill(built):
        outcome = trials.outcome(way)
        if outcome is None or outcome.helped:
            yield way, outcome.words if outcome else ""
            return
    enough = set()
    for way in less_decay(built):  # before rates, which may take all the time there is
        outcome = trials.outcome(way)
        if outcome is not None and outcome.helped:
            enough.add(way.fix.label)
            yield way, outcome.words
    rate = lowest = None
    if culprit.part != "given":
        for way, words, loss in _slower(trials, built, chosen_rate(built, lr)):
            rate, lowest = way, loss
            yield rate, words
    for way in ways(built, culprit, steps):
        if way.fix.label in enough:
            continue
        outcome = trials.outcome(way)
        if outcome is not None and not outcome.helped and rate is not None and way.with_rate:
            way = _together(way, rate)
            outcome = trials.outcome(way)
        if outcome is None and trials.late and lowest is not None:
            continue  # one that was tried is better
        if outcome is None or (outcome.helped and (lowest is None or outcome.last <= BEHIND * lowest)):
            yield way, outcome.words if outcome else ""


def _together(way: Way, rate: Way) -> Way:
    label = f"{way.fix.label}; {rate.fix.label[0].lower()}{rate.fix.label[1:]}"
    fix = Fix(label=label, edits=(*way.fix.edits, *rate.fix.edits))
    return Way(fix, f"{way.reason} On its own it is not enough.", rate.lr)


def _slower(trials: Trials, built: Built, lr: float) -> Iterator[tuple[Way, str, float | None]]:
    """Of a tenth, a hundredth … of the rate the one with which the loss came lowest, and that loss.

    One that is tiny is none, unless the loss falls with it.
    """
    best: tuple[Way, Outcome, int] | None = None
    for tenth in range(1, TENTHS + 1):
        way = slower(built, float(f"{lr / 10**tenth:.1g}"))
        outcome = trials.outcome(way)
        if outcome is None:
            break
        if outcome.helped and (best is None or outcome.last < best[1].last):
            best = way, outcome, tenth
        elif best is not None and best[1].last < FALLEN * best[1].first:
            break
    if best is not None:
        lowest = best[1].last
        way, outcome, tenth = _lasting(trials, built, lr, *best)
        if (way.lr or 0.0) > TINY or outcome.last < FALLEN * outcome.first:
            yield Way(way.fix, _reason(lr, tenth, trials.good_step), way.lr), outcome.words, lowest
    elif trials.late:
        way = slower(built, float(f"{lr / 10:.1g}"))
        reason = f"It is a tenth of the {lr:g} that was set. There was no time to try it."
        yield Way(way.fix, reason, way.lr), "", None


def _lasting(
    trials: Trials, built: Built, lr: float, way: Way, outcome: Outcome, tenth: int
) -> tuple[Way, Outcome, int]:
    """The rate, or the next smaller ones, with which nothing breaks for long."""
    while (longer := trials.outcome(way, LONG)) is not None and not longer.helped and tenth < TENTHS:
        tenth += 1
        way = slower(built, float(f"{lr / 10**tenth:.1g}"))
    return way, longer or outcome, tenth


def _reason(lr: float, tenth: int, good: int) -> str:
    times = "a tenth" if tenth == 1 else f"1/{10**tenth:,}" if tenth <= WRITTEN_OUT else f"10^−{tenth}"
    return (
        f"It is {times} of the {lr:g} that was set. A tenth, a hundredth and so on were tried from "
        f"the state after step {good:,}: with larger rates the run broke, or the loss ended higher."
    )
