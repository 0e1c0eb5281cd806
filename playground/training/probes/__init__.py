"""Everything that is measured for the eye, one file each; `PROBES` is the list, by name of the view.

A probe returns null where a run has nothing of its kind. Probes look through `observe` only, so that they
change nothing: neither weights nor running statistics nor random numbers.
"""

from collections.abc import Callable, Mapping

from playground.training.probes import batch, boundary, confusion, fit, layers, predictions
from playground.training.probes.subject import Measure, Subject

PROBES: Mapping[str, Callable[[Subject], Measure | None]] = {
    "batch": batch.probe,
    "layers": layers.probe,
    "boundary": boundary.probe,
    "fit": fit.probe,
    "confusion": confusion.probe,
    "predictions": predictions.probe,
}

__all__ = ["PROBES", "Measure", "Subject"]
