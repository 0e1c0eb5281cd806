"""The ways out that several rules offer."""

import math

from playground.advice.plan import Placed, Plan
from playground.experiment.fixes import Edit, Fix, InsertEdit, RemoveEdit, SetEdit

LEARNING_RATE = "optimizer/args/lr"
MOST_LETTERS = 40

MOST_NAMED = 3
"""Layers that a label names one by one."""


def remove(layer: Placed) -> Fix:
    """`Take out Softmax 1`; `Remove Softmax 1` is what the row's own button is called."""
    return Fix(label=f"Take out {layer.name}", edits=(RemoveEdit(layer=layer.id),))


def insert(type: str, *before: Placed) -> Fix:
    """`Insert ReLU before Linear 2 and Linear 3`."""
    *others, last = (layer.name for layer in before)
    where = f"{', '.join(others)} and {last}" if others else last
    if len(before) > MOST_NAMED:
        where = f"each of {len(before)} layers"
    edits = tuple(InsertEdit(before=layer.id, type=type) for layer in before)
    return Fix(label=f"Insert {type} before {where}", edits=edits)


def normalise(layer: Placed) -> Fix:
    """`Insert BatchNorm1d before Tanh 1`, for images `BatchNorm2d`."""
    return insert(batch_norm(layer), layer)


def batch_norm(layer: Placed) -> str:
    """The batch norm for what the layer is given."""
    return "BatchNorm2d" if len(layer.facts.input_shape) == 4 else "BatchNorm1d"


def standardize(plan: Plan) -> Fix | None:
    """`Turn Standardize on`, where the data come with a switch for it that is off."""
    data = plan.experiment.data
    if data.csv is not None and not data.csv.standardize:
        where = "data/csv/standardize"
    elif data.args.get("standardize") is False:
        where = "data/args/standardize"
    else:
        return None
    return Fix(label="Turn Standardize on", edits=(SetEdit(where=where, value=True),))


def learning_rate(lr: float, where: str = LEARNING_RATE) -> Fix:
    """`Set the learning rate to 0.003`, rounded to one figure; elsewhere `Set max_lr to 0.003`."""
    lr = one_figure(lr)
    name = "the learning rate" if where == LEARNING_RATE else where.rpartition("/")[2]
    edits: tuple[Edit, ...] = (SetEdit(where=where, value=lr),)
    return Fix(label=f"Set {name} to {lr:g}", edits=edits)


def called(name: str) -> str:
    """A name from somebody's file, as long as a title can bear."""
    return name if len(name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}…"


def number(value: float) -> str:
    """A size as one would write it: 101,300 or 0.00024."""
    return f"{float(f'{value:.4g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def one_figure(value: float) -> float:
    """A positive number to one significant figure: 0.00273 is 0.003."""
    return float(f"{value:.0e}") if math.isfinite(value) else value
