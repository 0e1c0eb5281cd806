"""A learning rate that is far too high, or far too low."""

from collections.abc import Iterator

import numpy as np

from playground.advice.course import Course
from playground.advice.remedies import LEARNING_RATE, learning_rate
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix

SENSIBLE = {"SGD": 0.1, "Adagrad": 0.01}
OFTEN = 0.01
"""What is tried first: this, or what stands above for the optimizer."""

WINDOW = 20
"""Steps whose losses are taken together; a whole epoch of up to 100 steps, where that is more."""

JUMP = 20.0
"""A loss this many times what it was at first, or what a constant answer has, is beyond all noise."""

WORSE = 1.3
"""How many times the loss of always answering the same is clearly worse than that."""

AS_LARGE_AS_WEIGHTS = 0.5
"""First updates that are this share of the weights have thrown away what was drawn."""

BEYOND = 10.0
"""A first update this many times the weights needs no second look."""

BEATEN = 0.6
"""A model that began with such leaps and has learned something is at least below this share of it."""

SOON, LATE = 3, 6
"""Windows after which a model that is worse than a constant answer, or not much better, is judged."""

IDLE = 1e-4
"""Updates that are this share of the weights or less: a tenth of what CS231n calls healthy."""

AIM = 1e-2
"""The share that is aimed at, up to what stands above as sensible: at 1e-3 the cure could hardly be seen."""

HARDLY = 0.95


@rule(
    "learning rate too high",
    source="Smith (2017), Cyclical Learning Rates for Training Neural Networks",
    link="https://arxiv.org/abs/1506.01186",
)
def learning_rate_too_high(course: Course) -> Iterator[Note]:
    if course.plan.climbs:
        return  # the loss is to grow
    why = _diverges(course) or _leaps_at_once(course) or _learns_nothing(course)
    if why is None:
        return
    rate, where = _chosen(course)
    yield Note(
        f"The learning rate {rate:g} is far too high",
        f"{why} Steps this long jump across the minimum instead of going down to it.",
        where,
        None,
        lower_rate(course),
    )


def lower_rate(course: Course) -> Fix:
    """A tenth of the rate, or what is sensible for the optimizer, if that is less."""
    rate, where = _chosen(course)
    return learning_rate(min(rate / 10, SENSIBLE.get(course.plan.experiment.optimizer.type, OFTEN)), where)


def leaps(course: Course) -> bool:
    """Whether updates were as large as the weights: whatever else is wrong then, this comes first."""
    return _largest_update(course) > AS_LARGE_AS_WEIGHTS


def _chosen(course: Course) -> tuple[float, str]:
    """The learning rate that a person has set, and where: a schedule makes others of it."""
    experiment, schedule = course.plan.experiment, course.plan.experiment.training.schedule
    if schedule is None:
        return course.lr, LEARNING_RATE
    peak = schedule.args.get("max_lr")
    if isinstance(peak, float | int):
        return float(peak), "training/schedule/args/max_lr"
    lr = experiment.optimizer.args.get("lr", course.lr)
    return float(lr) if isinstance(lr, float | int) else course.lr, LEARNING_RATE


def _diverges(course: Course) -> str | None:
    losses = course.losses.since(course.lr_since).values
    if len(losses) < 2:
        return None
    first, last = float(losses[0]), float(losses[-1])
    if not last > JUMP * max(first, course.constant):
        return None
    return f"The loss has grown from {first:.3g} to {last:.3g}."


def _leaps_at_once(course: Course) -> str | None:
    first = max((float(ratios[0]) for ratios in _ratios(course) if len(ratios)), default=0.0)
    if not first > BEYOND:
        return None
    return f"The first update was {first:,.0f} times as large as the weights."


def _learns_nothing(course: Course) -> str | None:
    """After several epochs no better than a constant answer, though the steps are anything but small."""
    losses = course.losses.since(course.lr_since)
    medians = losses.windows(_window(course))
    if len(medians) < SOON:
        return None
    first, now = float(np.median(losses.values[:5])), float(medians[-1])
    worse = now > WORSE * max(course.constant, first) and _largest_update(course) > IDLE
    leapt = len(medians) >= LATE and now > BEATEN * course.constant and any(
        ratios[:10].max(initial=0.0) > AS_LARGE_AS_WEIGHTS for ratios in _ratios(course)
    )
    if not worse and not leapt:
        return None
    return (
        f"After {course.step:,} steps the loss is around {now:.3g}; always giving the same best answer "
        f"has a loss of {course.constant:.3g}."
    )


@rule(
    "learning rate too low",
    source="CS231n, Stanford: ratio of weights and updates",
    link="https://cs231n.github.io/neural-networks-3/#ratio",
)
def learning_rate_too_low(course: Course) -> Iterator[Note]:
    if course.plan.experiment.training.schedule is not None:
        return  # many begin low, and end low
    losses = course.losses.since(course.lr_since)
    medians = losses.windows(_window(course))
    ratios = [float(np.median(own[-10:])) for own in _ratios(course) if len(own)]
    if len(medians) < 4 or not ratios or not 0 < max(ratios) < IDLE:
        return
    if _largest_update(course) > 10 * IDLE:
        return  # it did move the weights: what keeps it from that now is something else
    if medians[-1] < HARDLY * medians[0] or medians[-1] < course.constant / 2:
        return
    higher = min(course.lr * AIM / max(ratios), SENSIBLE.get(course.plan.experiment.optimizer.type, OFTEN))
    yield Note(
        f"The learning rate {course.lr:g} is far too low",
        f"An update changes the weights by at most {max(ratios):.0e} of their size, where 1e-3 or more is "
        f"usual. In {int(losses.steps[-1] - course.lr_since):,} steps the loss went from {medians[0]:.4g} "
        f"to {medians[-1]:.4g}.",
        LEARNING_RATE,
        None,
        learning_rate(higher),
    )


def _ratios(course: Course) -> list[np.ndarray]:
    """Of each layer with parameters, update ÷ weight norms since the present learning rate."""
    return [layer.ratios.since(course.lr_since).values for layer in course.trained]


def _largest_update(course: Course) -> float:
    return max((float(ratios.max(initial=0.0)) for ratios in _ratios(course)), default=0.0)


def _window(course: Course) -> int:
    return max(WINDOW, min(course.batches, 100))
