"""Classes of very different sizes: always answering the large one is nearly right."""

import math
from collections.abc import Iterator

from playground.advice.remedies import called
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples

SEVERAL = 4
"""Four to one, where Google's course on machine learning begins to call an imbalance moderate."""

MOST = 0.5
"""A share from which on always answering the same is something."""

SURE = 3.0
"""Deviations of chance that a class is below its share, were all equally likely."""


@rule(
    "class imbalance",
    source="He & Garcia (2009), Learning from Imbalanced Data",
    link="https://doi.org/10.1109/TKDE.2008.239",
)
def class_imbalance(samples: Samples) -> Iterator[Note]:
    counts, data = samples.counts, samples.plan.data
    if data is None or len(counts) < 2:
        return
    few, many = int(counts.argmin()), int(counts.argmax())
    if counts[many] < SEVERAL * max(1, int(counts[few])):
        return
    equal = counts.sum() / len(counts)
    if counts[few] > equal - SURE * math.sqrt(equal):
        return
    rare, common = (f"“{called(data.classes[place])}”" for place in (few, many))
    share = counts[many] / counts.sum()
    yield Note(
        f"{rare} is rare: {counts[few]:,} samples to {counts[many]:,}",
        (
            f"Always answering {common} is right for {share:.0%} of the samples, so accuracy and loss "
            if share > MOST
            else f"It is {counts[few] / counts.sum():.1%} of the samples, so accuracy and loss "
        )
        + f"say little about {rare}. Look at its row of the confusion matrix.",
        "data",
    )
