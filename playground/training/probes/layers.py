"""Each layer at this moment: norms, histograms of weights and gradients, a strip of its output."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.training.build import BuiltLayer
from playground.training.norms import norm
from playground.training.observe import outputs
from playground.training.probes.subject import Measure, Subject

BINS = 32
MOST_COUNTED = 50_000
"""Values of a larger layer are counted in equal strides: the picture is the same."""

ROWS, COLUMNS = 4, 32


def probe(subject: Subject) -> Measure:
    """A list of `LayerView`, one for each unmuted layer."""
    built = subject.built
    x = built.x_held[:ROWS]

    def measure() -> list[dict[str, Any]]:
        made = outputs(built.model, x)
        return [view(subject, layer, output) for layer, output in zip(built.layers, made, strict=True)]

    return measure


def view(subject: Subject, layer: BuiltLayer, output: np.ndarray) -> dict[str, Any]:
    """A `LayerView`."""
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
        "strip": output.reshape(len(output), -1)[:, :COLUMNS].astype(np.float32),
    }


def histogram(arrays: Sequence[np.ndarray]) -> dict[str, Any] | None:
    """A `Histogram` of all finite values, null where there are none. A single value gets a bin of width 1."""
    if not arrays:
        return None
    values = np.concatenate([array.reshape(-1) for array in arrays])
    values = values[:: 1 + len(values) // MOST_COUNTED]
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    places = ((values - low) * (BINS / (high - low))).astype(np.intp)
    counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    return {"low": low, "high": high, "counts": counts.astype(np.int32)}
