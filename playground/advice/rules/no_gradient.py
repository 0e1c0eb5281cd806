"""Layers whose parameters get no gradient: they stay as they are."""

from collections.abc import Iterator

from playground.advice.course import Course, LayerCourse
from playground.advice.plan import Placed
from playground.advice.remedies import normalise, remove
from playground.advice.rule import Note, rule
from playground.advice.rules.dead_relus import is_cut_off
from playground.advice.rules.learning_rate import leaps

SATURATING = frozenset({"Tanh", "Sigmoid", "Softmax"})
"""Flat at the ends of their range."""

ENOUGH = 10
"""Measured steps in a row without any gradient."""


@rule(
    "unused parameters",
    source="PyTorch: autograd mechanics",
    link="https://docs.pytorch.org/docs/stable/notes/autograd.html",
)
def no_gradient(course: Course) -> Iterator[Note]:
    untouched = [layer for layer in course.trained if _is_untouched(layer)]
    if course.muted or not untouched or not any(layer.gradient for layer in course.layers):
        return
    if leaps(course) or any(map(is_cut_off, course.layers)):
        return  # saturated or dead units stop the gradient, and that is said
    wall = _wall(course, course.layers.index(untouched[-1]))
    if wall is None or wall.type == "ReLU" or wall is course.plan.last_computing:
        return  # some of it gets through, all units are dead, or it saturates before the loss: that is said
    saturated = wall.type in SATURATING and wall.facts.output_shape[-1] > 1
    names = ", ".join(layer.name for layer in untouched[:3]) + (" …" if len(untouched) > 3 else "")
    stays = f"{sum(layer.parameters for layer in untouched):,} parameters stay as they are"
    yield Note(
        f"No gradient reaches {names}",
        f"In the last {ENOUGH} steps that were measured it was exactly 0, so {stays}. "
        + (
            f"{wall.name} is at the ends of its range, where it is flat; a batch norm brings it back."
            if saturated
            else f"{wall.name} lets none of it through."
        ),
        wall.where,
        wall.id,
        normalise(wall) if saturated else remove(wall),
    )


def _is_untouched(layer: LayerCourse) -> bool:
    norms = layer.gradients.values
    return len(norms) >= ENOUGH and not norms[-ENOUGH:].any()


def _wall(course: Course, last: int) -> Placed | None:
    """The layer behind number `last` that passes no gradient back, if it can be told.

    Gradients are looked at in evaluation mode, in which dropout lets everything through.
    """
    behind = course.plan.layers[last + 1 :]
    if dropping := [layer for layer in behind if layer.type == "Dropout" and layer.argument("p") == 1]:
        return dropping[0]
    passed = [bool(layer.gradient) for layer in course.layers]
    walls = (place for place in range(last + 1, len(passed)) if passed[place] > passed[place - 1])
    return next((course.plan.layers[place] for place in walls), None)
