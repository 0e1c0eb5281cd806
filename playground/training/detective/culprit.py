"""What the detective looks for: the call that gave the first number which is not finite."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from playground.protocol.requests import Phase
from playground.training.build import BuiltLayer

Part = Literal["forward", "derivative", "code", "update", "given"]
"""An op, an op's derivative, other code, an optimizer's update, a number that was there before."""


@dataclass(frozen=True)
class Seen:
    """One call of the step: its phase and layer, PyTorch's name for it, the largest size in its result."""

    phase: Phase
    layer: BuiltLayer | None
    name: str
    largest: float


@dataclass(frozen=True)
class Culprit:
    """The call that gave the first number which is not finite, out of numbers that were.

    `made` is its result, `result` what that is called, `index` the place of the first number in it that is
    not finite. `inputs` are by name what it got, `statics` its plain arguments, `op` the engine's own name,
    `wanted` the input whose gradient a derivative made, `text` the arithmetic where whoever saw it knew it.
    """

    phase: Phase
    layer: BuiltLayer | None
    part: Part
    name: str
    line: str
    op: str
    result: str
    made: np.ndarray
    index: tuple[int, ...]
    inputs: dict[str, np.ndarray]
    statics: dict[str, Any] = field(default_factory=dict)
    wanted: str = ""
    text: str = ""

    @property
    def value(self) -> float:
        """The number itself."""
        return float(self.made[self.index])


def first_bad(array: np.ndarray) -> tuple[int, ...]:
    """The place of the first number that is not finite."""
    place = int(np.argmin(np.isfinite(array)))
    return tuple(int(i) for i in np.unravel_index(place, array.shape))
