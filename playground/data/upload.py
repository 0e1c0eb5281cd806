"""What an uploaded CSV holds, and an experiment that could learn from it."""

from playground.data.declaration import linear, preset
from playground.data.files import StoredCsv
from playground.data.table import MAX_CLASSES, Table, read_table
from playground.experiment.spec import CsvFile, Experiment
from playground.protocol.replies import CsvColumn, CsvReply, Task

TARGET_NAMES = ("target", "class", "label", "y", "species", "outcome", "price", "survived", "quality")
FEW = 20
STEPS = 2_000


def describe(stored: StoredCsv) -> CsvReply:
    """The columns of a file, a suggested target and preset. Raises DataError for what is no table."""
    table = read_table(stored.path)
    columns = table.columns()
    rows = len(table.frame)
    target = suggest_target(columns)
    task = suggest_task(table, target)
    useless = [column for column in columns if column is not target and is_useless(column, rows)]
    notes = [
        *table.notes,
        *(f"{column.name!r} is left out at first: {_why(column)}." for column in useless),
    ]
    csv = CsvFile(
        name=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        target=target.name,
        task=task,
        ignored=tuple(column.name for column in useless),
    )
    return CsvReply(
        name=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        rows=rows,
        columns=columns,
        target=target.name,
        task=task,
        notes=notes,
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


def is_useless(column: CsvColumn, rows: int) -> bool:
    """Whether a column cannot help: constant, or text that is different in nearly every row."""
    return column.distinct < 2 or (
        column.kind == "category" and column.distinct > max(FEW, 0.5 * (rows - column.missing))
    )


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


def _why(column: CsvColumn) -> str:
    return "it never changes" if column.distinct < 2 else "nearly every row has a value of its own"
