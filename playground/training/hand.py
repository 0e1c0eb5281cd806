"""What a person changes in a model with their own hands: single weights, and units made silent."""

from collections.abc import Mapping, Sequence
from typing import Any

import engine as torch
from playground.training.build import BuiltLayer
from playground.training.log import Deed
from playground.training.muting import mute
from playground.training.trainer import Trainer


class CannotChange(Exception):  # noqa: N818 - said in a user's words
    """There is no such thing to change; the message says what there is."""


class Hand:
    """Changes the model of a run between two of its steps. A step under way begins again.

    `changes` counts what was changed, for who looks at the model. `muted` are the silent units by layer id.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._handles: dict[str, Any] = {}
        self.muted: dict[str, list[int]] = {}
        self.changes = 0

    def edit(self, name: str, index: Sequence[int], value: float) -> None:
        """Set one number of a parameter. Raises CannotChange."""
        parameter = dict(self._trainer.built.model.named_parameters()).get(name)
        if parameter is None:
            raise CannotChange(f"The model has no parameter {name}.")
        shape = tuple(parameter.shape)
        if len(index) != len(shape) or any(i >= size for i, size in zip(index, shape, strict=True)):
            raise CannotChange(f"{name} has the shape {list(shape)}: there is no element {list(index)}.")
        with torch.no_grad():
            parameter[tuple(index)] = value
        self._changed()

    def mute(self, id: str, unit: int, on: bool) -> BuiltLayer:
        """Make one unit of a layer silent, or let it speak again; the layer. Raises CannotChange."""
        layer = next((layer for layer in self._trainer.built.layers if layer.id == id), None)
        if layer is None:
            raise CannotChange("The model has no such layer.")
        units = layer.output_shape[1] if len(layer.output_shape) > 1 else 0
        if unit >= units:
            raise CannotChange(f"{layer.name} has {units:,} units: there is no unit {unit:,}.")
        silent = set(self.muted.get(id, ()))
        silent = silent | {unit} if on else silent - {unit}
        if id in self._handles:
            self._handles.pop(id).remove()
            del self.muted[id]
        if silent:
            self.muted[id] = sorted(silent)
            self._handles[id] = mute(layer.module, self.muted[id])
        self._changed()
        return layer

    def mute_only(self, muted: Mapping[str, Sequence[int]]) -> None:
        """Make exactly these units silent, by layer id."""
        for handle in self._handles.values():
            handle.remove()
        modules = {layer.id: layer.module for layer in self._trainer.built.layers}
        self.muted = {id: list(units) for id, units in muted.items()}
        self._handles = {id: mute(modules[id], units) for id, units in self.muted.items()}

    def do_again(self, deed: Deed) -> None:
        """Do what a person did before."""
        match deed.do, deed.value:
            case "set_lr", float(lr):
                self._trainer.lr = lr
            case "edit", float(value):
                self.edit(deed.what, deed.element, value)
            case ("mute" | "unmute"), _:
                layer = self._trainer.built.layers[int(deed.what)]
                self.mute(layer.id, deed.element[0], deed.do == "mute")

    def _changed(self) -> None:
        self.changes += 1
        self._trainer.begin_step_again()
