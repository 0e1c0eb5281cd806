"""Training steps of all works by all contenders, with one thread and with all: times and ratios."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from benchmarks.contenders import CONTENDERS
from benchmarks.options import Options
from benchmarks.rounds import Result, measure
from benchmarks.works import WORKS

Results = dict[str, dict[str, Result]]  # by work, then by contender

PEERS = {
    "PyTorch eager": ("torch",),
    "the best PyTorch": ("torch", "torch-foreach", "torch-fused", "torch-channels-last", "torch-compile"),
    "the best jax.jit": ("jax", "jax-flat", "jax-nhwc"),
}


def measured(options: Options, threads: int) -> Results:
    """Every work by every contender."""
    names = [name for name in CONTENDERS if name in options.peers or not CONTENDERS[name].needs]
    results = {}
    for key in options.only:
        print(f"measuring {key}, {threads} thread(s) …", file=sys.stderr, flush=True)
        results[key] = measure(key, names, threads, options.seconds, options.rounds, options.python)
    return results


def lines(options: Options, threads: int, results: Results) -> list[str]:
    """The section of the report: one table of times and one of ratios."""
    said = "one thread" if threads == 1 else f"{threads} threads"
    text = [
        f"## A training step, {said} each", "",
        f"Microseconds: median (smallest–largest) of {options.rounds} turns.", "",
        *_table("", list(results), [
            [contender.title, *(_cell(results[key].get(name)) for key in results)]
            for name, contender in CONTENDERS.items() if any(name in row for row in results.values())
        ]),
        "",
        "The peer's time ÷ ours: of the medians (of the smallest times).", "",
        *_table("", list(results), [
            [f"{peer} ÷ {CONTENDERS[mine].title.strip('*')}",
             *(_ratio(results[key], mine, names) for key in results)]
            for mine in ("captured", "eager") for peer, names in PEERS.items()
        ]),
    ]
    problems = sorted({
        f"{CONTENDERS[name].title}, {key}: {result.problem}"
        for key, row in results.items() for name, result in row.items() if result.problem
    })
    return [*text, "", *(f"- Not measured: {problem}" for problem in problems)]


def _table(corner: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    made = [f"| {corner} | {' | '.join(heads)} |", "|" + "---|" * (len(heads) + 1)]
    return made + [f"| {' | '.join(row)} |" for row in rows]


def number(value: float) -> str:
    """Three digits that count, and no more."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _cell(result: Result | None) -> str:
    if result is None or not result.turns:
        return "–"
    return f"{number(result.median)} ({number(min(result.turns))}–{number(max(result.turns))})"


def _ratio(row: dict[str, Result], mine: str, peers: Sequence[str]) -> str:
    ours, theirs = row.get(mine), [row[name] for name in peers if name in row and row[name].turns]
    if ours is None or not ours.turns or not theirs:
        return "–"
    medians = min(peer.median for peer in theirs) / ours.median
    return f"{medians:.2f} ({min(min(peer.turns) for peer in theirs) / min(ours.turns):.2f})"


def report(options: Options) -> list[str]:
    """The whole section, and the plot beside it where results are written."""
    text: list[str] = []
    for threads in options.threads:
        results = measured(options, threads)
        if threads == 1 and options.out is not None:
            from benchmarks.plot import bars

            (options.out / "benchmarks.svg").write_text(bars(results), encoding="utf-8")
            text += ["![Step times of ours, PyTorch and JAX](benchmarks.svg)", ""]
        text += [*lines(options, threads, results), ""]
    works = [f"- {key}: {WORKS[key].name}" for key in options.only]
    note = "The works (convolutions are 3×3 with padding 1, then ReLU and max-pooling by 2):"
    return [*text, note, "", *works]


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
