"""How good the model is on what it was not trained on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import engine as torch
from engine import nn
from playground.data.datasets import as_target
from playground.training.build import Built
from playground.training.observe import compared, observing, predict, predicting

EVERY = 10
"""The fewest steps between two evaluations."""


JUDGED = 512
"""Samples on which a model is judged over and over."""


class Scores(NamedTuple):
    """`loss` is the criterion's; `metric` is accuracy in [0, 1] or R², which has no lower bound."""

    loss: float
    metric: float


def interval(batches: int) -> int:
    """Steps between evaluations: whole epochs, as many as have at least ten steps. Part of the run."""
    return batches * -(-EVERY // batches)


def evaluate(built: Built) -> Scores:
    """The scores on the held-out samples, or on the training samples where none are held out."""
    return scored(built, predict(built, built.x_held))


class Evaluation:
    """The same piece by piece, for a model that stays as it is until the last one."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._pieces = predicting(built, built.x_held)
        self._made: list[np.ndarray] = []
        self._left = len(built.x_held)

    def go_on(self) -> Scores | None:
        """Work on one more piece; the scores, once there is none left."""
        self._made.append(next(self._pieces))
        self._left -= len(self._made[-1])
        return None if self._left else scored(self._built, np.concatenate(self._made))


def judge(built: Built, model: nn.Module | None = None) -> Callable[[], float]:
    """The loss that a model (null: the run's) has at each call, always on the same few training samples.

    A batch's own loss says as much of the batch. Of a stream they are those held out.
    """
    if built.prepared.facts.streaming:
        x, y = built.x_held, built.y_held
    else:
        x = torch.from_numpy(built.prepared.x_train)
        y = torch.from_numpy(as_target(built.prepared.y_train, built.target))
    x, y, asked = x[:JUDGED], y[:JUDGED], model or built.model

    def loss() -> float:
        with observing(asked), np.errstate(all="ignore"):
            return float(compared(built, asked(x), y).item())

    return loss


def scored(built: Built, output: np.ndarray) -> Scores:
    """The scores of what the model says for the held-out samples."""
    with torch.no_grad(), np.errstate(all="ignore"):
        loss = float(compared(built, torch.from_numpy(output), built.y_held).item())
        truth = built.y_held.numpy()
        if built.target == "real":
            return Scores(loss, r2(truth, output))
        return Scores(loss, float((classes(output, built) == truth.reshape(len(truth))).mean()))


def classes(output: np.ndarray, built: Built) -> np.ndarray:
    """The class the model answers with, one for each row."""
    if built.target == "0/1":
        return (output.reshape(len(output)) > built.loss.threshold).astype(np.int64)
    return output.argmax(axis=1)


def probabilities(output: np.ndarray, built: Built) -> np.ndarray:
    """How sure the model is of each class, [rows, classes].

    The softmax of log-probabilities are their probabilities.
    """
    if built.target == "0/1":
        one = output.reshape(len(output), 1)
        if built.loss.takes == "scores":
            one = 1 / (1 + np.exp(-one))
        return np.concatenate([1 - one, one], axis=1)
    shifted = np.exp(output - output.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def r2(truth: np.ndarray, output: np.ndarray) -> float:
    """The share of the variance that is explained; NaN where there is none."""
    exact = truth.astype(np.float64)
    rest = ((exact - output) ** 2).sum()
    spread = ((exact - exact.mean()) ** 2).sum()
    return float(1 - rest / spread) if spread else float("nan")
