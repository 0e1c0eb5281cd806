"""ReLUs that give 0 whatever they get, and so never learn again."""

from collections.abc import Iterator

import numpy as np

from playground.advice.course import Course, LayerCourse
from playground.advice.rule import Note, rule
from playground.advice.rules.learning_rate import leaps, lower_rate
from playground.experiment.fixes import Fix, ReplaceEdit

MOST, AT_ONCE = 0.8, 20
"""A share that nothing good comes of, and the steps after which it is said."""

MANY, SETTLED = 0.6, 100
"""The same for a share that is said while the loss is not small. CS231n warns of 40 %, but of a small network
that learns well, up to half of the units of a later layer can be dead from the start."""

SMALL, RECENT = 0.5, 30
"""A share of the loss of always answering the same, and the latest steps that it is held against."""

FEWEST, SEVERAL = 4, 12
"""Units that a layer has for the one share and for the other: of fewer, a share says little."""


@rule(
    "dead ReLUs",
    source="Lu, Shin, Su & Karniadakis (2019), Dying ReLU and Initialization",
    link="https://arxiv.org/abs/1903.06733",
)
def dead_relus(course: Course) -> Iterator[Note]:
    latest = course.losses.last(RECENT)
    learns = bool(len(latest)) and float(np.median(latest)) < SMALL * course.constant
    is_slow = course.step >= SETTLED and not learns
    found = [
        layer
        for layer in course.layers
        if ((layer.dead or 0) >= MOST and layer.units >= FEWEST)
        or ((layer.dead or 0) >= MANY and layer.units >= SEVERAL and is_slow)
    ]
    if not found or course.step < AT_ONCE or course.muted:
        return
    worst = max(found, key=lambda layer: layer.dead or 0)
    others = [f"{layer.name} ({_dead(layer)} of {layer.units})" for layer in found if layer is not worst]
    yield Note(
        f"{worst.name}: {_dead(worst)} of {worst.units} units are dead",
        "They give 0 for every sample, where the slope is 0 too, so no gradient can bring them back"
        + (f"; the same is true in {', '.join(others)}. " if others else ". ")
        + (
            "Updates as large as the weights have pushed them there: start again with a lower learning rate."
            if leaps(course)
            else "LeakyReLU keeps a small slope, so that its units can come back."
        ),
        worst.where,
        worst.id,
        lower_rate(course) if leaps(course) else _leaky(found),
    )


def is_cut_off(layer: LayerCourse) -> bool:
    """Whether hardly anything comes through it, forward or back."""
    return (layer.dead or 0) >= MOST


def _leaky(found: list[LayerCourse]) -> Fix:
    names = " and ".join(layer.name for layer in found) if len(found) < 3 else f"{len(found)} ReLUs"
    edits = tuple(ReplaceEdit(layer=layer.id, type="LeakyReLU") for layer in found)
    return Fix(label=f"Replace {names} with LeakyReLU", edits=edits)


def _dead(layer: LayerCourse) -> int:
    return round((layer.dead or 0) * layer.units)
