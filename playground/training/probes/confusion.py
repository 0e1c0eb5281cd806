"""Which classes the model takes for which."""

from typing import Any

import numpy as np

from playground.training.evaluate import classes
from playground.training.observe import predict
from playground.training.probes.subject import Measure, Probe, Subject


def make(subject: Subject) -> Measure | None:
    """A `ConfusionView`, for classes."""
    built = subject.built
    if built.target == "real":
        return None
    names = built.prepared.facts.classes
    n = len(names)
    truth = built.y_held.numpy().reshape(-1).astype(np.int64)

    def measure() -> dict[str, Any]:
        predicted = classes(predict(built, built.x_held), built)
        counts = np.bincount(truth * n + predicted, minlength=n * n).reshape(n, n)
        return {"classes": names, "counts": counts.astype(np.int32), "of": built.held}

    return measure


PROBE = Probe(
    name="confusion",
    title="Confusion matrix",
    help="Which classes the model takes for which, on held-out samples.",
    shown_in="Result",
    make=make,
)
