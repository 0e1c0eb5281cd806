"""What `train()`, `eval()` and `no_grad()` change: dropout masks, batch statistics, the tape."""

from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.build import BuiltLayer
from playground.training.observe import evaluating
from playground.training.probes.recorder import StepRecord
from playground.training.probes.subject import Measure, Probe, Subject

ROWS, COLUMNS, UNITS = 8, 16, 64
MOST_LAYERS = 64
"""Layers that are shown."""

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def make(subject: Subject) -> Measure:
    """A `ModesView`."""
    built = subject.built
    differing = [
        (place, layer)
        for place, layer in enumerate(built.layers)
        if isinstance(layer.module, (nn.Dropout, *BATCH_NORMS))
    ][:MOST_LAYERS]

    def measure() -> dict[str, Any]:
        latest = subject.recorder.latest
        seen = latest is not None and latest.output is not None
        record = latest if seen else rehearsal(subject)
        x = built.x_held[:ROWS] if record is None or record.x is None else record.x[:ROWS]
        trained = None if record is None else record.output
        with evaluating(built.model), np.errstate(all="ignore"):
            with torch.enable_grad():
                taped = built.model(x)
            with torch.no_grad():
                plain = built.model(x)
        shown = None if trained is None else _shown(trained)
        return {
            "training": built.model.training,
            "rehearsed": not seen and record is not None,
            "step": record.step if record else subject.trainer.step,
            "difference": None if trained is None else difference(trained, taped),
            "outcomes": [
                {"mode": "train()", "output": shown, "grad_fn": None if trained is None else _node(trained)},
                {"mode": "eval()", "output": _shown(taped), "grad_fn": _node(taped)},
                {"mode": "no_grad()", "output": _shown(plain), "grad_fn": _node(plain)},
            ],
            "layers": [view(layer, place, record) for place, layer in differing],
        }

    return measure


def rehearsal(subject: Subject) -> StepRecord | None:
    """What the last batch goes through in train() now, where its step was not seen; null before the first,
    and where it cannot be taken (a batch norm refuses a single sample).

    Random numbers and running statistics are afterwards those of the run again.
    """
    trainer, built = subject.trainer, subject.built
    if trainer.x is None:
        return None
    record = StepRecord(trainer.step, trainer.samples, trainer.x, trainer.y)
    state = torch.get_rng_state()
    kept = [(buffer, np.array(buffer.numpy())) for buffer in built.model.buffers()]
    passed = trainer.x.clone()
    try:
        with torch.enable_grad(), np.errstate(all="ignore"):
            for place, layer in enumerate(built.layers):
                record.inputs.append(passed)
                record.random[place] = torch.get_rng_state()
                passed = layer.module(passed)
    except (RuntimeError, ValueError):
        return None
    finally:
        torch.set_rng_state(state)
        for buffer, values in kept:
            buffer.numpy()[...] = values
    record.output = passed
    return record


def difference(trained: torch.Tensor, taped: torch.Tensor) -> float:
    """The largest between the two, over the rows that both have."""
    with np.errstate(all="ignore"):
        return float(np.abs(trained.detach().numpy()[: len(taped)] - taped.detach().numpy()).max())


def _shown(output: torch.Tensor) -> np.ndarray:
    values = output.detach().numpy()[:ROWS]
    return values.reshape(len(values), -1)[:, :COLUMNS].astype(np.float32)


def _node(output: torch.Tensor) -> str | None:
    return None if output.grad_fn is None else output.grad_fn.name()


def view(layer: BuiltLayer, place: int, record: StepRecord | None) -> dict[str, Any]:
    """A `ModeLayer`."""
    nothing = dict.fromkeys(
        ("p", "kept", "mask", "momentum", "batches", "running_mean", "running_var", "batch_mean", "batch_var")
    )
    if isinstance(layer.module, nn.Dropout):
        known = {"kind": "dropout"} | dropout(layer.module, place, record)
    else:
        known = {"kind": "batch norm"} | batch_norm(layer.module, place, record)
    return {"id": layer.id, "name": layer.name} | nothing | known


def dropout(module: nn.Dropout, place: int, record: StepRecord | None) -> dict[str, Any]:
    """The mask that the recorded forward drew, made again from the state its random numbers had then."""
    if record is None or place not in record.random:
        return {"p": module.p}
    kept = mask(module.p, record.inputs[place], record.random[place])
    cut = kept.reshape(len(kept), -1)[:ROWS, :UNITS]
    return {"p": module.p, "kept": float(kept.mean()), "mask": cut.astype(np.uint8)}


def mask(p: float, input: torch.Tensor, state: Any) -> np.ndarray:
    """Which numbers dropout keeps of `input`, from a generator of its own in that state."""
    generator = torch.Generator()
    generator.set_state(state)
    return torch.rand(*input.shape, generator=generator).numpy() >= p


def batch_norm(module: Any, place: int, record: StepRecord | None) -> dict[str, Any]:
    """The running statistics, and those of the recorded batch."""
    tracked = module.num_batches_tracked
    known: dict[str, Any] = {
        "momentum": module.momentum,
        "batches": None if tracked is None else int(tracked.item()),
        "running_mean": _channels(module.running_mean),
        "running_var": _channels(module.running_var),
    }
    if record is None or place >= len(record.inputs):
        return known
    x = record.inputs[place].detach().numpy()
    others = (0, *range(2, x.ndim))
    return known | {
        "batch_mean": x.mean(axis=others)[:UNITS].astype(np.float32),
        "batch_var": x.var(axis=others)[:UNITS].astype(np.float32),
    }


def _channels(buffer: torch.Tensor | None) -> np.ndarray | None:
    return None if buffer is None else np.array(buffer.numpy()[:UNITS], np.float32)


PROBE = Probe(
    name="modes",
    title="train() and eval()",
    help="What differs between train(), eval() and no_grad(): dropout masks, batch statistics, the tape.",
    shown_in="Modes",
    make=make,
    interval=0.25,
    records=True,
)
