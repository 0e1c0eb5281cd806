"""The ways out that several rules offer."""

import math

from playground.advice.plan import Placed
from playground.experiment.fixes import Edit, Fix, InsertEdit, RemoveEdit, SetEdit

LEARNING_RATE = "optimizer/args/lr"
MOST_LETTERS = 40


def remove(layer: Placed) -> Fix:
    """`Take out Softmax 1`; `Remove Softmax 1` is what the row's own button is called."""
    return Fix(label=f"Take out {layer.name}", edits=(RemoveEdit(layer=layer.id),))


def insert(type: str, before: Placed) -> Fix:
    """`Insert ReLU before Linear 2`."""
    edit = InsertEdit(before=before.id, type=type)
    return Fix(label=f"Insert {type} before {before.name}", edits=(edit,))


def normalise(layer: Placed) -> Fix:
    """`Insert BatchNorm1d before Tanh 1`, for images `BatchNorm2d`."""
    return insert("BatchNorm2d" if len(layer.facts.input_shape) == 4 else "BatchNorm1d", before=layer)


def learning_rate(lr: float, where: str = LEARNING_RATE) -> Fix:
    """`Set the learning rate to 0.003`, rounded to one figure; elsewhere `Set max_lr to 0.003`."""
    lr = one_figure(lr)
    name = "the learning rate" if where == LEARNING_RATE else where.rpartition("/")[2]
    edits: tuple[Edit, ...] = (SetEdit(where=where, value=lr),)
    return Fix(label=f"Set {name} to {lr:g}", edits=edits)


def called(name: str) -> str:
    """A name from somebody's file, as long as a title can bear."""
    return name if len(name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}…"


def one_figure(value: float) -> float:
    """A positive number to one significant figure: 0.00273 is 0.003."""
    return float(f"{value:.0e}") if math.isfinite(value) else value
