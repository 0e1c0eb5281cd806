"""Two layers of weights with no activation between them: together they are one."""

from collections.abc import Iterator
from itertools import pairwise

from playground.advice.plan import Plan
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
    weighted = [place for place, layer in enumerate(layers) if layer.type in WEIGHTED]
    used = next((layer.type for layer in layers if layer.type in BENT), "ReLU")
    for first, second in pairwise(weighted):
        between = range(first + 1, second)
        if any(layers[place].type not in STRAIGHT for place in between):
            continue
        norms = [place for place in between if layers[place].type.startswith("BatchNorm")]
        yield Note(
            f"There is no activation between {layers[first].name} and {layers[second].name}",
            "One linear layer after another is still linear: both together can compute no more than a single "
            "one. With an activation between them they can.",
            layers[second].where,
            layers[second].id,
            insert(used, before=layers[max(norms, default=first) + 1]),
        )
