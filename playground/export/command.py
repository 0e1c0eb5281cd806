"""The commands `playground train` and `playground export`: an experiment's JSON without the page."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.export.imports import Library
from playground.protocol.replies import Problem
from playground.protocol.wording import in_words
from playground.settings import Limits

FAILED = 1
INTERRUPTED = 130


class ExperimentError(Exception):
    """The experiment cannot be used; the message says why, one line a problem."""


def train(path: Path) -> int:
    """Train an experiment to its end with a progress bar; the exit status."""
    try:
        experiment, find = read(path)
    except ExperimentError as error:
        return _complain(error)
    from playground.export.headless import run

    try:
        return run(experiment, find)
    except KeyboardInterrupt:
        return INTERRUPTED


def export(path: Path, to: Library) -> int:
    """Print an experiment's script; the exit status."""
    try:
        experiment, find = read(path)
    except ExperimentError as error:
        return _complain(error)
    from playground.export.script import script

    sys.stdout.write(script(experiment, find, to).code)
    return 0


def read(path: Path) -> tuple[Experiment, Callable[[str], Path | None]]:
    """A valid experiment and how its CSV is found: beside it, by name and content.

    Raises ExperimentError.
    """
    try:
        experiment = Experiment.model_validate(json.loads(path.read_bytes()))
    except OSError as error:
        raise ExperimentError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        raise ExperimentError(_listed(path, in_words(error))) from None
    except (ValueError, RecursionError) as error:
        raise ExperimentError(f"{path}: this is no JSON: {error}") from None
    find = _beside(path, experiment)
    problems = [p for p in check(experiment, find, Limits()).problems if p.severity == "error"]
    if problems:
        raise ExperimentError(_listed(path, problems))
    return experiment, find


def _listed(path: Path, problems: list[Problem]) -> str:
    """One line a problem."""
    return "\n".join(
        f"{path}: {p.where or 'experiment'}: {p.message}" + (f" ({p.fix})" if p.fix else "") for p in problems
    )


def _beside(path: Path, experiment: Experiment) -> Callable[[str], Path | None]:
    """Finds the experiment's CSV in the folder of the experiment."""
    csv = experiment.data.csv
    if csv is None:
        return lambda _: None
    file = path.parent / Path(csv.name).name
    if not file.is_file():
        raise ExperimentError(f"{file}: this CSV is what the experiment trains on: put it there")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != csv.sha256:
        raise ExperimentError(f"{file}: this is another file than the experiment was made with")
    return {csv.sha256: file}.get


def _complain(error: ExperimentError) -> int:
    for line in str(error).splitlines():
        print(f"playground: {line}", file=sys.stderr)
    return FAILED
