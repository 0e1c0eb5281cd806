"""Classes of very different sizes: always answering the large one is nearly right."""

from collections.abc import Iterator

from playground.advice.remedies import called
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples

SEVERAL = 4
"""Four to one, where Google's course on machine learning begins to call an imbalance moderate."""

ENOUGH = 20
"""Samples below which sizes are chance."""


@rule(
    "class imbalance",
    source="He & Garcia (2009), Learning from Imbalanced Data",
    link="https://doi.org/10.1109/TKDE.2008.239",
)
def class_imbalance(samples: Samples) -> Iterator[Note]:
    counts, data = samples.counts, samples.plan.data
    if data is None or len(counts) < 2 or counts.sum() < ENOUGH:
        return
    few, many = int(counts.argmin()), int(counts.argmax())
    if counts[many] < SEVERAL * max(1, int(counts[few])):
        return
    rare, common = called(data.classes[few]), called(data.classes[many])
    share = counts[many] / counts.sum()
    yield Note(
        f"{rare} is rare: {counts[few]:,} samples to {counts[many]:,}",
        f"Always answering {common} is right for {share:.0%} of the samples, so accuracy and "
        f"loss say little about {rare}. Look at its row of the confusion matrix.",
        "data",
    )
