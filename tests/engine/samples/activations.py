"""Activations that are functions of the main namespace."""

from .sample import Sample, s, x

SAMPLES: dict[str, list[Sample]] = {
    "softmax": [s(x(2, 3), 1), s(x(2, 3), dim=0), s(x(), 0)],
    "log_softmax": [s(x(2, 3), 1), s(x(2, 3), dim=-2)],
}
