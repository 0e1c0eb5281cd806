"""What the optimizer keeps for each layer, and how far it really goes."""

from typing import Any

import numpy as np

from playground.experiment.catalog import arguments
from playground.training.build import BuiltLayer
from playground.training.norms import norm
from playground.training.probes.pack import MOST_COUNTED
from playground.training.probes.recorder import ParameterRecord, StepRecord
from playground.training.probes.subject import Measure, Probe, Subject

HEALTHY = (1e-4, 1e-2)
HEALTHY_SOURCE = (
    "A rule of thumb: about 1e-3, says Stanford's CS231n (Neural Networks 3, “Ratio of weights:updates”); "
    "the band is a factor of ten to either side."
)


def make(subject: Subject) -> Measure:
    """An `OptimizerView`."""
    built = subject.built
    kind = built.experiment.optimizer.type
    options = [name for name in arguments(kind) if name != "lr"]

    def measure() -> dict[str, Any]:
        group = built.optimizer.param_groups[0]
        record = subject.recorder.latest
        done = record if record is not None and record.finished else None
        return {
            "type": kind,
            "lr": subject.trainer.lr,
            "options": {name: plain(group[name]) for name in options if name in group},
            "healthy": list(HEALTHY),
            "healthy_source": HEALTHY_SOURCE,
            "layers": [
                view(subject, layer, own(subject, layer, done))
                for layer in built.layers
                if list(layer.module.parameters())
            ],
        }

    return measure


def plain(value: Any) -> Any:
    """An option as JSON has it."""
    return [float(item) for item in value] if isinstance(value, tuple | list) else value


def own(subject: Subject, layer: BuiltLayer, record: StepRecord | None) -> list[ParameterRecord]:
    """What was recorded of a layer's parameters."""
    if record is None:
        return []
    ids = {id(parameter) for parameter in layer.module.parameters()}
    group = subject.built.optimizer.param_groups[0]["params"]
    return [kept for p, kept in zip(group, record.parameters, strict=True) if id(p) in ids]


def view(subject: Subject, layer: BuiltLayer, kept: list[ParameterRecord]) -> dict[str, Any]:
    """An `OptimizerLayer`."""
    parameters = list(layer.module.parameters())
    states = [subject.built.optimizer.state.get(parameter, {}) for parameter in parameters]
    names = dict.fromkeys(name for state in states for name, value in state.items() if name != "step")
    gradients = [p.grad.numpy() for p in parameters if p.grad is not None]
    steps = [int(state["step"]) for state in states if "step" in state]
    moved = norm(one.after - one.before for one in kept) if kept else None
    before = norm(one.before for one in kept)
    measured = subject.norms.latest[layer.id].ratio
    low, median, high = effective(kept)
    return {
        "id": layer.id,
        "name": layer.name,
        "steps": max(steps, default=subject.trainer.step),
        "state": {name: norm(state[name].numpy() for state in states if name in state) for name in names},
        "weight_norm": norm(parameter.detach().numpy() for parameter in parameters),
        "gradient_norm": norm(gradients) if gradients else None,
        "update_norm": moved,
        "update_ratio": moved / before if moved is not None and before else measured,
        "effective_low": low,
        "effective_median": median,
        "effective_high": high,
    }


def effective(kept: list[ParameterRecord]) -> tuple[float | None, float | None, float | None]:
    """The smallest, middle and largest |change| ÷ |gradient| over elements with a gradient."""
    parts = []
    with np.errstate(all="ignore"):
        for one in kept:
            if one.gradient is not None:
                apart = slice(None, None, 1 + one.after.size // MOST_COUNTED)
                after, before, gradient = (
                    array.reshape(-1)[apart] for array in (one.after, one.before, one.gradient)
                )
                ratio = np.abs(after.astype(np.float64) - before) / np.abs(gradient)
                parts.append(ratio[np.isfinite(ratio)])
    found = np.concatenate(parts) if parts else np.empty(0)
    if not found.size:
        return None, None, None
    return float(found.min()), float(np.median(found)), float(found.max())


PROBE = Probe(
    name="optimizer",
    title="Optimizer",
    help="What the optimizer keeps for each layer, its effective learning rate, and updates over weights.",
    shown_in="Optimizer",
    make=make,
    interval=0.2,
    records=True,
)
