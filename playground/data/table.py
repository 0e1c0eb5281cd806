"""A CSV file as a data set: its columns, what of it is used, and its arrays."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from playground.data.csv_file import Options, read_options, rows_are
from playground.data.csv_steps import category_levels, class_indices, encode
from playground.data.declaration import Arrays
from playground.data.errors import DataError
from playground.data.steps import split
from playground.experiment.spec import CsvFile
from playground.protocol.replies import CsvColumn

MAX_CLASSES = 100
MAX_FEATURES = 4_096
MAX_CELLS = 10_000_000


@dataclass(frozen=True)
class Table:
    """A file as read: `options` are those of `pandas.read_csv`. The frame is shared: never write to it."""

    frame: pd.DataFrame
    options: Options
    notes: tuple[str, ...]

    def is_number(self, column: Any) -> bool:
        dtype = self.frame[column].dtype
        return is_numeric_dtype(dtype) and not is_bool_dtype(dtype)

    def columns(self) -> list[CsvColumn]:
        """Each column in words, in the file's order."""
        return [
            CsvColumn(
                name=str(name),
                kind="number" if self.is_number(name) else "category",
                missing=int(values.isna().sum()),
                distinct=int(values.nunique()),
                example=str(next(iter(values.dropna()), ""))[:80],
            )
            for name, values in self.frame.items()
        ]


@dataclass(frozen=True)
class Chosen:
    """What an experiment makes of a table: rows with a target, how they are split, features and classes."""

    frame: pd.DataFrame
    options: Options
    train: np.ndarray
    validation: np.ndarray
    numbers: tuple[str, ...]
    levels: dict[str, list[str]]
    classes: tuple[Any, ...]
    notes: tuple[str, ...]

    @property
    def features(self) -> list[str]:
        """The names of the columns that `encode` makes."""
        return [*self.numbers, *(f"{name} = {level}" for name in self.levels for level in self.levels[name])]

    @property
    def class_names(self) -> list[str]:
        """How the classes are shown: whole numbers without a decimal point."""
        return [f"{value:g}" if isinstance(value, float) else str(value) for value in self.classes]

    def arrays(self, csv: CsvFile) -> Arrays:
        """Features [rows, features], and int64 [rows] classes or float64 [rows, 1] values."""
        x = encode(self.frame, self.train, self.numbers, self.levels)
        target = self.frame[csv.target]
        if csv.task == "classification":
            return x, class_indices(target, self.classes)
        return x, target.to_numpy(np.float64)[:, None]


@lru_cache(maxsize=2)
def read_table(path: Path) -> Table:
    """The table in a file. Raises DataError for what is no table."""
    options, notes = read_options(path.read_bytes())
    try:
        frame = pd.read_csv(path, **options)
    except (ValueError, OverflowError) as error:
        raise DataError("data/csv", f"The file cannot be read as a table: {error}") from None
    return Table(cast(pd.DataFrame, frame), options, tuple(notes))


@lru_cache(maxsize=2)
def choose(path: Path, csv: CsvFile, seed: int, validation_share: float) -> Chosen:
    """The rows and columns that are used, split. Raises DataError where nothing can be learned from them."""
    table = read_table(path)
    if csv.target not in table.frame.columns:
        message = f"{csv.name} has no column {csv.target!r}"
        raise DataError("data/csv/target", message, f"choose one of {_listed(table.frame.columns)}")
    frame = table.frame.dropna(subset=[csv.target], ignore_index=True)
    classes = find_classes(table, frame, csv)
    used = [name for name in frame.columns if name != csv.target and name not in csv.ignored]
    if not used:
        message = f"No column of {csv.name} is left to learn from"
        raise DataError("data/csv/ignored", message, "use at least one")
    numbers = tuple(name for name in used if table.is_number(name))
    rng = np.random.default_rng(seed)
    train, validation = split(len(frame), validation_share, rng)
    levels = category_levels(frame, train, [name for name in used if name not in numbers])
    chosen = Chosen(frame, table.options, train, validation, numbers, levels, classes, ())
    features = len(chosen.features)
    if features > MAX_FEATURES or features * len(frame) > MAX_CELLS:
        message = f"{csv.name} makes {len(frame):,} rows of {features:,} features"
        most = f"at most {MAX_FEATURES:,} features and {MAX_CELLS:,} numbers are possible here"
        raise DataError("data/csv/ignored", f"{message}; {most}", "ignore some columns")
    return replace(chosen, notes=(*table.notes, *_notes(table, chosen, csv)))


def find_classes(table: Table, frame: pd.DataFrame, csv: CsvFile) -> tuple[Any, ...]:
    """The classes of the target, sorted; none for a regression."""
    if len(frame) < 2:
        raise DataError("data/csv/target", f"{csv.target!r} has {len(frame)} values: too few to learn from")
    if csv.task == "regression":
        if not table.is_number(csv.target):
            raise DataError("data/csv/task", f"{csv.target!r} holds no numbers", "choose classification")
        if not frame[csv.target].abs().lt(1e30).all():
            raise DataError("data/csv/target", f"{csv.target!r} holds numbers beyond ±1e30", "choose another")
        return ()
    classes = sorted(frame[csv.target].unique().tolist())
    if not 2 <= len(classes) <= MAX_CLASSES:
        values = "only one value" if len(classes) == 1 else f"{len(classes):,} different values"
        message = f"{csv.target!r} has {values}: classes are 2 to {MAX_CLASSES}"
        fix = "choose another target" + (" or regression" if table.is_number(csv.target) else "")
        raise DataError("data/csv/target", message, fix)
    return tuple(classes)


def _notes(table: Table, chosen: Chosen, csv: CsvFile) -> list[str]:
    """What was done about gaps and categories, in words."""
    notes: list[str] = []
    if gaps := len(table.frame) - len(chosen.frame):
        notes.append(f"{rows_are(gaps)} left out: {csv.target!r} is missing.")
    for name in chosen.numbers:
        missing = int(chosen.frame[name].isna().sum())
        beyond = int((chosen.frame[name].abs() >= 1e30).sum())
        counts = [f"{missing:,} missing"] * (missing > 0) + [f"{beyond:,} beyond ±1e30"] * (beyond > 0)
        if counts:
            notes.append(f"{name!r}: {' and '.join(counts)}, replaced by the median of the training rows.")
    for name, levels in chosen.levels.items():
        distinct = int(chosen.frame[name].nunique())
        rare = f", of {distinct:,} values" if distinct > len(levels) else ""
        gap = " Missing is one of them." if "missing" in levels and chosen.frame[name].isna().any() else ""
        notes.append(f"{name!r}: one column for each of {len(levels)} categories{rare}.{gap}")
    return notes


def _listed(names: Iterable[object]) -> str:
    """The first names of many, for a message."""
    words = [repr(str(name)) for name in names]
    return ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
