"""From a data setting to arrays: made, split, and scaled by what the training split alone shows.

One random generator, seeded with the data seed, first makes the samples and then splits them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground.data.declaration import Arrays, DataSet
from playground.data.errors import DataError
from playground.data.registry import DATASETS
from playground.data.steps import scaling, split
from playground.experiment.spec import Data
from playground.protocol.replies import DataFacts

FindFile = Callable[[str], Path | None]
STREAM_BLOCK = 256


@dataclass(frozen=True)
class Prepared:
    """A data set ready to train on.

    x: float32 [samples, *input_shape]; y: int64 [samples] classes or float32 [samples, 1] values.
    A streaming set has no training arrays. `mean` and `deviation` lead from the units of the data to
    those of the model, `target_mean` and `target_deviation` the same for the values of a regression.
    """

    facts: DataFacts
    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    mean: np.ndarray | float = 0.0
    deviation: np.ndarray | float = 1.0
    target_mean: float = 0.0
    target_deviation: float = 1.0
    notes: tuple[str, ...] = ()

    def inputs(self, rows: np.ndarray) -> np.ndarray:
        """Rows in the units of the data, [n, features], as the model takes them: float32 [n, *input_shape]."""
        scaled = (rows.astype(np.float64) - self.mean) / self.deviation
        return scaled.astype(np.float32).reshape(len(rows), *self.facts.input_shape)

    def rows(self, x: np.ndarray) -> np.ndarray:
        """The inverse of `inputs`: float64 [n, features]."""
        return x.reshape(len(x), -1).astype(np.float64) * self.deviation + self.mean

    def values(self, y: np.ndarray) -> np.ndarray:
        """Targets or outputs of a regression in the units of the data."""
        return y.astype(np.float64) * self.target_deviation + self.target_mean


def find(name: str) -> DataSet:
    """The data set of this name. Raises DataError at `data/name`."""
    if name not in DATASETS:
        raise DataError("data/name", f"There is no data set {name!r}", f"choose one of {', '.join(DATASETS)}")
    return DATASETS[name]


def facts(data: Data, files: FindFile) -> DataFacts:
    """What `prepare` would give, without making it. Raises DataError where it cannot be had."""
    declared = find(data.name)
    arguments = declared.arguments(data)
    if declared.streaming:
        training, validation = data.batch_size * data.steps_per_epoch, int(arguments["validation_samples"])
        batches, last = data.steps_per_epoch, data.batch_size
    else:
        samples = int(arguments.get("samples", declared.samples))
        train, held_out = split_sizes(samples, data.validation_share)
        training, validation = train, held_out
        batches, last = batch_sizes(training, data)
    return DataFacts(
        kind=declared.kind,
        task=declared.task,
        streaming=declared.streaming,
        input_shape=list(declared.input_shape),
        classes=list(declared.classes),
        features=list(declared.features),
        target=declared.target,
        training_samples=training,
        validation_samples=validation,
        batches=batches,
        last_batch=last,
    )


def draw(data: Data, rng: np.random.Generator, samples: int = STREAM_BLOCK) -> Arrays:
    """One block of a streaming set."""
    declared = find(data.name)
    arguments = declared.arguments(data)
    arguments.pop("validation_samples")
    assert declared.make is not None
    return declared.make(samples=samples, rng=rng, **arguments)


def prepare(data: Data, files: FindFile) -> Prepared:
    """The arrays of this setting. Raises DataError where they cannot be had."""
    known = facts(data, files)
    declared = find(data.name)
    rng = np.random.default_rng(data.seed)
    if declared.streaming:
        x, y = draw(data, rng, known.validation_samples)
        return Prepared(known, x[:0], y[:0], x, y)
    arguments = declared.arguments(data)
    standardize = arguments.pop("standardize", False)
    assert declared.make is not None
    x, y = declared.make(**arguments, rng=rng) if declared.source == "generated" else declared.make()
    train, validation = split(len(x), data.validation_share, rng)
    mean, deviation = scaling(x[train]) if standardize else (0.0, 1.0)
    x = ((x - mean) / deviation).astype(np.float32)
    return Prepared(known, x[train], y[train], x[validation], y[validation], mean, deviation)


def split_sizes(samples: int, validation_share: float) -> tuple[int, int]:
    """How many samples `split` trains on and holds out."""
    held_out = min(round(samples * validation_share), samples - 1)
    return samples - held_out, held_out


def batch_sizes(samples: int, data: Data) -> tuple[int, int]:
    """How many batches a DataLoader makes of `samples` in an epoch, and the size of the smallest.

    Each worker of an iterable set makes batches of its own share, so several can be short.
    """
    workers = data.num_workers if data.style == "iterable" and data.num_workers > 0 else 1
    shares = [len(range(worker, samples, workers)) for worker in range(workers)]
    sizes = [divmod(share, data.batch_size) for share in shares]
    short = [] if data.drop_last else [rest for _, rest in sizes if rest]
    return sum(full for full, _ in sizes) + len(short), min(short, default=data.batch_size)
