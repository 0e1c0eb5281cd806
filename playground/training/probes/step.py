"""What each phase of a step changed: activations, the loss in full, gradients, weights and why they moved."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from playground.training.probes.loss import written
from playground.training.probes.pack import corner, share, window
from playground.training.probes.recorder import ParameterRecord, StepRecord
from playground.training.probes.subject import Measure, Probe, Subject
from playground.training.probes.update import terms

TERMS = 1024
"""Samples whose part of the loss is shown."""

EXPLAINED = 32
"""Parameters whose update is explained: those with the largest change of one element."""


def make(subject: Subject) -> Measure:
    """A `StepView`."""
    trainer, built = subject.trainer, subject.built
    names = [(layer, name) for layer in built.layers for name, _ in layer.module.named_parameters()]
    most = share(2 * len(built.layers) + 3 * len(names), TERMS)

    def measure() -> dict[str, Any]:
        number = trainer.step if trainer.phase == "step" else trainer.step + 1
        record = current(subject, number)
        is_new = trainer.phase in (None, "zero_grad")
        shown = record.step if record else number
        done = record is not None and record.finished
        return {
            "step": shown,
            "phase": "step" if done else trainer.phase,
            "backwards": record.backwards if record and done else trainer.backwards,
            "note": note(subject, record, number),
            "clipped": clipped(subject, record) if record and done else None,
            "recorded": record is not None or is_new,
            "layers": list(layers(subject, record, most)),
            "loss": None if record is None else loss(subject, record),
            "updates": updates(subject, record, most) if record and done else [],
        }

    return measure


def current(subject: Subject, number: int) -> StepRecord | None:
    """The record of step `number`; after a step that was not recorded, of the last one that was, whole.

    A step that begins again has none yet.
    """
    record, phase = subject.recorder.latest, subject.trainer.phase
    if record is None or phase is None:
        return None
    if record.step == number or (record.finished and (phase == "step" or subject.recorder.running())):
        return record
    return None


def note(subject: Subject, record: StepRecord | None, number: int) -> str:
    """In a sentence, what is out of the ordinary."""
    trainer = subject.trainer
    done = record is not None and record.finished
    backwards = record.backwards if record and done else trainer.backwards
    if done and record and all(kept.gradient is None for kept in record.parameters):
        return "step found no gradients, so nothing has changed: run backward before it."
    if backwards > 1:
        return (
            f"The gradients of {backwards} backwards have piled up, because zero_grad was not run between "
            f"them: step follows their sum."
        )
    if record and record.step < number:
        return f"Step {record.step:,} is the last that was recorded; the run is at step {trainer.step:,}."
    return ""


def clipped(subject: Subject, record: StepRecord) -> dict[str, Any] | None:
    """A `Clipped`, where the update began with that."""
    limit = subject.built.experiment.training.clip_norm
    return None if limit is None else {"norm": record.unclipped, "limit": limit}


def layers(subject: Subject, record: StepRecord | None, most: int) -> Iterator[dict[str, Any]]:
    """A `StepLayer` for each layer. Gradients are those of this moment, or those the recorded step used."""
    outputs = record.outputs if record else []
    kept = {} if record is None else record.output_gradients
    found = iter(gradients(subject, record))
    for place, layer in enumerate(subject.built.layers):
        mine = [(name, next(found)) for name, _ in layer.module.named_parameters()]
        yield {
            "id": layer.id,
            "name": layer.name,
            "output": corner(outputs[place].detach().numpy(), most) if outputs else None,
            "output_gradient": corner(kept[place], most) if place in kept else None,
            "gradients": [
                {"name": name, "gradient": corner(gradient, most)}
                for name, gradient in mine
                if gradient is not None
            ],
        }


def gradients(subject: Subject, record: StepRecord | None) -> list[np.ndarray | None]:
    """The gradient of each parameter, in the order of the layers."""
    if record is not None and record.finished:
        return [kept.gradient for kept in record.parameters]
    return [None if p.grad is None else p.grad.numpy() for p in subject.built.model.parameters()]


def loss(subject: Subject, record: StepRecord) -> dict[str, Any] | None:
    """A `LossView`, null before the phase."""
    value = record.loss if record.finished else subject.trainer.loss
    if value is None or record.output is None or record.y is None:
        return None
    samples = record.samples if len(record.samples) else np.arange(len(record.y))
    return written(subject.built, record.output, record.y, samples, value, TERMS)


def updates(subject: Subject, record: StepRecord, most: int) -> list[dict[str, Any]]:
    """A `ParameterUpdate` for each parameter that had a gradient, in the order of the layers."""
    layers, limit = subject.built.layers, subject.built.experiment.training.clip_norm
    names = ((layer.id, name) for layer in layers for name, _ in layer.module.named_parameters())
    moved = [
        (update(layer, name, kept, most), kept)
        for (layer, name), kept in zip(names, record.parameters, strict=True)
        if kept.gradient is not None
    ]
    far = sorted(moved, key=lambda pair: -abs(pair[0]["new"] - pair[0]["old"]))[:EXPLAINED]
    for view, kept in far:
        kind = type(subject.built.optimizer).__name__
        shortened = limit is not None and record.unclipped is not None and not record.unclipped <= limit
        view["terms"] = terms(kind, kept, tuple(view["index"]), record.options, shortened)
    return [view for view, _ in moved]


def update(layer: str, name: str, kept: ParameterRecord, most: int) -> dict[str, Any]:
    """A `ParameterUpdate` that is not explained yet."""
    with np.errstate(all="ignore"):
        change = kept.after.astype(np.float64) - kept.before
        index = np.unravel_index(int(np.abs(change).argmax()), change.shape)
        return {
            "layer": layer,
            "name": name,
            "shape": list(change.shape),
            "index": [int(i) for i in index],
            "old": float(kept.before[index]),
            "new": float(kept.after[index]),
            "terms": [],
            "moved": float(np.sqrt((change**2).sum())),
            "changed": float((change != 0).mean()),
            "before": window(kept.before, most),
            "after": window(kept.after, most),
        }


PROBE = Probe(
    name="step",
    title="Step",
    help="What each phase changed: activations, the loss written out, gradients, weights and why they moved.",
    shown_in="Step",
    make=make,
    interval=0.1,
    records=True,
)
