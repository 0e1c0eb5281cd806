"""A Sigmoid between the last weights and a loss of real values."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.remedies import remove
from playground.advice.rule import Note, rule


@rule(
    "Sigmoid before MSELoss",
    source="Glorot & Bengio (2010), on the plateaus of the quadratic cost",
    link="https://proceedings.mlr.press/v9/glorot10a.html",
)
def sigmoid_before_mse(plan: Plan) -> Iterator[Note]:
    last = plan.last_computing
    if last is None or last.type != "Sigmoid" or plan.target != "real" or not plan.fits:
        return
    yield Note(
        f"{last.name} comes before {plan.loss}",
        f"The gradient of {plan.loss} is multiplied by the sigmoid's slope p · (1 − p): at most ¼, and "
        "nearly 0 where the answer is far off but certain, so training stays on a plateau. Real values need "
        "no activation at the end.",
        last.where,
        last.id,
        remove(last),
    )
