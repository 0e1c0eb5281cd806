"""Early layers that hardly any of the loss's gradient reaches."""

from collections.abc import Iterator

from playground.advice.course import Course
from playground.advice.plan import Placed, Plan
from playground.advice.remedies import batch_norm
from playground.advice.rule import Note, rule
from playground.advice.rules.dead_relus import is_cut_off
from playground.advice.rules.learning_rate import leaps
from playground.experiment.fixes import Fix, InsertEdit

VANISHED = 3e-4
"""A gradient that is this share of a later layer's is as good as none."""

SETTLED = 50
"""Steps after which a batch norm's running statistics, which the look uses, are those of its batches."""

ACTIVATIONS = frozenset({"ReLU", "LeakyReLU", "Tanh", "Sigmoid", "GELU"})


@rule(
    "vanishing gradients",
    source="Glorot & Bengio (2010), on training deep feedforward neural networks",
    link="https://proceedings.mlr.press/v9/glorot10a.html",
)
def vanishing_gradients(course: Course) -> Iterator[Note]:
    if leaps(course) or any(map(is_cut_off, course.layers)):
        return  # saturated or dead units stop the gradient, and that is said
    known = [layer for layer in course.layers if layer.gradient is not None]
    for place, layer in enumerate(known):
        later = max((other.gradient or 0.0 for other in known[place + 1 :]), default=0.0)
        own = layer.gradient or 0.0
        if not layer.parameters or course.step < SETTLED or not 0 < own < VANISHED * later:
            continue
        yield Note(
            f"The gradient vanishes on its way to {layer.name}",
            f"It is {later / own:,.0f} times as large in a later layer: each layer on the way back has made "
            "it smaller, so plain SGD hardly moves this one. Batch norm keeps the signal at a steady size.",
            layer.where,
            layer.id,
            _normalise(course.plan),
        )
        return


def _normalise(plan: Plan) -> Fix | None:
    """A batch norm before each hidden activation that has none."""
    edits = tuple(
        InsertEdit(before=activation.id, type=batch_norm(activation))
        for before, activation in plan.neighbours()
        if activation.type in ACTIVATIONS and activation is not plan.last_computing and _weighted(before)
    )
    return Fix(label="Insert a batch norm before each activation", edits=edits) if edits else None


def _weighted(layer: Placed) -> bool:
    return layer.type in ("Linear", "Conv2d")
