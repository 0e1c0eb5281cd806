"""Another activation between the last weights and a loss that takes raw scores."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.remedies import remove
from playground.advice.rule import Note, rule
from playground.advice.rules.missing_activation import missing_activation
from playground.experiment.catalog import LOSSES

BOUNDED = "The loss then cannot come near 0, however long it trains."
CUT = "A score that is cut to 0 gets no gradient, so a wrongly classified sample may never be learned."
LEAVES = {
    "ReLU": ("of 0 and more", CUT),
    "Sigmoid": ("between 0 and 1", BOUNDED),
    "Softmax": ("between 0 and 1", BOUNDED),
    "Tanh": ("between −1 and 1", BOUNDED),
}
REPEATED = {("Softmax", "CrossEntropyLoss"), ("Sigmoid", "BCEWithLogitsLoss")}
"""These have a rule of their own."""


@rule(
    "squeezed scores",
    source="PyTorch: CrossEntropyLoss",
    link="https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
)
def squeezed_scores(plan: Plan) -> Iterator[Note]:
    last = plan.scoring
    if last is None or plan.target not in ("class index", "0/1") or not plan.fits:
        return
    if next(missing_activation.judge(plan), None):
        return
    if last.type in LEAVES and (last.type, plan.loss) not in REPEATED:
        left, so = LEAVES[last.type]
        takes = plan.loss if last is plan.last_computing else LOSSES[plan.loss].after
        yield Note(
            f"{last.name} squeezes the scores for {takes}",
            f"{takes} takes raw scores of any size, and {last.type} leaves only those {left}. {so}",
            last.where,
            last.id,
            remove(last),
        )
