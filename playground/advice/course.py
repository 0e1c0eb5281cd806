"""Evidence of how a run goes: its curves so far, and its layers as they are at this step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from playground.advice.plan import Plan

MOST_WINDOWS = 64


@dataclass(frozen=True)
class Curve:
    """Steps and values, early to late; of a long run each value is the mean of several steps."""

    steps: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    values: np.ndarray = field(default_factory=lambda: np.empty(0))

    def since(self, step: int) -> "Curve":
        """What comes after that step."""
        start = int(np.searchsorted(self.steps, step, side="right"))
        return Curve(self.steps[start:], self.values[start:])

    def last(self, steps: int) -> np.ndarray:
        """The values of the last so many steps."""
        return self.since(int(self.steps[-1]) - steps).values if len(self.steps) else self.values

    def windows(self, steps: int) -> np.ndarray:
        """The median of each whole stretch of so many steps, counted from the end, early to late.

        Of a long curve the stretches are longer, so that there are at most `MOST_WINDOWS`.
        """
        if not len(self.steps):
            return self.values
        end, span = int(self.steps[-1]), int(self.steps[-1] - self.steps[0]) + 1
        steps = max(steps, -(-span // MOST_WINDOWS))
        count = span // steps
        edges = np.searchsorted(self.steps, [end - place * steps for place in range(count, -1, -1)], "right")
        pieces = [self.values[a:b] for a, b in pairwise(edges)]
        return np.array([np.median(piece) for piece in pieces if len(piece)])


@dataclass(frozen=True)
class LayerCourse:
    """One layer of a run, looked at with samples it was not shown in this step.

    `dead` is the share of a ReLU's `units` (an image's: channels) that are 0 for all samples. `gradient` is
    the root mean square of the loss's gradient with respect to its output, null where none arrives.
    `gradients` and `ratios` are the curves of its parameters' gradient norm, and of update ÷ weight norms.
    """

    id: str
    name: str
    where: str
    type: str
    parameters: int
    units: int = 0
    dead: float | None = None
    gradient: float | None = None
    gradients: Curve = Curve()
    ratios: Curve = Curve()


@dataclass(frozen=True)
class Course:
    """A run after `step` updates.

    `lr` holds since step `lr_since`. `constant` is the loss of the best answer that is the same for all
    samples, `losses` the training loss of each step, `held_out` the validation loss (empty where nothing is
    held out), `batches` those of an epoch. `muted` says that a person has silenced units.
    """

    plan: Plan
    step: int
    batches: int
    lr: float
    lr_since: int
    constant: float
    losses: Curve
    held_out: Curve
    layers: tuple[LayerCourse, ...]
    muted: bool = False

    @property
    def trained(self) -> Iterator[LayerCourse]:
        """The layers with parameters."""
        return (layer for layer in self.layers if layer.parameters)
