"""A regression on one number: the model as a line through the data."""

from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.observe import predict
from playground.training.probes.subject import Measure, Probe, Subject

POINTS = 128
STRAIGHT = (nn.Linear, nn.Flatten, nn.Dropout)
"""Layers whose composition is one straight line."""


def make(subject: Subject) -> Measure | None:
    """A `FitView`, for one input and a real value, in the units of the data."""
    built = subject.built
    prepared = built.prepared
    if prepared.facts.kind != "line" or prepared.facts.task != "regression":
        return None
    rows = prepared.rows(np.concatenate([prepared.x_train, prepared.x_validation]))
    margin = 0.05 * float(np.ptp(rows)) or 1.0
    x = np.linspace(rows.min() - margin, rows.max() + margin, POINTS)
    grid = torch.from_numpy(prepared.inputs(x[:, None]))
    is_straight = all(isinstance(layer.module, STRAIGHT) for layer in built.layers)

    def measure() -> dict[str, Any]:
        y = prepared.values(predict(built, grid)).reshape(POINTS)
        view: dict[str, Any] = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
        if is_straight:
            slope = float(y[-1] - y[0]) / float(x[-1] - x[0])
            view |= {"slope": slope, "intercept": float(y[0]) - slope * float(x[0])}
        return view

    return measure


PROBE = Probe(
    name="fit",
    title="Fit",
    help="A regression on one number: the model as a line through the data.",
    shown_in="Result",
    make=make,
)
