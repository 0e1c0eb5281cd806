"""Experiments over CSV files whose names are as hostile as names can be."""

import csv
import io
import keyword

from hypothesis import strategies as st

from playground.data.files import Files
from playground.experiment.spec import Chosen, CsvFile, Data, Experiment, Layer, Training

ROWS = 24
INJECTIONS = [
    '"); import os; os._exit(3); ("',
    "'); raise SystemExit(3)  # '",
    '"""',
    "'''",
    "\\",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "# comment",
    "line\nbreak",
    "frame['x']",
    "x_train",
    "torch",
    "\u2028",
    "é ☃ 😀",
    *keyword.kwlist,
]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)


MISSING = ("na", "nan", "null", "none", "n/a", "<na>", "true", "false", "?")


def _names_something(name: str) -> bool:
    """Not a number (then there would be no header), not what stands for a missing value, no space around."""
    return name == name.strip() and name.casefold() not in MISSING and not any(c.isdigit() for c in name)


HOSTILE = (st.sampled_from(INJECTIONS) | TEXT).filter(_names_something)
NAMES = st.lists(HOSTILE, min_size=6, max_size=6, unique_by=lambda name: name.strip().casefold())


def csv_experiment(files: Files, names: list[str], file_name: str, epochs: int = 2) -> Experiment:
    """Two number columns, a category with two values, a target with two classes: six names in all."""
    first, second, category, target, one, other = names
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([first, second, category, target])
    for i in range(ROWS):
        kind = f"{one if i % 3 else other} c"
        writer.writerow([i / 8, (i * 7 % 5) - 2.5, kind, one if i % 2 else other])
    stored = files.add("me", file_name, written.getvalue().encode())
    table = CsvFile(
        name=file_name, size=stored.size, sha256=stored.sha256, target=target, task="classification"
    )
    return Experiment(
        data=Data(name="CSV", csv=table, batch_size=8),
        layers=(Layer(id="last", type="Linear", args={"out_features": 2}),),
        loss=Chosen(type="CrossEntropyLoss"),
        optimizer=Chosen(type="SGD", args={"lr": 0.1}),
        training=Training(epochs=epochs),
    )
