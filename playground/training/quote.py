"""Tensors of a run as lines of PyTorch code, with their exact values."""

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

import engine as torch
from playground.training.build import BuiltLayer
from playground.training.observe import observing
from playground.training.trainer import Trainer

MOST_NUMBERS = 2000
"""Numbers of one tensor; of a larger one a corner is quoted."""

MOST_ROWS = 16
"""Rows of a batch that are sent through a layer."""

Answer = dict[str, Any]


def quote(trainer: Trainer, what: str, layer: str | None) -> Answer:
    """A `protocol.tensors.InspectReply`; an `error` where the run does not have what is asked for.

    `layer` is a layer's id or its name.
    """
    if trainer.x is None or trainer.y is None:
        return {"error": "There is no batch yet: take a step first."}
    if what == "batch":
        return _lines({"x": trainer.x, "y": trainer.y})
    found = next((each for each in trainer.built.layers if layer in (each.id, each.name)), None)
    if found is None:
        return {"error": f"The run has no layer {layer}."}
    return _lines(dict(_tensors(trainer, found)))


def _tensors(trainer: Trainer, layer: BuiltLayer) -> Iterator[tuple[str, torch.Tensor]]:
    """A layer's parameters and their gradients, and what it made of the first rows of the batch."""
    prefix = re.sub(r"\W+", "_", layer.name.lower())
    for name, parameter in layer.module.named_parameters():
        name = f"{prefix}_{name.replace('.', '_')}"
        yield name, parameter
        if parameter.grad is not None:
            yield f"{name}_grad", parameter.grad
    x = trainer.x
    with observing(trainer.built.model), torch.no_grad():
        x = None if x is None else x[:MOST_ROWS]
        for each in trainer.built.layers:
            output = each.module(x)
            if each is layer and x is not None:
                yield f"{prefix}_input", x
                yield f"{prefix}_output", output
                return
            x = output


def _lines(tensors: dict[str, torch.Tensor]) -> Answer:
    code, notes = [], []
    for name, tensor in tensors.items():
        array = tensor.detach().numpy()
        shown = array[_corner(array.shape)]
        if shown.size < array.size:
            note = f"{name} has shape {list(array.shape)}: its first {list(shown.shape)} are here"
            notes.append(note)
            code.append(f"# {note}")
        code.append(f"{name} = torch.tensor({_literal(shown)}{_dtype(array)})")
    return {"code": "\n".join([*code, ""]), "notes": notes}


def _corner(shape: tuple[int, ...]) -> tuple[slice, ...]:
    """As much of each dimension as keeps the whole small."""
    limit = max(shape, default=1)
    while math.prod(min(size, limit) for size in shape) > MOST_NUMBERS:
        limit -= max(1, limit // 20)
    return tuple(slice(limit) for _ in shape)


def _dtype(array: Any) -> str:
    return "" if array.dtype in (np.float32, np.int64, np.bool_) else f", dtype=torch.{array.dtype}"


def _literal(values: Any) -> str:
    if values.ndim:
        return f"[{', '.join(_literal(each) for each in values)}]"
    value = values.item()
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    brief = str(values)  # the shortest text of this type; rounded from float64 it is nearly always the same
    if isinstance(value, float) and np.dtype(values.dtype).type(float(brief)) == values:
        return brief
    return repr(value)
