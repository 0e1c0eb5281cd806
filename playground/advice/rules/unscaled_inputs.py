"""Inputs that are large, tiny, far from 0, or of very different sizes."""

from collections.abc import Iterator

import numpy as np

from playground.advice.plan import Plan
from playground.advice.remedies import called, normalise, number, standardize
from playground.advice.rule import Note, rule
from playground.advice.samples import Samples

FAR = 10.0
"""Scaled inputs lie within a few deviations of 0; beyond this they are in units of their own."""

NEAR = 0.01
"""Below this for all features, the bias outweighs them."""

OFFSET = 4.0
"""Deviations that the mean of a feature may be away from 0, where its values are larger than 1."""

APART = 100.0
"""How many times as large as another one a feature may be."""

UNLIKE = "One learning rate is then too large for some weights of the first layer and too small for others."
FAINT = "The bias of the first layer then outweighs them, and their weights get hardly any gradient."

NAME = "unscaled inputs"
SOURCE = "LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.3"
LINK = "http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf"


@rule(NAME, source=SOURCE, link=LINK)
def unstandardized_inputs(plan: Plan) -> Iterator[Note]:
    """Of a table that comes with a switch for it, it is known before there is a run."""
    if plan.experiment.data.args.get("standardize") is False and plan.data is not None:
        name = plan.experiment.data.name
        yield from _note(plan, f"Each feature of {name} is in a unit of its own. {UNLIKE}")


@rule(NAME, source=SOURCE, link=LINK)
def unscaled_inputs(samples: Samples) -> Iterator[Note]:
    why = _why(samples) if len(samples.x) else None
    if why is not None:
        yield from _note(samples.plan, why)


def _note(plan: Plan, why: str) -> Iterator[Note]:
    if not plan.layers or plan.layers[0].type.startswith("BatchNorm"):
        return
    first = plan.layers[0]
    yield Note("The inputs are not scaled", why, "data", None, standardize(plan) or normalise(first))


def _why(samples: Samples) -> str | None:
    size, offset = samples.size, samples.offset
    largest, names = int(size.argmax()), samples.plan.data.features if samples.plan.data else []
    used = np.flatnonzero(size > 0)
    smallest = int(used[size[used].argmin()]) if len(used) else largest
    if size[largest] > FAR:
        return f"The {_named(names, largest, len(size))} has values around {number(size[largest])}. {UNLIKE}"
    if 0 < size[largest] < NEAR:
        return f"No feature has values larger than about {number(size[largest])}. {FAINT}"
    shifted = int(np.where(size > 1, offset, 0).argmax())
    if size[shifted] > 1 and offset[shifted] > OFFSET:
        name, away = _named(names, shifted, len(size)), f"{offset[shifted]:.0f} standard deviations"
        return f"The mean of the {name} is {away} away from 0. {UNLIKE}"
    if size[largest] > APART * size[smallest]:
        few, many = _named(names, smallest, len(size)), _named(names, largest, len(size))
        times = f"{size[largest] / size[smallest]:,.0f}"
        return f"The {many} is {times} times as large as the {few}. {UNLIKE}"
    return None


def _named(names: list[str], feature: int, features: int) -> str:
    """A feature by its name, where features are columns."""
    if len(names) == features:
        return f"feature {called(names[feature])}"
    return f"channel {feature} of the inputs"
