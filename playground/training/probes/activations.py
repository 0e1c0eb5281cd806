"""What each layer makes of a batch of held-out samples, how that changes, and how gradients come through."""

import math
from typing import Any

import numpy as np

from engine import nn
from playground.training.build import BuiltLayer
from playground.training.observe import with_gradients
from playground.training.probes.pack import BINS, extent, histogram, rms
from playground.training.probes.subject import Measure, Probe, Subject

SAMPLES = 128
MOST_NUMBERS = 2**21
"""Numbers in all outputs for the probe batch together."""

UNITS = 256
TIMES = 48
HISTORY_BYTES = 40_000
VANISHED = 1e-3
"""A gradient that is this share of a later layer's is as good as none."""

SATURATES: dict[type[Any], tuple[float, float]] = {nn.Tanh: (-0.95, 0.95), nn.Sigmoid: (0.025, 0.975)}
"""Beyond these, an output is in the outer 2.5 % of its range, where the slope is nearly 0."""


class History:
    """A layer's histograms over the whole time that somebody watched; halves its resolution when full."""

    def __init__(self, most: int) -> None:
        self._most = max(2, most)
        self._apart = 1
        self._rows: list[tuple[int, float, float, np.ndarray]] = []

    def add(self, step: int, found: dict[str, Any] | None) -> None:
        """Note a `Histogram` at a step, unless the last one is too near."""
        if found is None or (self._rows and step < self._rows[-1][0] + self._apart):
            return
        counts = found["counts"]
        scaled = np.ceil(counts * (255 / max(1, counts.max()))).astype(np.uint8)
        self._rows.append((step, found["low"], found["high"], scaled))
        if len(self._rows) > self._most:
            self._rows = self._rows[::2]
            span = self._rows[-1][0] - self._rows[0][0]
            self._apart = max(self._apart, span // max(1, len(self._rows) - 1))

    def view(self, step: int) -> dict[str, Any] | None:
        """An `ActivationHistory` up to a step, null where there is nothing."""
        rows = [row for row in self._rows if row[0] <= step]
        if not rows:
            return None
        steps, low, high, counts = zip(*rows, strict=True)
        return {
            "steps": np.array(steps, np.int32),
            "low": np.array(low, np.float32),
            "high": np.array(high, np.float32),
            "counts": np.stack(counts),
        }


def make(subject: Subject) -> Measure:
    """An `ActivationsView`."""
    built = subject.built
    numbers = sum(math.prod(layer.output_shape[1:]) for layer in built.layers)
    samples = min(len(built.x_held), max(2, min(SAMPLES, MOST_NUMBERS // numbers)))
    x, y = built.x_held[:samples], built.y_held[:samples]
    most = min(TIMES, HISTORY_BYTES // ((BINS + 12) * max(1, len(built.layers))))
    histories = [History(most) for _ in built.layers]

    def measure() -> dict[str, Any]:
        made, gradients = with_gradients(built, x, y)
        views = []
        for layer, output, gradient, history in zip(built.layers, made, gradients, histories, strict=True):
            found = histogram([output])
            history.add(subject.trainer.step, found)
            shown = {"histogram": found, "history": history.view(subject.trainer.step)}
            views.append(view(layer, output, gradient) | shown)
        return {"samples": samples, "layers": views, "vanishing": vanishing(built.layers, views)}

    return measure


def view(layer: BuiltLayer, output: np.ndarray, gradient: np.ndarray | None) -> dict[str, Any]:
    """An `ActivationLayer` without its histograms."""
    left = [p.grad.numpy() for p in layer.module.parameters() if p.grad is not None]
    units = dead_units(layer.module, output)
    low, high = extent([output])
    with np.errstate(all="ignore"):
        return {
            "id": layer.id,
            "name": layer.name,
            "shape": list(output.shape),
            "low": low,
            "high": high,
            "mean": float(output.mean()),
            "std": float(output.std()),
            "zero": float((output == 0).mean()),
            "dead": None if units is None else float(units.mean()),
            "dead_units": None if units is None else units[:UNITS].astype(np.uint8),
            "saturated": saturated(layer.module, output),
            "gradient": None if gradient is None else rms([gradient]),
            "weight_gradient": rms(left),
        }


def dead_units(module: nn.Module, output: np.ndarray) -> np.ndarray | None:
    """Of a ReLU, which units (of an image: channels) are zero for every sample."""
    if not isinstance(module, nn.ReLU) or output.ndim < 2:
        return None
    by_unit = output.reshape(len(output), -1) if output.ndim < 4 else np.moveaxis(output, 1, -1)
    return np.asarray((by_unit == 0).all(axis=tuple(range(by_unit.ndim - 1))))


def saturated(module: nn.Module, output: np.ndarray) -> float | None:
    """Of a Tanh or Sigmoid, the share of outputs where it is nearly flat."""
    bounds = SATURATES.get(type(module))
    if bounds is None:
        return None
    return float(((output < bounds[0]) | (output > bounds[1])).mean())


def vanishing(layers: tuple[BuiltLayer, ...], views: list[dict[str, Any]]) -> list[str]:
    """The ids of layers with parameters that hardly any of the gradient of later ones reaches."""
    found: list[str] = []
    most = 0.0
    for layer, view in zip(reversed(layers), reversed(views), strict=True):
        if view["gradient"] is None:
            continue
        most = max(most, view["gradient"])
        if view["gradient"] < VANISHED * most and list(layer.module.parameters()):
            found.insert(0, layer.id)
    return found


PROBE = Probe(
    name="activations",
    title="Activations",
    help="Each layer's activations on held-out samples: distribution now and over time, dead and saturated "
    "units, and the gradient that reaches the layer.",
    shown_in="Activations",
    make=make,
    interval=0.1,
)
