"""Dropout that falls on the outputs themselves."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.remedies import remove
from playground.advice.rule import Note, rule


@rule(
    "dropout right before the output",
    source="Srivastava et al. (2014), Dropout",
    link="https://jmlr.org/papers/v15/srivastava14a.html",
)
def dropout_at_output(plan: Plan) -> Iterator[Note]:
    """Before the last weights it is common and silent; behind them it drops answers."""
    trained = [place for place, layer in enumerate(plan.layers) if layer.facts.parameters]
    if not plan.complete or not trained:
        return
    for layer in plan.layers[trained[-1] + 1 :]:
        p = layer.argument("p") if layer.type == "Dropout" else None
        if isinstance(p, float | int) and p > 0:
            yield Note(
                f"{layer.name} drops outputs",
                f"No weights come after it, so each training step sets {p:.0%} of the outputs to 0 and "
                "scales the others up: nothing can make up for that. Dropout belongs between hidden layers.",
                layer.where,
                layer.id,
                remove(layer),
            )
