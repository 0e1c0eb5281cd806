"""Layers of weights with no activation between them: together they are one."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from playground.advice.plan import Placed, Plan
from playground.advice.remedies import insert
from playground.advice.rule import Note, rule

WEIGHTED = frozenset({"Linear", "Conv2d"})
STRAIGHT = frozenset({"Flatten", "Dropout", "AvgPool2d", "BatchNorm1d", "BatchNorm2d"})
"""Layers that leave a straight line straight, once the model is trained."""

BENT = ("ReLU", "LeakyReLU", "Tanh", "Sigmoid", "GELU")


@rule(
    "missing non-linearity",
    source="Goodfellow, Bengio & Courville (2016), Deep Learning, chapter 6",
    link="https://www.deeplearningbook.org/contents/mlp.html",
)
def missing_nonlinearity(plan: Plan) -> Iterator[Note]:
    layers = plan.layers
    used = next((layer.type for layer in layers if layer.type in BENT), "ReLU")
    for places in _stretches(layers):
        first, last = layers[places[0]], layers[places[-1]]
        if len(places) == 2:
            where, together, cure = f"between {first.name} and {last.name}", "both", "an activation"
        else:
            where, together = f"from {first.name} to {last.name}", f"all {len(places)}"
            cure = "activations"
        yield Note(
            f"There is no activation {where}",
            f"One linear layer after another is still linear: {together} together can compute no more than a "
            f"single one. With {cure} between them they can.",
            last.where,
            last.id,
            insert(used, *(_behind(layers[one + 1 : other + 1]) for one, other in pairwise(places))),
        )


def _stretches(layers: Sequence[Placed]) -> Iterator[list[int]]:
    """The places of two or more layers of weights in a row, with nothing bent between them."""
    places: list[int] = []
    for place, layer in enumerate(layers):
        if layer.type in WEIGHTED:
            places.append(place)
        elif layer.type not in STRAIGHT:
            if len(places) > 1:
                yield places
            places = []
    if len(places) > 1:
        yield places


def _behind(after: Sequence[Placed]) -> Placed:
    """The layer to put an activation before: the first after the weights, or after their batch norm."""
    norms = [place for place, layer in enumerate(after) if layer.type.startswith("BatchNorm")]
    return after[max(norms, default=-1) + 1]
