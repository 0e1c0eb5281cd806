"""What is learned any more holds for the training samples only."""

import math
from collections.abc import Iterator

import numpy as np

from playground.advice.course import Course
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix, SetEdit

ENOUGH = 8
"""Evaluations before anything is said."""

RISEN = 1.25
"""How many times as large as its least the validation loss has become."""

WORTH = 0.15
"""The least rise, as a share of the loss of always answering the same."""

SMOOTH, LATEST = 3, 5
"""Evaluations whose middle counts as the least, and at the end all of which have risen."""


@rule(
    "overfitting",
    source="Prechelt (1998), Early Stopping — But When?",
    link="https://doi.org/10.1007/3-540-49430-8_3",
)
def overfitting(course: Course) -> Iterator[Note]:
    steps, values = course.held_out.steps, course.held_out.values
    if len(values) < ENOUGH or not np.isfinite(values).all():
        return
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(values, SMOOTH), axis=1)
    best = int(smooth.argmin())
    least, now = float(smooth[best]), float(values[-LATEST:].min())
    if least > course.constant or now < RISEN * least or now - least < WORTH * course.constant:
        return
    at = int(steps[best + SMOOTH // 2])
    then, trained = _around(course, at), _around(course, course.step)
    if then is None or trained is None or trained >= min(then, course.constant):
        return
    if now - trained <= least - then:
        return
    epochs = max(1, math.ceil(at / course.batches))
    yield Note(
        f"Overfitting since epoch {epochs}",
        f"The validation loss was lowest there, {least:.3g}, and is {now:.3g} now, while the training loss "
        f"fell from {then:.3g} to {trained:.3g}: what was learned since holds only for the training samples.",
        "training/epochs",
        None,
        Fix(label=f"Set Epochs to {epochs}", edits=(SetEdit(where="training/epochs", value=epochs),)),
    )


def _around(course: Course, step: int) -> float | None:
    """The training loss of the epochs before that step."""
    width = max(course.batches, 20)
    steps, values = course.losses.steps, course.losses.values
    near = values[(steps > step - width) & (steps <= step)]
    return float(np.median(near)) if len(near) else None
