"""The size of each layer's weights, gradients and updates, on a step schedule that is part of the run."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from playground.training.blame import not_finite, weights_at_fault
from playground.training.build import BuiltLayer
from playground.training.trainer import DivergedError, Trainer

EVERY_STEP_UNTIL = 100
EVERY = 10
STATE_EVERY = 50
"""Steps between two looks at what is kept beside the weights, after the first hundred."""


def is_due(step: int) -> bool:
    """Whether update number `step` is measured: each of the first hundred, then every tenth."""
    return step <= EVERY_STEP_UNTIL or step % EVERY == 0


@dataclass(frozen=True)
class LayerNorms:
    """Euclidean norms over all parameters of a layer; `ratio` is the update's over the weights' before it.

    `gradient` is that of the gradients which the update followed: of clipped ones, where they are clipped.
    """

    weight: float
    gradient: float | None
    ratio: float | None


class Norms:
    """Measures around each update that is due. `latest` is by layer id, for layers with parameters."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._layers = [layer for layer in trainer.built.layers if list(layer.module.parameters())]
        self._before: dict[str, list[np.ndarray]] = {}
        self.latest = {layer.id: self._measured(layer) for layer in self._layers}
        optimizer = trainer.built.optimizer
        optimizer.register_step_pre_hook(lambda *_: self._remember())
        optimizer.register_step_post_hook(lambda *_: self._measure())

    def _remember(self) -> None:
        if is_due(self._trainer.step + 1):
            self._before = {
                layer.id: [parameter.detach().numpy().copy() for parameter in layer.module.parameters()]
                for layer in self._layers
            }

    def _measure(self) -> None:
        if self._before:
            self.latest = {layer.id: self._measured(layer) for layer in self._layers}
            self._before = {}

    def _measured(self, layer: BuiltLayer) -> LayerNorms:
        parameters = list(layer.module.parameters())
        weights = [parameter.detach().numpy() for parameter in parameters]
        gradients = [p.grad.numpy() for p in parameters if p.grad is not None]
        before = self._before.get(layer.id)
        ratio = None
        if before is not None:
            size = norm(before)
            moved = norm(now - then for now, then in zip(weights, before, strict=True))
            ratio = moved / size if size else None
        return LayerNorms(norm(weights), norm(gradients) if gradients else None, ratio)

    def points(self) -> dict[str, float]:
        """The latest values, by the names of their curves."""
        before = self._trainer.unclipped
        found = {} if before is None else {"gradient norm before clipping": before}
        for id, norms in self.latest.items():
            values = {
                "weight norm": norms.weight,
                "gradient norm": norms.gradient,
                "update ratio": norms.ratio,
            }
            found |= {f"{name}/{id}": value for name, value in values.items() if value is not None}
        return found

    def check(self) -> None:
        """Raises DivergedError where weights are not finite: their norm shows it; or, now and then, where the
        optimizer's state or a running statistic is not: with inf in it, a weight never moves again."""
        trainer, step = self._trainer, self._trainer.step
        overflown = not all(math.isfinite(norms.weight) for norms in self.latest.values())
        if overflown and weights_at_fault(trainer.built) is not None:
            raise trainer.diverged(f"Step {step} went wrong.")
        if step <= EVERY_STEP_UNTIL or step % STATE_EVERY == 0:
            found = not_finite(trainer.built)
            if found is not None:
                layer, what = found
                raise DivergedError(f"After step {step} {what} of {layer.name} is not finite.", layer)


def norm(arrays: Iterable[np.ndarray]) -> float:
    """The Euclidean norm of all numbers in `arrays` together; infinite where float32 squares overflow."""
    with np.errstate(all="ignore"):
        return math.sqrt(sum(float(np.vdot(array, array)) for array in arrays))
