"""Each layer at this moment: norms, histograms of weights and gradients, a strip of its output."""

from typing import Any

import numpy as np

from playground.training.build import BuiltLayer
from playground.training.norms import norm
from playground.training.observe import outputs
from playground.training.probes.pack import BINS, histogram, share, window
from playground.training.probes.subject import Measure, Probe, Subject

ROWS, COLUMNS = 4, 32


def make(subject: Subject) -> Measure:
    """A list of `LayerView`, one for each unmuted layer."""
    built = subject.built
    x = built.x_held[:ROWS]
    most = share(len(built.layers), 2 * BINS * len(subject.norms.latest))

    def measure() -> list[dict[str, Any]]:
        made = outputs(built.model, x)
        return [view(subject, layer, output, most) for layer, output in zip(built.layers, made, strict=True)]

    return measure


def view(subject: Subject, layer: BuiltLayer, output: np.ndarray, most: int) -> dict[str, Any]:
    """A `LayerView`, its strip of at most that many numbers."""
    norms = subject.norms.latest.get(layer.id)
    weights = [parameter.detach().numpy() for parameter in layer.module.parameters()]
    gradients = [p.grad.numpy() for p in layer.module.parameters() if p.grad is not None]
    return {
        "id": layer.id,
        "name": layer.name,
        "weight_norm": norm(weights) if weights else None,
        "gradient_norm": norm(gradients) if gradients else None,
        "update_ratio": norms.ratio if norms else None,
        "weights": histogram(weights),
        "gradients": histogram(gradients),
        "strip": window(output, most, ROWS, COLUMNS),
    }


PROBE = Probe(
    name="layers",
    title="Layers",
    help="Each layer's weights and gradients as histograms and norms, and a strip of its output.",
    shown_in="Network",
    make=make,
)
