"""Real values that the last activation cannot give."""

from collections.abc import Iterator

import numpy as np

from playground.advice.remedies import remove
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples

RANGES = {"Softmax": (0.0, 1.0), "Tanh": (-1.0, 1.0), "ReLU": (0.0, np.inf)}
"""What comes out; a Sigmoid has a rule of its own."""

FEW = 0.02
"""The share of targets that may lie outside."""

SLACK = 0.05


@rule(
    "target out of range",
    source="Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2",
    link="https://www.deeplearningbook.org/contents/mlp.html",
)
def target_out_of_range(samples: Samples) -> Iterator[Note]:
    last, y = samples.plan.last_computing, samples.y
    if last is None or last.type not in RANGES or samples.plan.target != "real" or not len(y):
        return
    low, high = RANGES[last.type]
    outside = float(((y < low - SLACK) | (y > high + SLACK)).mean())
    if outside <= FEW:
        return
    given = f"{low:g} or more" if high == np.inf else f"{low:g} to {high:g}".replace("-", "−")
    yield Note(
        f"{last.name} cannot reach {outside:.0%} of the targets",
        f"It gives {given}, and the targets go from {y.min():.3g} to {y.max():.3g}".replace("-", "−")
        + ": the loss cannot come near 0. Real values need no activation at the end.",
        last.where,
        last.id,
        remove(last),
    )
