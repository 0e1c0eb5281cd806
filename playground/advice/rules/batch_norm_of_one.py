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
    name, of_images = norms[0].name, norms[0].type == "BatchNorm2d"
    if plan.experiment.data.batch_size == 1:
        size = min(USUAL, max(2, plan.data.training_samples))
        yield Note(
            f"{name} sees one sample at a time",
            "It then normalises each image by that image's own mean, but in evaluation by running averages: "
            "what is tested is not what was trained."
            if of_images
            else "It subtracts the mean of the batch. That is the sample itself, so nothing is left of it "
            "but 0, and PyTorch stops with an error.",
            "data/batch_size",
            norms[0].id,
            Fix(label=f"Set the batch size to {size}", edits=(SetEdit(where="data/batch_size", value=size),)),
        )
    else:
        yield Note(
            f"{name} gets a last batch of one sample",
            f"{plan.data.training_samples:,} training samples leave one over after batches of "
            f"{plan.experiment.data.batch_size:,}. "
            + (
                "That image is normalised by its own mean and variance instead of a batch's."
                if of_images
                else "The mean of that batch is the sample itself: nothing is left but 0, and PyTorch stops "
                "with an error."
            ),
            "data/drop_last",
            norms[0].id,
            Fix(label="Turn drop_last on", edits=(SetEdit(where="data/drop_last", value=True),)),
        )
