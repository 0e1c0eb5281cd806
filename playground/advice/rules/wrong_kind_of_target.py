"""A loss that cannot compare with the targets of the data: of wrong dtype and meaning."""

from collections.abc import Iterator

from playground.advice.plan import Placed, Plan
from playground.advice.rule import Note, rule
from playground.experiment.catalog import LOSSES
from playground.experiment.fixes import Edit, Fix, RemoveEdit, SetEdit

ASKS = {
    "class index": "class numbers, int64 of shape (N,)",
    "0/1": "0 or 1 for each sample, float32 of shape (N, 1)",
    "real": "real values, float32 of shape (N, 1)",
}


@rule(
    "wrong kind of target",
    source="PyTorch: loss functions",
    link="https://docs.pytorch.org/docs/stable/nn.html#loss-functions",
)
def wrong_kind_of_target(plan: Plan) -> Iterator[Note]:
    data, target = plan.data, plan.target
    if data is None or target is None:
        return
    classes = len(data.classes)
    if data.task == "regression":
        if target == "real":
            return
        has = "real values, float32 of shape (N, 1)"
        loss, outputs = "MSELoss", 1
    elif target == "real":
        has = f"class numbers, 0 to {classes - 1}: how far apart two of them are means nothing"
        loss, outputs = _for_classes(plan, classes)
    elif target == "0/1" and classes != 2:
        has = f"class numbers, 0 to {classes - 1}"
        loss, outputs = "CrossEntropyLoss", classes
    else:
        return
    reason = f"{plan.loss} expects {ASKS[target]}. {plan.experiment.data.name} has {has}."
    yield Note(f"{plan.loss} does not fit the target", reason, "loss", None, _choose(plan, loss, outputs))


def _for_classes(plan: Plan, classes: int) -> tuple[str, int]:
    """A loss for classes and its number of outputs; one where the stack has one and there are two classes."""
    last = plan.last
    one = last is not None and last.facts.output_shape[1:] == [1] and classes == 2
    return ("BCEWithLogitsLoss", 1) if one else ("CrossEntropyLoss", classes)


def _choose(plan: Plan, loss: str, outputs: int) -> Fix:
    """The loss, the last layer's width to go with it, and no activation that only the old loss needs."""
    edits: list[Edit] = [SetEdit(where="loss", value=loss)]
    label = f"Set the loss to {loss}"
    widest = widening(plan)
    if widest is not None and widest.argument("out_features") != outputs:
        edits.append(SetEdit(where=f"layers/{widest.id}/args/out_features", value=outputs))
        label += f" and out_features of {widest.name} to {outputs}"
    last = plan.last_computing
    if last is not None and last.type == LOSSES[plan.loss].after:
        edits.append(RemoveEdit(layer=last.id))
        label += f", take out {last.name}"
    return Fix(label=label, edits=tuple(edits))


def widening(plan: Plan) -> Placed | None:
    """The Linear that decides how many numbers come out at the end, if there is one."""
    linear = [layer for layer in plan.layers if layer.type == "Linear"]
    return linear[-1] if linear and plan.complete else None
