"""Everything that is measured for the eye, one file each; `PROBES` is the list, and the catalog's too.

A probe makes null where a run has nothing of its kind. Probes look through `observe` and the `Recorder` only,
so that they change nothing: neither weights nor gradients nor running statistics nor random numbers.
"""

from playground.training.probes import (
    activations,
    advice,
    batch,
    boundary,
    confusion,
    filters,
    fit,
    layers,
    modes,
    neurons,
    optimizer,
    predictions,
    step,
)
from playground.training.probes.recorder import Recorder
from playground.training.probes.subject import Measure, Probe, Subject

PROBES: tuple[Probe, ...] = tuple(
    module.PROBE
    for module in (
        batch, layers, boundary, fit, confusion, predictions,
        step, activations, filters, neurons, optimizer, modes, advice,
    )
)  # fmt: skip

__all__ = ["PROBES", "Measure", "Probe", "Recorder", "Subject"]
