"""The proof: run the engine script as a program of its own and hold its losses against the run's.

What is executed is text that we wrote from a valid experiment: names of the catalog, and what a user typed
as literals only (a test holds any experiment's script to that). It runs in a worker process of its own, with
a worker's bounds on memory and time, in an empty folder that holds the script and its CSV.
"""

import contextlib
import io
import runpy
import shutil
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.prepare import facts
from playground.experiment.spec import Experiment
from playground.export.byhand import by_hand
from playground.export.script import script
from playground.jobs.channel import Channel
from playground.training.log import Deed


@dataclass(frozen=True)
class Comparison:
    """Two curves held against each other over their first `steps` steps.

    `difference` is the largest absolute one and `step` the first (from 1) where it occurs; None where the
    curves are equal, or where one is not a number and the other is.
    """

    steps: int
    equal: bool
    difference: float | None
    step: int | None


def compare(expected: Sequence[float | None], losses: Sequence[float | None]) -> Comparison:
    """Hold `losses` against what is `expected`; None stands for a loss that is no number."""
    a, b = _array(expected), _array(losses)
    steps = min(len(a), len(b))
    a, b = a[:steps], b[:steps]
    with np.errstate(invalid="ignore"):
        apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    if not apart.any():
        return Comparison(steps, equal=steps == len(expected), difference=0.0, step=None)
    worst = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
    largest = float(apart[worst])
    return Comparison(steps, False, largest if np.isfinite(largest) else None, worst + 1)


def job(
    experiment: Experiment, files: Mapping[str, Path], log: Sequence[Deed], steps: int
) -> dict[str, Any]:
    """The payload of a job that runs the first `steps` steps of the script of a run."""
    return {
        "experiment": experiment.model_dump(mode="json"),
        "files": {sha: str(path) for sha, path in files.items()},
        "log": [list(deed) for deed in log],
        "steps": steps,
    }


def run(payload: Mapping[str, Any], channel: Channel) -> dict[str, Any]:
    """The job: sends `{"steps": n}` as epochs pass; returns `losses`, with None for what is no number."""
    experiment = _with_plain_name(Experiment.model_validate(payload["experiment"]))
    files = {sha: Path(path) for sha, path in payload["files"].items()}
    batches = facts(experiment.data, files.get).batches
    epochs = min(experiment.training.epochs, -(-payload["steps"] // batches))
    done = by_hand([Deed.read(fields) for fields in payload["log"]])
    text = script(experiment, files.get, "engine", done, epochs=epochs).code
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        _lay_out(Path(folder), text, experiment, files)
        with contextlib.chdir(folder), contextlib.redirect_stdout(_Epochs(channel, batches)):
            # As `__main__`, so that the processes of a DataLoader find what the script defines.
            losses = _losses(Path(folder) / "script.py", payload["steps"])
    kept = losses[: payload["steps"]]
    return {"losses": [loss if np.isfinite(loss) else None for loss in kept]}


def _losses(path: Path, steps: int) -> list[float]:
    """What the script leaves. One that breaks later than the steps that are asked for has repeated them: its
    last epoch may go on beyond a divergence, which some losses refuse, as PyTorch's do."""
    try:
        left: list[float] = runpy.run_path(str(path), run_name="__main__")["losses"]
    except RuntimeError as error:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        mains = (f for f in frames if f.f_code.co_name == "main" and f.f_code.co_filename == str(path))
        left = next((frame.f_locals.get("losses", []) for frame in mains), [])
        if len(left) < steps:
            raise
    return left


def _with_plain_name(experiment: Experiment) -> Experiment:
    """The same with a CSV name of our own: what a user calls a file never reaches our file system."""
    csv = experiment.data.csv
    if csv is None:
        return experiment
    data = experiment.data.model_copy(update={"csv": csv.model_copy(update={"name": "data.csv"})})
    return experiment.model_copy(update={"data": data})


def _lay_out(folder: Path, text: str, experiment: Experiment, files: Mapping[str, Path]) -> None:
    (folder / "script.py").write_text(text, encoding="utf-8")
    if experiment.data.csv is not None:
        shutil.copyfile(files[experiment.data.csv.sha256], folder / experiment.data.csv.name)


class _Epochs(io.TextIOBase):
    """Where the script prints: each line is an epoch."""

    def __init__(self, channel: Channel, batches: int) -> None:
        self.channel, self.batches, self.lines = channel, batches, 0

    def write(self, text: str) -> int:
        if "\n" in text:
            self.lines += text.count("\n")
            self.channel.send({"steps": self.lines * self.batches})
        return len(text)


def _array(losses: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if loss is None else loss for loss in losses], dtype=np.float64)
