"""The engine's datasets over prepared arrays."""

from functools import partial

import numpy as np

import engine as torch
from engine.utils.data import IterableDataset, TensorDataset
from playground.data.declaration import Arrays
from playground.data.prepare import Prepared, draw
from playground.data.resumable import ResumableRows, ResumableStream
from playground.data.steps import column
from playground.experiment.spec import Data
from playground.protocol.replies import Target


def training_set(prepared: Prepared, data: Data, target: Target) -> IterableDataset | TensorDataset:
    """What the training DataLoader reads, for a loss whose `target` is of this kind.

    Every iterator over a streaming set begins its stream anew, so training takes one for all epochs.
    """
    if prepared.facts.streaming:
        return ResumableStream(partial(_block, data, target), data.seed)
    x, y = prepared.x_train, as_target(prepared.y_train, target)
    if data.style == "iterable":
        return ResumableRows(x, y)
    return TensorDataset(torch.from_numpy(x), torch.from_numpy(y))


def validation_set(prepared: Prepared, target: Target) -> TensorDataset:
    """The validation samples; empty where nothing is held out."""
    y = as_target(prepared.y_validation, target)
    return TensorDataset(torch.from_numpy(prepared.x_validation), torch.from_numpy(y))


def as_target(y: np.ndarray, target: Target) -> np.ndarray:
    """Prepared targets as a loss of this kind takes them: classes as a float column for "0/1"."""
    return column(y) if target == "0/1" else y


def _block(data: Data, target: Target, samples: int, rng: np.random.Generator) -> Arrays:
    x, y = draw(data, samples, rng)
    return x, as_target(y, target)
