"""Real values to be learned that are far larger than what a fresh model gives."""

from collections.abc import Iterator

import numpy as np

from playground.advice.remedies import number, standardize
from playground.advice.rule import Note, rule
from playground.advice.rules.unscaled_inputs import unscaled_inputs
from playground.advice.samples import Samples

FAR = 50.0
"""Outputs of a fresh model are around 1; this far away it takes many steps only to get near."""


@rule(
    "unscaled targets",
    source="scikit-learn: transforming target in regression",
    link="https://scikit-learn.org/stable/modules/compose.html#transforming-target-in-regression",
)
def unscaled_targets(samples: Samples) -> Iterator[Note]:
    """Silent where the inputs are not scaled either: one switch scales both, and that is said."""
    if samples.plan.target != "real" or not len(samples.y) or next(unscaled_inputs.judge(samples), None):
        return
    size = float(np.sqrt((samples.y.astype(np.float64) ** 2).mean()))
    fix = standardize(samples.plan)
    if size <= FAR or fix is None:
        return
    yield Note(
        "The targets are not scaled",
        f"They are around {number(size)}, and a new model gives values around 1. It needs very many steps to "
        "get there, and the gradients are large until then.",
        "data",
        None,
        fix,
    )
