"""Measure, print, and write the report: everything, or what is named.

    python -m benchmarks                            all of it, into docs/benchmarks.md and docs/benchmarks.svg
    python -m benchmarks steps --only W1 W6         some works, printed only
    python -m benchmarks steps --peers torch jax    beside some peers
"""

from __future__ import annotations

import argparse
import contextlib
import io
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import busy, calls, capturing, curves, display, footprint, loader, startup, steps
from benchmarks.contenders import CONTENDERS
from benchmarks.options import Options
from benchmarks.works import WORKS

SECTIONS: Mapping[str, Callable[[Options], list[str]]] = {
    "steps": steps.report, "busy": busy.report, "calls": calls.report, "capturing": capturing.report,
    "footprint": footprint.report, "curves": curves.report, "loader": loader.report,
    "startup": startup.report, "display": lambda options: printed(display.table, options.seconds),
}
NOTES = "## Where the time goes"
PEERS = tuple(name for name, contender in CONTENDERS.items() if contender.needs)


def printed(table: Callable[[float], None], seconds: float) -> list[str]:
    """The lines that a table prints."""
    with contextlib.redirect_stdout(io.StringIO()) as text:
        table(seconds)
    return text.getvalue().splitlines()


def parsed() -> tuple[list[str], Options]:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="section", help=f"which of {', '.join(SECTIONS)}")
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS), help="which works")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), help="beside whom")
    parser.add_argument("--threads", nargs="+", type=int, help="threads of each (default: 1, and all cores)")
    parser.add_argument("--seconds", type=float, default=0.5, help="of one turn")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contender")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has the peers installed")
    parser.add_argument("--out", type=Path, help="folder for the report (default: docs, if all is measured)")
    given = parser.parse_args()
    for section in given.sections:
        if section not in SECTIONS:
            parser.error(f"there is no section {section!r}: choose from {', '.join(SECTIONS)}")
    everything = not given.sections and len(given.only) == len(WORKS) and len(given.peers) == len(PEERS)
    out = given.out or (Path("docs") if everything else None)
    threads = tuple(dict.fromkeys(given.threads or (1, steps.cores())))
    options = Options(
        given.seconds, given.rounds, tuple(given.only), tuple(given.peers), threads, given.python, out
    )
    return given.sections or list(SECTIONS), options


def notes(report: Path) -> str:
    """What people wrote under the numbers: it stays when the numbers are made anew."""
    written = report.read_text(encoding="utf-8") if report.exists() else ""
    start = written.find(NOTES)
    return written[start:] if start >= 0 else ""


def main() -> None:
    sections, options = parsed()
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    text = [
        "# Benchmarks", "",
        f"Made by `make bench` on {steps.cores()} cores of {platform.machine()}, Python "
        f"{platform.python_version()}, numpy {np.__version__}. All contenders of a work take turns in one "
        "run, each in a process of its own, on the same weights and batches; a time counts only where the "
        "losses of the first steps agree with ours. Load on the machine widens the spread: trust the ratios "
        "more than the times, and the smallest times more than the medians.", "",
    ]
    print("\n".join(text))
    with threadpool_limits(1):
        for name in sections:
            section = [*SECTIONS[name](options), ""]
            print("\n".join(section), flush=True)
            text += section
    if options.out is not None:
        report = options.out / "benchmarks.md"
        report.write_text("\n".join([*text, notes(report)]), encoding="utf-8")


if __name__ == "__main__":
    main()
