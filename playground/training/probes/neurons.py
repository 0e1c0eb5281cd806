"""A small dense network over the plane, unit by unit: what each one says where, and what its edges weigh."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.build import BuiltLayer
from playground.training.observe import outputs
from playground.training.probes.boundary import ranges
from playground.training.probes.pack import MOST_BYTES
from playground.training.probes.subject import Measure, Probe, Subject

LAYERS, UNITS = 8, 32
"""The largest network that is drawn."""

SIZES = ((32, 24), (32, 16), (32, 12), (24, 12), (16, 12))
"""Units of a layer that are shown, and points along a side of a unit's picture: the first that fit."""

UNIT_BY_UNIT = (
    nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.Dropout, nn.BatchNorm1d, nn.Identity,
)  # fmt: skip
"""Layers whose units are those of the Linear before them."""


@dataclass(frozen=True)
class Dense:
    """A Linear layer, and the place of the last layer before the next one: there its units are looked at."""

    layer: BuiltLayer
    seen: int


def make(subject: Subject) -> Measure | None:
    """A `NeuronsView`, for data in the plane and a model that is small and dense."""
    built = subject.built
    dense = network(built.layers)
    if built.prepared.facts.kind != "plane" or dense is None:
        return None
    most, side = fitting([int(each.layer.module.out_features) for each in dense])
    x_range, y_range = ranges(subject)
    x, y = np.meshgrid(np.linspace(*x_range, side), np.linspace(*y_range, side)[::-1])
    grid = built.prepared.inputs(np.stack([x.ravel(), y.ravel()], axis=1))
    plane: dict[str, Any] = {
        "x": list(x_range),
        "y": list(y_range),
        "features": built.prepared.facts.features,
        "input_pictures": pictures(grid, side, 2)[0],
    }

    def measure() -> dict[str, Any]:
        made = outputs(built.model, torch.from_numpy(grid))
        return plane | {"layers": [view(built.layers, each, made[each.seen], side, most) for each in dense]}

    return measure


def network(layers: tuple[BuiltLayer, ...]) -> list[Dense] | None:
    """The Linear layers of a model that has besides only layers that keep units apart; null for any other."""
    found: list[Dense] = []
    for place, layer in enumerate(layers):
        if isinstance(layer.module, nn.Linear):
            found.append(Dense(layer, place))
        elif found and isinstance(layer.module, UNIT_BY_UNIT):
            found[-1] = Dense(found[-1].layer, place)
        elif not isinstance(layer.module, nn.Flatten):
            return None
    small = all(each.layer.module.out_features <= UNITS for each in found)
    return found if 0 < len(found) <= LAYERS and small else None


def fitting(units: list[int]) -> tuple[int, int]:
    """How many units of each layer are shown, and how large, so that a view keeps to its bound."""
    for most, side in SIZES:
        shown = [2, *(min(most, count) for count in units)]
        edges = sum(8 * out * (into + 1) for into, out in pairwise(shown))
        if edges + sum(shown) * (side**2 + 4) <= MOST_BYTES:
            return most, side
    return SIZES[-1]


def view(
    layers: tuple[BuiltLayer, ...], dense: Dense, output: np.ndarray, side: int, most: int
) -> dict[str, Any]:
    """A `NeuronLayer`."""
    module = dense.layer.module
    images, scale = pictures(output, side, most)
    weight, bias = module.weight, module.bias
    last = layers[dense.seen]
    return {
        "id": dense.layer.id,
        "name": dense.layer.name,
        "activation": "" if last is dense.layer else last.name,
        "units": int(module.out_features),
        "pictures": images,
        "scale": scale,
        "weight": _first(weight.detach(), most),
        "weight_gradient": None if weight.grad is None else _first(weight.grad, most),
        "bias": None if bias is None else _first(bias.detach(), most),
        "bias_gradient": None if bias is None or bias.grad is None else _first(bias.grad, most),
    }


def _first(tensor: torch.Tensor, most: int) -> np.ndarray:
    return np.array(tensor.numpy()[(slice(most),) * tensor.ndim], np.float32)


def pictures(output: np.ndarray, side: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Of outputs [side², units]: u1 [units, side, side] around 128, and what 127 stands for, f4 [units]."""
    units = np.nan_to_num(output[:, :most]).T.astype(np.float32)
    scale = np.abs(units).max(axis=1)
    levels = units * (127 / np.where(scale > 0, scale, 1))[:, None] + 128
    return levels.round().astype(np.uint8).reshape(-1, side, side), scale.astype(np.float32)


PROBE = Probe(
    name="neurons",
    title="Network",
    help="Each unit's own picture over the plane, and the weights and gradients of the edges between units.",
    shown_in="Network drawing",
    make=make,
    interval=0.1,
)
