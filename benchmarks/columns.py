"""Tables with a column for each work, each measured by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.options import Options
from benchmarks.rounds import free


def by_work(module: str, options: Options, *arguments: str) -> dict[str, dict[str, str]]:
    """What ``python -m module WORK …`` prints; numpy's library chooses its kernels itself in there."""
    return {work: _asked([sys.executable, "-m", module, work, *arguments]) for work in options.only}


def table(columns: dict[str, dict[str, str]]) -> list[str]:
    """The lines of the table, with the rows of the first work before those that others have besides."""
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    head = [f"| | {' | '.join(columns)} |", "|" + "---|" * (len(columns) + 1)]
    return head + [f"| {row} | {' | '.join(column[row] for column in columns.values())} |" for row in rows]


def _asked(command: list[str]) -> dict[str, str]:
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=free())  # noqa: S603
    return dict(json.loads(run.stdout))
