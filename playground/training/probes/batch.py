"""The DataLoader, and the batch that the last phase worked on."""

from typing import Any

import numpy as np

from playground.training.probes.pack import pictures
from playground.training.probes.subject import Measure, Probe, Subject

ORDER = 1024
"""Positions of an epoch's order that are shown."""

ROWS, FEATURES = 64, 64
NUMBERS = 8192
"""Numbers in the rows that are shown."""


def make(subject: Subject) -> Measure:
    """A `BatchView`."""
    trainer, built = subject.trainer, subject.built
    data, facts = built.experiment.data, built.prepared.facts
    size = 0 if facts.streaming else facts.training_samples
    loader: dict[str, Any] = {
        "of": trainer.batches,
        "style": "stream" if facts.streaming else data.style,
        "shuffle": data.shuffle and data.style == "map" and not facts.streaming,
        "drop_last": data.drop_last,
        "workers": data.num_workers,
        "samples_in_set": size,
        "batch_size": data.batch_size,
        "last_size": facts.last_batch,
        "dropped": dropped(subject),
    }

    def measure() -> dict[str, Any]:
        x, y = trainer.x, trainer.y
        here = 0 if x is None else len(x)
        order, start = cut(subject)
        return loader | {
            "index": trainer.batch,
            "size": here or data.batch_size,
            "samples": trainer.samples,
            "epoch": trainer.epoch + (trainer.phase != "step" or trainer.batch + 1 < trainer.batches),
            "step": trainer.step,
            "samples_seen": trainer.samples_seen,
            "note": why_short(subject, here) if 0 < here < data.batch_size else "",
            "order": order,
            "order_start": start,
            "rows": None if x is None or y is None else rows(subject, x.numpy(), y.numpy()),
        }

    return measure


def dropped(subject: Subject) -> int:
    """Samples that `drop_last` leaves out of every epoch."""
    data, facts = subject.built.experiment.data, subject.built.prepared.facts
    if not data.drop_last or facts.streaming:
        return 0
    return facts.training_samples - facts.batches * data.batch_size


def cut(subject: Subject) -> tuple[np.ndarray | None, int]:
    """The part of this epoch's order that the current batch lies in, and where that begins."""
    trainer, order = subject.trainer, subject.built.order
    if order is None or not len(order.positions) or trainer.x is None:
        return None, 0
    place = trainer.batch * subject.built.experiment.data.batch_size
    last = max(0, len(order.positions) - ORDER)
    start = min(last, max(0, place - ORDER // 4))
    return order.positions[start : start + ORDER], start


def why_short(subject: Subject, here: int) -> str:
    """In a sentence, why a batch has fewer samples than the others."""
    data, facts = subject.built.experiment.data, subject.built.prepared.facts
    samples, size = facts.training_samples, data.batch_size
    if data.style == "iterable" and data.num_workers > 1:
        return (
            f"{data.num_workers} workers share the {samples:,} samples, and {here} are left at the end of "
            f"one worker's share. drop_last would leave them out."
        )
    return (
        f"{samples:,} samples = {samples // size:,} × {size:,} + {here:,}: the last batch of an epoch has "
        f"what is left. drop_last would leave it out."
    )


def rows(subject: Subject, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """A `BatchRows` of a batch as the model gets it."""
    prepared = subject.built.prepared
    count = max(1, min(ROWS, NUMBERS // max(1, int(np.prod(x.shape[1:])))))
    first, target = x[:count], y[:count].reshape(min(count, len(y)), -1)[:, 0]
    is_image = prepared.facts.kind == "image"
    values = prepared.values(target) if prepared.facts.task == "regression" else target
    return {
        "x": None if is_image else prepared.rows(first)[:, :FEATURES].astype(np.float32),
        "images": pictures(first) if is_image else None,
        "y": values.astype(np.float32),
    }


PROBE = Probe(
    name="batch",
    title="Batch",
    help="The DataLoader: the sampler's order, its batches, and the samples of the current one.",
    shown_in="Batch",
    make=make,
)
