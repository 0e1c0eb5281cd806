"""How the numbers grew: the calls of the failing step, and the steps before it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.training.build import BuiltLayer
from playground.training.detective.culprit import Seen
from playground.training.detective.scene import number
from playground.training.norms import norm
from playground.training.probes.pack import figure
from playground.training.trainer import Trainer

MOST_CALLS = 40
GROWN = 10.0
"""Times that a number is larger than before, from which on it is said to have grown."""


@dataclass(frozen=True)
class Stepped:
    """One step: its loss, the norm of all gradients that it followed, the largest weight after it."""

    step: int
    loss: float
    gradient: float
    weight: float


def stepped(trainer: Trainer) -> Stepped:
    """The step that a trainer has just made."""
    parameters = list(trainer.built.model.parameters())
    gradients = [p.grad.numpy().astype(np.float64) for p in parameters if p.grad is not None]
    with np.errstate(all="ignore"):
        weight = max((float(np.abs(p.detach().numpy()).max()) for p in parameters if p.numel()), default=0.0)
    loss = math.nan if trainer.loss is None else trainer.loss
    return Stepped(trainer.step, loss, trainer.unclipped or norm(gradients), weight)


def layer(of: BuiltLayer | None) -> dict[str, Any] | None:
    """A `FoundLayer`."""
    return None if of is None else {"id": of.id, "name": of.name}


def chain(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """`ChainCall`s: the same call several times in a row is one, and of very many the last are told."""
    told: list[dict[str, Any]] = []
    for call in seen:
        last = told[-1] if told else None
        fields = {"phase": call.phase, "layer": layer(call.layer), "op": call.name}
        if last is not None and all(last[name] == value for name, value in fields.items()):
            last["times"] += 1
            if last["largest"] is not None:
                last["largest"] = number(max(last["largest"], call.largest))
        else:
            told.append({**fields, "largest": number(call.largest), "times": 1})
    return told[-MOST_CALLS:]


def before(steps: Iterable[Stepped]) -> list[dict[str, Any]]:
    """`ChainStep`s."""
    return [
        {
            "step": one.step,
            "loss": number(one.loss),
            "gradient": number(one.gradient),
            "weight": number(one.weight),
        }
        for one in steps
    ]


def grew(steps: Sequence[Stepped]) -> str:
    """What grew in the steps before, in a sentence; empty where nothing did."""
    if len(steps) < 2:
        return ""
    first, last = steps[0], steps[-1]
    grown = [
        (what, f"from {figure(a)} to {figure(b)}")
        for what, a, b in (
            ("the loss", first.loss, last.loss),
            ("the norm of the gradients", first.gradient, last.gradient),
            ("the largest weight", first.weight, last.weight),
        )
        if not b <= GROWN * abs(a)
    ]
    if not grown:
        return ""
    (what, much), *others = grown
    said = [f"{what} grew {much}", *(f"{other} {more}" for other, more in others)]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"Between step {first.step:,} and step {last.step:,} {listed}."
