"""A bias that batch normalisation takes out again: parameters without any use."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix, SetEdit


@rule(
    "unused bias",
    source="Ioffe & Szegedy (2015), Batch Normalization, section 3.2",
    link="https://arxiv.org/abs/1502.03167",
)
def bias_before_batch_norm(plan: Plan) -> Iterator[Note]:
    for layer, behind in plan.neighbours():
        has_bias = "bias" in layer.known and layer.argument("bias") is True
        if not has_bias or not behind.type.startswith("BatchNorm"):
            continue
        count = layer.argument("out_features" if layer.type == "Linear" else "out_channels")
        yield Note(
            f"The bias of {layer.name} is unused",
            f"{behind.name} subtracts the mean of each channel, and with it whatever the bias has added. "
            f"These {count} parameters never change the output; {behind.name} has a shift of its own.",
            layer.where,
            layer.id,
            Fix(
                label=f"Turn the bias of {layer.name} off",
                edits=(SetEdit(where=f"layers/{layer.id}/args/bias", value=False),),
            ),
        )
