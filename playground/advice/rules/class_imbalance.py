"""Classes of very different sizes: always answering the large one is nearly right.

The weights are n / (k · n_c) for class c of k, as scikit-learn's `class_weight="balanced"`; of yes and no the
yes counts as often as there are more of no.
"""

import math
from collections.abc import Iterator

import numpy as np

from playground.advice.plan import Plan
from playground.advice.remedies import called
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples
from playground.experiment.catalog import LOSSES, arguments
from playground.experiment.fixes import Fix, SetEdit
from playground.experiment.log_sum_exp import combined

SEVERAL = 4
"""Four to one, where Google's course on machine learning begins to call an imbalance moderate."""

MOST = 0.5
"""A share from which on always answering the same is something."""

SURE = 3.0
"""Deviations of chance that a class is below its share, were all equally likely."""

HOLD_NOTHING_OUT = Fix(
    label="Set the validation share to 0", edits=(SetEdit(where="data/validation_share", value=0.0),)
)


@rule(
    "class imbalance",
    source="He & Garcia (2009), Learning from Imbalanced Data",
    link="https://doi.org/10.1109/TKDE.2008.239",
)
def class_imbalance(samples: Samples) -> Iterator[Note]:
    counts, plan = samples.counts, samples.plan
    data, argument = plan.data, weighing(plan)
    if data is None or len(counts) < 2 or argument in plan.experiment.loss.args:
        return
    there = counts + samples.held_counts > 0
    many = int(counts.argmax())
    few = int(np.where(there, counts, counts[many]).argmin())
    if counts[many] < SEVERAL * max(1, int(counts[few])):
        return
    equal = counts.sum() / there.sum()
    if counts[few] > equal - SURE * math.sqrt(equal):
        return
    rare, common = (f"“{called(data.classes[place])}”" for place in (few, many))
    share = counts[many] / counts.sum()
    yield Note(
        f"{rare} is rare: {counts[few]:,} {'sample' if counts[few] == 1 else 'samples'} to {counts[many]:,}",
        (
            f"Always answering {common} is right for {share:.0%} of the samples, so accuracy and loss "
            if share > MOST
            else f"It is {counts[few] / counts.sum():.1%} of the samples, so accuracy and loss "
        )
        + f"say little about {rare}. "
        + (
            "With weights, all classes count the same in the loss; watch its row of the confusion matrix."
            if counts[few]
            else "All its samples are held out, and without one to train on it cannot be learned."
        ),
        "data",
        fix=_weighted(plan, argument, counts) if counts[few] else HOLD_NOTHING_OUT,
    )


def weighing(plan: Plan) -> str | None:
    """The argument of the loss by which classes count more or less; null where it has none."""
    known = arguments(plan.loss) if plan.loss in LOSSES else {}
    return next((name for name, argument in known.items() if argument.parameter.kind == "numbers"), None)


def _weighted(plan: Plan, argument: str | None, counts: np.ndarray) -> Fix | None:
    """The weights; where the loss takes none, with the one that does."""
    if plan.target == "0/1":
        (ratio,) = value = _rounded(counts[:1] / counts[1:])
        edit = SetEdit(where="loss/args/pos_weight", value=value)
        label = f"Set pos_weight to {ratio:g}"
    else:
        share = counts.sum() / np.count_nonzero(counts)
        edit = SetEdit(where="loss/args/weight", value=_rounded(share / np.where(counts, counts, share)))
        label = "Weight each class by how rare it is"
    if argument is not None:
        return Fix(label=label, edits=(edit,))
    last = plan.last_computing
    other = combined(plan.experiment.loss, last.type, last.id, last.name) if last is not None else None
    if other is None:
        return None
    return Fix(label=f"{other.label}, {label[0].lower()}{label[1:]}", edits=(*other.edits, edit))


def _rounded(numbers: np.ndarray) -> tuple[float, ...]:
    """To three figures, which say all that so many samples do."""
    return tuple(float(f"{number:.3g}") for number in numbers)
