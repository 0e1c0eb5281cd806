"""Weights as images, and what convolutions make of one sample."""

from typing import Any

import numpy as np

import engine as torch
from playground.training.build import BuiltLayer
from playground.training.observe import Chosen, outputs
from playground.training.probes.pack import extent, share
from playground.training.probes.subject import Measure, Probe, Subject

SIDE = 64
"""Rows and columns of a weight image."""

FILTERS, CHANNELS, KERNEL = 32, 4, 11
MAPS, MAP_SIDE = 16, 32


def make(subject: Subject) -> Measure | None:
    """A `FiltersView`, for models with a weight matrix, filters or feature maps."""
    built = subject.built
    shown = [
        place
        for place, layer in enumerate(built.layers)
        if weight_of(layer) is not None or len(layer.output_shape) == 4
    ]
    if not shown:
        return None
    most = share(2 * len(shown), MAP_SIDE**2)

    def measure() -> dict[str, Any]:
        sample, x = looked_at(subject)
        made = outputs(built.model, x)
        weights = {place: weight_of(built.layers[place]) for place in shown}
        maps = {place: made[place][0] if made[place].ndim == 4 else None for place in shown}
        low, high = extent([weight for weight in weights.values() if weight is not None])
        map_low, map_high = extent([each for each in maps.values() if each is not None])
        return {
            "sample": sample.index,
            "of": sample.split,
            "input": seen(x.numpy()[0]),
            "low": low,
            "high": high,
            "map_low": map_low,
            "map_high": map_high,
            "layers": [view(built.layers[place], weights[place], maps[place], most) for place in shown],
        }

    return measure


def looked_at(subject: Subject) -> tuple[Chosen, torch.Tensor]:
    """The chosen sample, or the first held-out one; and its inputs, [2, …] with those of the next sample.

    Batch norm without running statistics takes no single sample.
    """
    prepared = subject.built.prepared
    sample = subject.chosen() or Chosen(subject.built.held, 0)
    inputs = prepared.x_train if sample.split == "training" else prepared.x_validation
    return sample, torch.from_numpy(inputs[[sample.index, (sample.index + 1) % len(inputs)]])


def weight_of(layer: BuiltLayer) -> np.ndarray | None:
    """The weight matrix or filters of a layer, null where it has none."""
    weight = dict(layer.module.named_parameters()).get("weight")
    return weight.detach().numpy() if weight is not None and weight.ndim in (2, 4) else None


def seen(x: np.ndarray) -> np.ndarray:
    """A sample as the model gets it: an image's first channel, or the first features."""
    picture = x[0, :MAP_SIDE, :MAP_SIDE] if x.ndim == 3 else x.reshape(-1)[:SIDE]
    return np.asarray(picture, np.float32)


def view(
    layer: BuiltLayer, weight: np.ndarray | None, maps: np.ndarray | None, most: int
) -> dict[str, Any]:
    """A `FilterLayer` of at most twice `most` numbers."""
    low, high = extent([] if weight is None else [weight])
    map_low, map_high = extent([] if maps is None else [maps])
    kind = "maps" if weight is None else "matrix" if weight.ndim == 2 else "filters"
    return {
        "id": layer.id,
        "name": layer.name,
        "kind": kind,
        "weight": None if weight is None else fitting(weight, most),
        "weight_shape": [] if weight is None else list(weight.shape),
        "low": low,
        "high": high,
        "maps": None if maps is None else fitting(maps, most),
        "map_shape": [] if maps is None else list(maps.shape),
        "map_low": map_low,
        "map_high": map_high,
    }


def fitting(array: np.ndarray, most: int) -> np.ndarray:
    """The first rows and columns, or the first filters or maps whole; f4, at most `most` numbers."""
    if array.ndim == 2:
        columns = max(1, min(SIDE, array.shape[1], most))
        return array[: max(1, min(SIDE, most // columns)), :columns].astype(np.float32)
    if array.ndim == 3:
        array, first = array[:, :MAP_SIDE, :MAP_SIDE], MAPS
    else:
        array, first = array[:, :CHANNELS, :KERNEL, :KERNEL], FILTERS
    return array[: max(1, min(first, most // array[0].size))].astype(np.float32)


PROBE = Probe(
    name="filters",
    title="Filters and maps",
    help="Weights as images, and the feature maps of one held-out sample.",
    shown_in="Filters",
    make=make,
    interval=0.2,
)
