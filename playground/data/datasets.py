"""The engine's datasets over prepared arrays. Exported scripts show the source of the classes."""

from collections.abc import Callable, Iterator

import numpy as np

import engine as torch
from engine.utils.data import Dataset, IterableDataset, TensorDataset, get_worker_info
from playground.data.declaration import Arrays
from playground.data.prepare import Prepared, draw
from playground.data.steps import column
from playground.experiment.spec import Data
from playground.protocol.replies import Target


class Rows(IterableDataset):
    """Samples one after the other; several workers share them out."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        self.x, self.y = x, y

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        for i in range(first, len(self.x), step):
            yield self.x[i], self.y[i]


class Stream(IterableDataset):
    """Endless samples, drawn in blocks when they are asked for; each worker draws its own."""

    def __init__(self, draw: Callable[[np.random.Generator], Arrays], seed: int) -> None:
        self.draw, self.seed = draw, seed

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, 1 + (worker.id if worker else 0)])
        while True:
            x, y = self.draw(rng)
            yield from zip(torch.from_numpy(x), torch.from_numpy(y), strict=True)


def targets(y: np.ndarray, target: Target) -> np.ndarray:
    """Prepared targets as a loss of this kind takes them: classes as a float column for "0/1"."""
    return column(y) if target == "0/1" else y


def training_set(prepared: Prepared, data: Data, target: Target) -> Dataset:
    """What the training DataLoader reads, for a loss whose `target` is of this kind.

    Every iterator over a streaming set begins its stream anew, so training takes one for all epochs.
    """
    if prepared.facts.streaming:

        def block(rng: np.random.Generator) -> Arrays:
            x, y = draw(data, rng)
            return x, targets(y, target)

        return Stream(block, data.seed)
    x, y = torch.from_numpy(prepared.x_train), torch.from_numpy(targets(prepared.y_train, target))
    return Rows(x, y) if data.style == "iterable" else TensorDataset(x, y)


def validation_set(prepared: Prepared, target: Target) -> TensorDataset:
    """The validation samples; empty where nothing is held out."""
    y = targets(prepared.y_validation, target)
    return TensorDataset(torch.from_numpy(prepared.x_validation), torch.from_numpy(y))
