"""All samples together, and as test parameters."""

from __future__ import annotations

import pytest

from . import (
    activations,
    also,
    arranged,
    core,
    fewer,
    more_special,
    orders,
    places,
    shapes,
    solvers,
    special,
    updates,
)
from .sample import Sample

SAMPLES: dict[str, list[Sample]] = {}
for module in (
    activations, also, arranged, core, fewer, more_special, orders, places, shapes, solvers, special, updates,
):
    SAMPLES.update(module.SAMPLES)

CASES = [
    pytest.param(name, sample, id=f"{name}-{i}")
    for name, samples in sorted(SAMPLES.items())
    for i, sample in enumerate(samples)
]
