"""Some held-out samples with the model's answer."""

from typing import Any

import numpy as np

from playground.training.evaluate import classes, probabilities
from playground.training.observe import predict
from playground.training.probes.pack import pictures
from playground.training.probes.subject import Measure, Probe, Subject

SAMPLES = 24


def make(subject: Subject) -> Measure | None:
    """A `PredictionsView`, for images and tables; the plane and the line show every answer anyway."""
    built = subject.built
    prepared = built.prepared
    if prepared.facts.kind not in ("image", "table"):
        return None
    x = built.x_held[:SAMPLES]
    truth = built.y_held.numpy()[:SAMPLES].reshape(-1)
    is_regression = prepared.facts.task == "regression"
    shown = prepared.values(truth) if is_regression else truth
    images = pictures(x.numpy()) if prepared.facts.kind == "image" else None

    def measure() -> dict[str, Any]:
        output = predict(built, x)
        view: dict[str, Any] = {"images": images, "truth": shown.astype(np.float32)}
        if is_regression:
            predicted = prepared.values(output).reshape(-1)
            return view | {"predicted": predicted.astype(np.float32), "confidence": None}
        with np.errstate(all="ignore"):
            sure = probabilities(output, built).max(axis=1)
        predicted = classes(output, built)
        return view | {"predicted": predicted.astype(np.float32), "confidence": sure.astype(np.float32)}

    return measure


PROBE = Probe(
    name="predictions",
    title="Predictions",
    help="Some held-out samples with the model's answers.",
    shown_in="Result",
    make=make,
)
