"""From a data setting to arrays: made, split, and scaled by what the training split alone shows.

One random generator, seeded with the data seed, first makes the samples and then splits them.
`source.py` says the same as text; both call the functions that stand in exported scripts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.data.declaration import Arrays, DataSet
from playground.data.errors import DataError
from playground.data.registry import DATASETS
from playground.data.steps import scaling, split
from playground.experiment.spec import CsvFile, Data
from playground.protocol.replies import DataFacts

if TYPE_CHECKING:
    from playground.data.table import Chosen

FindFile = Callable[[str], Path | None]


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
        """Rows in the units of the data, [n, features], as the model takes them, [n, *input_shape]."""
        scaled = (rows.astype(np.float64) - self.mean) / self.deviation
        return scaled.astype(np.float32).reshape(len(rows), *self.facts.input_shape)

    def rows(self, x: np.ndarray) -> np.ndarray:
        """The inverse of `inputs`: float64 [n, features], to the figures that float32 has kept."""
        rows = x.reshape(len(x), -1).astype(np.float64) * self.deviation + self.mean
        if np.ndim(self.deviation) == 0:
            return rows
        last_figure = 10.0 ** (np.floor(np.log10(self.deviation)) - 5)
        return np.round(rows / last_figure) * last_figure

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
    known: dict[str, Any] = {
        "kind": declared.kind,
        "task": declared.task,
        "streaming": declared.streaming,
        "input_shape": list(declared.input_shape),
        "classes": list(declared.classes),
        "features": list(declared.features),
        "target": declared.target,
    }
    samples = declared.arguments(data).get("samples", declared.samples)
    if declared.source == "drawn":
        samples = len(data.points)
        known["classes"] = _drawn_classes(data)
    elif declared.source == "file":
        chosen, csv = open_file(data, files)
        samples = len(chosen.frame)
        known |= {
            "task": csv.task,
            "input_shape": [len(chosen.features)],
            "classes": chosen.class_names,
            "features": chosen.features,
            "target": csv.target,
        }
    if declared.source == "streamed":
        training = data.batch_size * data.steps_per_epoch
        validation = declared.arguments(data)["validation_samples"]
        batches, last = data.steps_per_epoch, data.batch_size
    else:
        training, validation = split_sizes(samples, data.validation_share)
        batches, last = batch_sizes(training, data)
    return DataFacts(
        **known, training_samples=training, validation_samples=validation, batches=batches, last_batch=last
    )


def prepare(data: Data, files: FindFile) -> Prepared:
    """The arrays of this setting. Raises DataError where they cannot be had."""
    known = facts(data, files)
    declared = find(data.name)
    rng = np.random.default_rng(data.seed)
    if declared.source == "streamed":
        x, y = draw(data, known.validation_samples, rng)
        return Prepared(known, x[:0], y[:0], x, y)
    notes: tuple[str, ...] = ()
    if declared.source == "file":
        chosen, csv = open_file(data, files)
        x, y = chosen.arrays(csv)
        train, validation, notes = chosen.train, chosen.validation, chosen.notes
    else:
        x, y = make(declared, data, rng)
        train, validation = split(len(x), data.validation_share, rng)
    units: dict[str, Any] = {}
    if standardized(declared, data):
        mean, deviation = scaling(x[train])
        x = (x - mean) / deviation
        units |= {"mean": mean, "deviation": deviation}
        if known.task == "regression":
            (mean,), (deviation,) = scaling(y[train])
            y = (y - mean) / deviation
            units |= {"target_mean": float(mean), "target_deviation": float(deviation)}
            notes += (f"The loss is in units of the target's deviation when training, {deviation:.4g}.",)
    x = x.astype(np.float32)
    y = y.astype(np.int64 if known.task == "classification" else np.float32)
    return Prepared(known, x[train], y[train], x[validation], y[validation], **units, notes=notes)


def make(declared: DataSet, data: Data, rng: np.random.Generator) -> Arrays:
    """All samples of a set that is generated, bundled or drawn, before they are split."""
    match declared.source:
        case "generated":
            return declared.make(**declared.arguments(data), rng=rng)
        case "drawn":
            return declared.make([(point.x, point.y, point.label) for point in data.points])
        case _:
            return declared.make()


def draw(data: Data, samples: int, rng: np.random.Generator) -> Arrays:
    """A block of a streaming set."""
    declared = find(data.name)
    arguments = declared.arguments(data)
    del arguments["validation_samples"]
    return declared.make(samples=samples, rng=rng, **arguments)


def open_file(data: Data, files: FindFile) -> "tuple[Chosen, CsvFile]":
    """What this setting uses of its CSV file, and how. Raises DataError where that cannot be had."""
    if data.csv is None:
        raise DataError("data/csv", "No CSV file is chosen", "choose, drop or paste one")
    path = files(data.csv.sha256)
    if path is None:
        message = f"{data.csv.name} ({data.csv.size:,} bytes) is not on the server"
        raise DataError("data/csv", message, "choose the same file again; everything else is kept")
    from playground.data.table import choose  # pandas takes longer to load than all the rest

    return choose(path, data.csv, data.seed, data.validation_share), data.csv


def standardized(declared: DataSet, data: Data) -> bool:
    """Whether columns (and the values of a regression) are shifted and scaled."""
    if declared.source == "file":
        return data.csv is not None and data.csv.standardize
    return bool(declared.arguments(data).get("standardize", False))


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


def _drawn_classes(data: Data) -> list[str]:
    labels = {point.label for point in data.points}
    if len(labels) < 2:
        message = f"{len(data.points)} points of {len(labels)} classes are drawn"
        raise DataError("data/points", message, "draw points of at least two classes")
    return [f"class {label}" for label in range(max(labels) + 1)]
