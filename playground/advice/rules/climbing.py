"""An optimizer that makes the loss larger."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix, SetEdit

MAXIMIZE = "optimizer/args/maximize"


@rule(
    "climbing",
    source="PyTorch, torch.optim: maximize",
    link="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html",
)
def climbing(plan: Plan) -> Iterator[Note]:
    if plan.climbs:
        yield Note(
            f"{plan.experiment.optimizer.type} makes the loss larger",
            "With maximize every step goes up the gradient instead of down. That is for something "
            "that should grow, such as a reward; a loss should shrink.",
            MAXIMIZE,
            None,
            Fix(label="Turn maximize off", edits=(SetEdit(where=MAXIMIZE, value=False),)),
        )
