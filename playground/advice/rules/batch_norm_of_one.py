"""Batch normalisation where a batch has a single sample."""

from collections.abc import Iterator

from playground.advice.plan import Plan
from playground.advice.rule import Note, rule
from playground.experiment.fixes import Fix, SetEdit

USUAL = 32


@rule(
    "batch-norm with batch of 1",
    source="PyTorch: BatchNorm1d; Wu & He (2018)",
    link="https://arxiv.org/abs/1803.08494",
)
def batch_norm_of_one(plan: Plan) -> Iterator[Note]:
    """Its statistics are then the sample's own: of a table nothing is left but 0."""
    norms = [layer for layer in plan.layers if layer.type.startswith("BatchNorm")]
    if not norms or plan.data is None or not plan.data.batches or plan.data.last_batch != 1:
        return
    name = norms[0].name
    if plan.experiment.data.batch_size == 1:
        size = min(USUAL, max(2, plan.data.training_samples))
        yield Note(
            f"{name} sees one sample at a time",
            "It subtracts the mean of the batch, which is the sample itself: the sample is normalised away. "
            "The running statistics that evaluation uses never belong to what was trained.",
            "data/batch_size",
            norms[0].id,
            Fix(label=f"Set the batch size to {size}", edits=(SetEdit(where="data/batch_size", value=size),)),
        )
    else:
        yield Note(
            f"{name} gets a last batch of one sample",
            f"{plan.data.training_samples:,} training samples leave one over after batches of "
            f"{plan.experiment.data.batch_size:,}. A single sample has no mean and no variance of a batch.",
            "data/drop_last",
            norms[0].id,
            Fix(label="Turn drop_last on", edits=(SetEdit(where="data/drop_last", value=True),)),
        )
