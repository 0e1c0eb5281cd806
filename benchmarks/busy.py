"""Training steps while another program keeps one core busy, beside the same steps while it rests."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.contenders import CONTENDERS
from benchmarks.options import Options
from benchmarks.rounds import Process
from benchmarks.steps import number

NAMES = ("captured", "torch")
Turns = tuple[list[float], list[float]]  # microseconds a step: at rest, busy


@contextmanager
def spinner() -> Iterator[subprocess.Popen[bytes]]:
    """A program that does nothing, as fast as it can; stopped at first."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        child.send_signal(signal.SIGSTOP)
        try:
            yield child
        finally:
            child.kill()


def measured(options: Options, work: str, threads: int) -> dict[str, Turns]:
    """Turns of each contender, alternately with and without the other program."""
    found: dict[str, Turns] = {}
    names = [name for name in NAMES if name in options.peers or not CONTENDERS[name].needs]
    for name in names:
        process = Process(options.python if CONTENDERS[name].needs else sys.executable, name, work, threads)
        try:
            if "missing" in process.hear():
                continue
            found[name] = ([], [])
            with spinner() as other:
                for turn in range(2 * options.rounds):
                    other.send_signal(signal.SIGCONT if turn % 2 else signal.SIGSTOP)
                    found[name][turn % 2].append(process.turn(options.seconds)["us"])
        finally:
            process.end()
    return found


def report(options: Options) -> list[str]:
    """A table for each number of threads."""
    text = [
        "## One core busy", "",
        "Another program keeps a core busy in every second turn: microseconds of a step at rest → busy, "
        "medians, and how many times as long it takes then (of the smallest times).", "",
    ]
    for threads in options.threads:
        head = "one thread" if threads == 1 else f"{threads} threads, of {os.cpu_count()} cores"
        text += [f"| {head} | {' | '.join(options.only)} |", "|" + "---|" * (len(options.only) + 1)]
        works = {work: measured(options, work, threads) for work in options.only}
        for name in NAMES:
            if any(name in row for row in works.values()):
                cells = [_cell(row[name]) if name in row else "–" for row in works.values()]
                text.append(f"| {CONTENDERS[name].title} | {' | '.join(cells)} |")
        text.append("")
    return text


def _cell(turns: Turns) -> str:
    (rest, busy), (least, less) = map(statistics.median, turns), map(min, turns)
    return f"{number(rest)} → {number(busy)}: {busy / rest:.2f} ({less / least:.2f})"
