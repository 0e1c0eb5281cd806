"""Scores, or probabilities, in front of a loss that takes something else of them."""

from collections.abc import Iterator

from playground.advice.plan import Placed, Plan
from playground.advice.rule import Note, rule
from playground.experiment.catalog import LAYERS, LOSSES
from playground.experiment.fixes import Edit, Fix, InsertEdit, ReplaceEdit

GIVES = {"Softmax": "probabilities", "Sigmoid": "probabilities", "LogSoftmax": "log-probabilities"}
GIVES_ALONE = {"Softmax": "always 1", "LogSoftmax": "always 0"}
"""What comes of several numbers, and of a single one."""

REASONS = {
    ("log-probabilities", "scores"): "{loss} is −output[target]. For raw scores that has no lower end: it "
    "falls for ever as one score grows, whatever the others are. {after} turns them into log-probabilities.",
    ("log-probabilities", "probabilities"): "{loss} is −output[target] and takes no logarithm itself. For "
    "probabilities its slope is always the same, so the worst answers teach no more than the others.",
    ("probabilities", "scores"): "{loss} takes the logarithms of output and of 1 − output, and PyTorch stops "
    "with an error outside 0 to 1. {after} turns a score into a probability.",
    ("probabilities", "always 1"): "{layer} divides by the sum over all outputs, and there is only one. "
    "{after} turns a single score into a probability.",
}


@rule(
    "missing activation",
    source="PyTorch: loss functions",
    link="https://docs.pytorch.org/docs/stable/nn.html#loss-functions",
)
def missing_activation(plan: Plan) -> Iterator[Note]:
    last, loss = plan.last_computing, LOSSES.get(plan.loss)
    if last is None or loss is None or loss.after in (None, last.type) or not plan.fits:
        return
    gives = GIVES.get(last.type, "scores")
    gives = GIVES_ALONE.get(last.type, gives) if plan.outputs == 1 else gives
    reason = REASONS.get((loss.takes, gives), REASONS[loss.takes, "scores"])
    yield Note(
        f"{plan.loss} takes {loss.takes}, and {last.name} gives {gives}",
        reason.format(loss=plan.loss, after=loss.after, layer=last.type),
        last.where,
        last.id,
        _fix(last, loss.after),
    )


def _fix(last: Placed, type: str) -> Fix:
    """In place of another such layer, or at the end."""
    args = LAYERS[type].starts
    edit: Edit = InsertEdit(before=None, type=type, args=args)
    label = f"Insert {type} at the end"
    if last.type in GIVES:
        edit = ReplaceEdit(layer=last.id, type=type, args=args)
        label = f"Replace {last.name} with {type}"
    return Fix(label=label, edits=(edit,))
