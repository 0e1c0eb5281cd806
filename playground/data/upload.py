"""What an uploaded CSV holds, and an experiment that could learn from it."""

import re

from playground.data.declaration import linear, preset
from playground.data.files import StoredCsv
from playground.data.table import MAX_CLASSES, Table, read_table
from playground.experiment.spec import CsvFile, Experiment
from playground.protocol.replies import CsvColumn, CsvReply, Task

TARGET_NAMES = ("target", "class", "label", "y", "species", "outcome", "price", "survived", "quality")
NUMBERING = re.compile(r"id|index|unnamed: 0|no\.?|#", re.IGNORECASE)
FEW = 20
STEPS = 2_000


def describe(stored: StoredCsv) -> CsvReply:
    """The columns of a file, a suggested target and preset. Raises DataError for what is no table."""
    table = read_table(stored.path)
    columns = table.columns()
    rows = len(table.frame)
    target = suggest_target(columns)
    task = suggest_task(table, target)
    reasons = {c.name: why_useless(c, rows) for c in columns if c is not target}
    useless = {name: reason for name, reason in reasons.items() if reason}
    notes = [f"{name!r} is left out at first: {reason}." for name, reason in useless.items()]
    csv = CsvFile(
        name=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        target=target.name,
        task=task,
        ignored=tuple(useless),
    )
    return CsvReply(
        name=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        rows=rows,
        columns=columns,
        target=target.name,
        task=task,
        notes=[*table.notes, *notes],
        preset=suggest_preset(csv, rows, target.distinct),
    )


def suggest_target(columns: list[CsvColumn]) -> CsvColumn:
    """The column with a usual name for a target, else the last one with at least two values."""
    named = {column.name.strip().lower(): column for column in columns if column.distinct > 1}
    for name in TARGET_NAMES:
        if name in named:
            return named[name]
    return next((column for column in reversed(columns) if _can_be_target(column)), columns[-1])


def suggest_task(table: Table, target: CsvColumn) -> Task:
    """Classes for text and for a few whole numbers, real values else."""
    if target.kind == "category":
        return "classification"
    values = table.frame[target.name].dropna()
    whole = bool((values % 1 == 0).all())
    return "classification" if whole and 2 <= target.distinct <= min(FEW, len(values) / 2) else "regression"


def why_useless(column: CsvColumn, rows: int) -> str | None:
    """Why a column cannot help to learn; None for one that may."""
    if column.distinct < 2:
        return "it never changes"
    if column.kind == "category" and column.distinct > max(FEW, 0.5 * (rows - column.missing)):
        return "nearly every row has a value of its own"
    if column.distinct == rows and NUMBERING.fullmatch(column.name):
        return "it only numbers the rows"
    return None


def suggest_preset(csv: CsvFile, rows: int, distinct: int) -> Experiment:
    """A small network with as many outputs as the target needs, trained for about two thousand steps."""
    classification = csv.task == "classification"
    outputs = max(2, distinct) if classification else 1
    epochs = max(2, min(200, round(STEPS * 32 / (0.7 * rows))))
    return preset(
        "CSV",
        *(linear(32), "ReLU", linear(outputs)),
        loss="CrossEntropyLoss" if classification else "MSELoss",
        epochs=epochs,
        csv=csv,
    )


def _can_be_target(column: CsvColumn) -> bool:
    return column.distinct > 1 and (column.kind == "number" or column.distinct <= MAX_CLASSES)
