"""Outputs of another shape than the targets: refused by some losses, silently broadcast by others."""

from collections.abc import Iterator

from playground.advice.plan import Placed, Plan
from playground.advice.remedies import remove
from playground.advice.rule import Note, rule
from playground.advice.rules.wrong_kind_of_target import widening, wrong_kind_of_target
from playground.experiment.fixes import Edit, Fix, InsertEdit, SetEdit


def misshapen(plan: Plan) -> tuple[Placed, list[int], list[int]] | None:
    """The last layer, its output's shape and the shape it would need; null where they are the same."""
    last, outputs, data = plan.last, plan.outputs, plan.data
    if last is None or outputs is None or data is None or next(wrong_kind_of_target.judge(plan), None):
        return None
    shape, needed = last.facts.output_shape, [plan.experiment.data.batch_size, outputs]
    return None if shape == needed else (last, shape, needed)


@rule(
    "silent broadcasting",
    source="PyTorch: broadcasting semantics",
    link="https://docs.pytorch.org/docs/stable/notes/broadcasting.html",
)
def silent_broadcasting(plan: Plan) -> Iterator[Note]:
    """Of the losses of real values, PyTorch's warn at most: they stretch both shapes and average."""
    found = misshapen(plan)
    if found is None or plan.target != "real":
        return
    last, shape, needed = found
    stretched = _stretched(shape, needed)
    if stretched is None:
        return
    yield Note(
        f"{last.name} ends with {_written(shape)}, which broadcasts with {_written(needed)}",
        f"In {plan.loss} PyTorch stretches both to {_written(stretched)} and only warns: "
        + (
            "every prediction is compared with every target, and the best answer becomes their mean."
            if len(shape) == 1
            else "several numbers for each sample are all pulled to the same target."
        ),
        last.where,
        last.id,
        _fix(plan, last, shape, needed[1]),
    )


@rule(
    "wrong shape of output",
    source="PyTorch: loss functions",
    link="https://docs.pytorch.org/docs/stable/nn.html#loss-functions",
)
def wrong_shape_of_output(plan: Plan) -> Iterator[Note]:
    found = misshapen(plan)
    if found is None:
        return
    last, shape, needed = found
    if plan.target == "real" and _stretched(shape, needed) is not None:
        return
    reason = (
        f"{plan.loss} compares one score per class, {_written(needed)}, with class numbers from 0 to "
        f"{needed[1] - 1}. "
        + (
            f"With {_written(shape)}, the scores from number {needed[1]} on belong to no class."
            if len(shape) == 2 and shape[1] > needed[1] and shape[0] == needed[0]
            else f"With {_written(shape)}, PyTorch stops with an error."
        )
        if plan.target == "class index"
        else f"{plan.loss} compares number by number, and the targets are {_written(needed)}. "
        f"PyTorch stops with an error for {_written(shape)}."
    )
    yield Note(
        f"{last.name} ends with {_written(shape)}, {plan.loss} needs {_written(needed)}",
        reason,
        last.where,
        last.id,
        _fix(plan, last, shape, needed[1]),
    )


def _fix(plan: Plan, last: Placed, shape: list[int], outputs: int) -> Fix:
    """One row of `outputs` numbers for each sample, by as few edits as possible."""
    for layer in plan.layers:
        if layer.type == "Flatten" and layer.argument("start_dim") == 0:
            return _keep_batch(plan, layer, outputs)
    linear = widening(plan)
    flat = len(linear.facts.output_shape) == 2 if linear else False
    if linear is not None and flat and len(shape) == 2:
        edit = SetEdit(where=f"layers/{linear.id}/args/out_features", value=outputs)
        return Fix(label=f"Set out_features of {linear.name} to {outputs}", edits=(edit,))
    edits: list[Edit] = [InsertEdit(before=None, type="Linear", args={"out_features": outputs})]
    if linear is not None and linear is plan.last_computing:
        edits = [
            InsertEdit(before=linear.id, type="Flatten"),
            SetEdit(where=f"layers/{linear.id}/args/out_features", value=outputs),
        ]
        return Fix(label=f"Insert Flatten before {linear.name}", edits=tuple(edits))
    added = [f"a Linear of {outputs}"]
    if len(shape) != 2:
        edits.insert(0, InsertEdit(before=None, type="Flatten"))
        added.insert(0, "Flatten")
    if plan.last_computing is not None and plan.last_computing.type == "Conv2d":
        edits.insert(0, InsertEdit(before=None, type="ReLU"))
        added.insert(0, "ReLU")
    named = " and ".join([", ".join(added[:-1]), added[-1]] if len(added) > 1 else added)
    return Fix(label=f"Add {named} at the end", edits=tuple(edits))


def _keep_batch(plan: Plan, flatten: Placed, outputs: int) -> Fix:
    """A Flatten that joins the samples of a batch joins only what is in each of them, or nothing."""
    if flatten.facts.input_shape == [plan.experiment.data.batch_size, outputs]:
        return remove(flatten)
    edit = SetEdit(where=f"layers/{flatten.id}/args/start_dim", value=1)
    return Fix(label=f"Set start_dim of {flatten.name} to 1", edits=(edit,))


def _stretched(one: list[int], other: list[int]) -> list[int] | None:
    """The shape of both after broadcasting; null where they clash."""
    width = max(len(one), len(other))
    pairs = list(zip([1] * (width - len(one)) + one, [1] * (width - len(other)) + other, strict=True))
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        return None
    return [max(pair) for pair in pairs]


def _written(shape: list[int]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
