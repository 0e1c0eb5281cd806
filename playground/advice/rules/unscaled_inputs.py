"""Inputs that are large, far from 0, or of very different sizes."""

from collections.abc import Iterator

import numpy as np

from playground.advice.plan import Placed, Plan
from playground.advice.remedies import called, normalise
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples
from playground.experiment.fixes import Fix, SetEdit

FAR = 10.0
"""Scaled inputs lie within a few deviations of 0; beyond this they are in units of their own."""

OFFSET = 4.0
"""Deviations that the mean of a feature may be away from 0, where its values are larger than 1."""

APART = 100.0
"""How many times as large as another one a feature may be."""


NAME = "unscaled inputs"
SOURCE = "LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.3"
LINK = "http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf"


@rule(NAME, source=SOURCE, link=LINK)
def unstandardized_inputs(plan: Plan) -> Iterator[Note]:
    """Of a table that comes with a switch for it, it is known before there is a run."""
    if plan.experiment.data.args.get("standardize") is False and plan.data is not None:
        yield from _note(plan, f"Each feature of {plan.experiment.data.name} is in a unit of its own.")


@rule(NAME, source=SOURCE, link=LINK)
def unscaled_inputs(samples: Samples) -> Iterator[Note]:
    why = _why(samples) if len(samples.x) else None
    if why is not None:
        yield from _note(samples.plan, why)


def _note(plan: Plan, why: str) -> Iterator[Note]:
    if not plan.layers or plan.layers[0].type.startswith("BatchNorm"):
        return
    first = plan.layers[0]
    yield Note(
        "The inputs are not scaled",
        f"{why} One learning rate then is too large for some weights of {first.name}, too small for others.",
        "data",
        None,
        _fix(plan, first),
    )


def _why(samples: Samples) -> str | None:
    size, offset = samples.size, samples.offset
    largest, names = int(size.argmax()), samples.plan.data.features if samples.plan.data else []
    used = np.flatnonzero(size > 0)
    smallest = int(used[size[used].argmin()]) if len(used) else largest
    if size[largest] > FAR:
        return f"{_called(names, largest, len(size))} is about {size[largest]:,.4g} in size."
    shifted = int(np.where(size > 1, offset, 0).argmax())
    if size[shifted] > 1 and offset[shifted] > OFFSET:
        name = _called(names, shifted, len(size))
        return f"{name} lies {offset[shifted]:.0f} deviations from 0 on average."
    if size[largest] > APART * size[smallest]:
        few, many = _called(names, smallest, len(size)), _called(names, largest, len(size))
        return f"{many} is {size[largest] / size[smallest]:,.0f} times as large as {few}."
    return None


def _called(names: list[str], feature: int, features: int) -> str:
    """A feature by its name, where features are columns."""
    if len(names) == features:
        return f"The feature {called(names[feature])}"
    return f"Channel {feature} of the inputs"


def _fix(plan: Plan, first: Placed) -> Fix:
    data = plan.experiment.data
    if data.csv is not None and not data.csv.standardize:
        return Fix(label="Turn Standardize on", edits=(SetEdit(where="data/csv/standardize", value=True),))
    if data.args.get("standardize") is False:
        return Fix(label="Turn Standardize on", edits=(SetEdit(where="data/args/standardize", value=True),))
    return normalise(first)
