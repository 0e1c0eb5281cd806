"""What the model says over the plane on which the data lies."""

from typing import Any

import numpy as np

import engine as torch
from playground.training.evaluate import probabilities
from playground.training.observe import predict
from playground.training.probes.subject import Measure, Probe, Subject

SIDE, COARSE = 64, 32
"""Points along each side of the picture, and those where the model is too large to be asked for as many."""

LARGE = 200_000
"""Parameters of such a model."""

MARGIN = 0.15
"""How far the picture reaches beyond the data, as a share of its extent."""


def make(subject: Subject) -> Measure | None:
    """A `BoundaryView`, for data in the plane."""
    built = subject.built
    facts = built.prepared.facts
    if facts.kind != "plane":
        return None
    x_range, y_range = ranges(subject)
    side = SIDE if sum(parameter.numel() for parameter in built.model.parameters()) <= LARGE else COARSE
    x, y = np.meshgrid(np.linspace(*x_range, side), np.linspace(*y_range, side)[::-1])
    grid = torch.from_numpy(built.prepared.inputs(np.stack([x.ravel(), y.ravel()], axis=1)))

    def measure() -> dict[str, Any]:
        output = predict(built, grid)
        view: dict[str, Any] = {"x": list(x_range), "y": list(y_range)}
        if facts.task == "regression":
            return view | {"value": built.prepared.values(output).reshape(side, side).astype(np.float32)}
        with np.errstate(all="ignore"):
            sure = probabilities(output, built)
        return view | {
            "winner": sure.argmax(axis=1).reshape(side, side).astype(np.uint8),
            "confidence": np.nan_to_num(sure.max(axis=1)).reshape(side, side).astype(np.float32),
        }

    return measure


def ranges(subject: Subject) -> tuple[tuple[float, float], tuple[float, float]]:
    """The square around all samples, in the units of the data, with a margin."""
    prepared = subject.built.prepared
    rows = prepared.rows(np.concatenate([prepared.x_train, prepared.x_validation]))
    centre = (rows.min(axis=0) + rows.max(axis=0)) / 2
    half = float((rows.max(axis=0) - rows.min(axis=0)).max()) * (0.5 + MARGIN) or 1.0
    (x_low, y_low), (x_high, y_high) = centre - half, centre + half
    return (float(x_low), float(x_high)), (float(y_low), float(y_high))


PROBE = Probe(
    name="boundary",
    title="Decision boundary",
    help="What the model says over the plane on which the data lies.",
    shown_in="Result",
    make=make,
)
