"""Gradients that grow from step to step until nothing is left of the weights."""

from collections.abc import Iterator

import numpy as np

from playground.advice.course import Course, LayerCourse
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix, SetEdit

GROWN = 100.0
"""How many times as large as at first a gradient's norm has become."""

LARGE = 10.0
"""A norm below which none is called large."""

FIRST, LATEST = 5, 3
MOST_NORM = 1.0


@rule(
    "exploding gradients",
    source="Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks",
    link="https://arxiv.org/abs/1211.5063",
)
def exploding_gradients(course: Course) -> Iterator[Note]:
    grown = [(growth, layer) for layer in course.trained if (growth := _growth(layer)) is not None]
    if not grown or not _is_worse(course) or course.plan.climbs:
        return
    growth, layer = max(grown, key=lambda pair: pair[0])
    times = f"{growth:,.0f}" if growth < 1e6 else f"{growth:.0e}"
    yield Note(
        f"The gradients explode in {layer.name}",
        f"Their norm is {times} times what it was in the first steps, and so is each step that SGD takes. "
        "Clipping shortens a gradient whose norm is too large.",
        layer.where,
        layer.id,
        Fix(
            label=f"Clip gradients at norm {MOST_NORM:g}",
            edits=(SetEdit(where="training/clip_norm", value=MOST_NORM),),
        ),
    )


def _is_worse(course: Course) -> bool:
    """Whether the loss has grown as well: of large outputs the gradients grow while it falls."""
    losses = course.losses.values[np.isfinite(course.losses.values)]
    return len(losses) > 1 and float(losses[-LATEST:].max()) > 2 * max(float(losses[0]), course.constant)


def _growth(layer: LayerCourse) -> float | None:
    """The latest norm over the first, null where it is none to speak of."""
    norms = layer.gradients.values[np.isfinite(layer.gradients.values)]
    if len(norms) <= FIRST:
        return None
    first, latest = float(np.median(norms[:FIRST])), float(np.median(norms[-LATEST:]))
    return latest / max(first, 1e-12) if latest > max(LARGE, GROWN * first) else None
