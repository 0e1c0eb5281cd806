"""A last activation that the loss applies by itself: the numbers go through it twice."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.remedies import remove
from playground.advice.rule import Note, Rule

DOCS = "https://docs.pytorch.org/docs/stable/generated"


def repeated(activation: str, loss: str, reason: str) -> Rule[Plan]:
    """The rule on `activation` as the last layer that computes, in front of `loss`."""

    def judge(plan: Plan) -> Iterator[Note]:
        last = plan.last_computing
        if last is not None and (last.type, plan.loss) == (activation, loss):
            yield Note(f"{last.name} comes before {loss}", reason, last.where, last.id, remove(last))

    return Rule(f"{activation} before {loss}", f"PyTorch: {loss}", f"{DOCS}/torch.nn.{loss}.html", judge)


softmax_before_cross_entropy = repeated(
    "Softmax",
    "CrossEntropyLoss",
    "CrossEntropyLoss takes raw scores and applies log_softmax itself. After a Softmax they lie between 0 "
    "and 1, so no class can get close to certain and the gradients are small.",
)
log_softmax_before_cross_entropy = repeated(
    "LogSoftmax",
    "CrossEntropyLoss",
    "CrossEntropyLoss applies log_softmax itself. A second one changes nothing, so this layer only costs "
    "time; it belongs before NLLLoss.",
)
sigmoid_before_bce_with_logits = repeated(
    "Sigmoid",
    "BCEWithLogitsLoss",
    "BCEWithLogitsLoss takes raw scores and applies the sigmoid itself. Applied twice, it leaves every "
    "answer between 0.5 and 0.73, so class 0 can never be predicted.",
)
