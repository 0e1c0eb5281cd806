"""Evidence in the data itself, as the model is given it: worked out once for a run."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.advice.plan import Plan
from playground.protocol.replies import Target

MOST = 20_000
"""Samples that are measured; of more, equal strides."""


@dataclass(frozen=True)
class Samples:
    """Samples to train on, x [n, *input_shape] and y (n class numbers, or [n, 1] values), for a plan.

    `held` are the y of those held out.
    """

    plan: Plan
    x: np.ndarray
    y: np.ndarray
    held: np.ndarray

    @cached_property
    def columns(self) -> np.ndarray:
        """x as [values, features], of very many samples some; an image is a feature for each channel."""
        x = self.x[:: 1 + len(self.x) // MOST].astype(np.float64)
        if x.ndim <= 2:
            return x.reshape(len(x), -1)
        return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])

    @cached_property
    def size(self) -> np.ndarray:
        """The root mean square of each feature."""
        return np.asarray(np.sqrt((self.columns**2).mean(axis=0)))

    @cached_property
    def offset(self) -> np.ndarray:
        """How many of its deviations each feature's mean is away from 0; 0 for a constant feature."""
        mean, deviation = np.abs(self.columns.mean(axis=0)), self.columns.std(axis=0)
        constant = deviation <= 1e-6 * np.maximum(1.0, self.size)
        return np.asarray(np.where(constant, 0.0, mean / np.where(constant, 1.0, deviation)))

    @cached_property
    def counts(self) -> np.ndarray:
        """Samples of each class; empty for real values."""
        return self._counted(self.y)

    @cached_property
    def held_counts(self) -> np.ndarray:
        """The same of the samples held out."""
        return self._counted(self.held)

    def _counted(self, y: np.ndarray) -> np.ndarray:
        classes = 0 if self.plan.data is None else len(self.plan.data.classes)
        return np.bincount(y.reshape(-1), minlength=classes) if classes else np.empty(0, np.int64)


def constant_loss(
    y: np.ndarray,
    target: Target,
    loss: str,
    batch: int | None = None,
    weights: tuple[float, ...] | None = None,
) -> float:
    """The loss of the best answer that is the same for all samples: what a model has to beat.

    `batch` is the number of samples that are summed, null for their mean. `weights` say how much each class
    counts; of yes and no there is one, the yes's. Label smoothing is left aside.
    """
    if target == "real":
        values = y.astype(np.float64)
        each = np.abs(values - np.median(values)).mean() if loss == "L1Loss" else values.var()
    else:
        factors = np.array(((1.0, *weights) if target == "0/1" else weights) if weights else ())
        counts = np.bincount(y.astype(np.int64).reshape(-1), minlength=len(factors)).astype(np.float64)
        counts *= factors if weights else 1.0
        shares = counts / (counts.sum() or 1.0)
        each = -sum(share * math.log(share) for share in shares if share > 0)
        if target == "0/1" or batch is not None:  # a mean that is divided by the number of samples
            each *= counts.sum() / max(1, y.size)
    return float(each) * (batch or 1)
