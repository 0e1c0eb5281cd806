"""Contenders side by side: a process each, all idle but one, taking turns in an order of chance."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks.contenders import CONTENDERS
from benchmarks.works import WORKS

# Settings that hold a library to other kernels than it would choose for this processor: not passed on.
HELD = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA")
REFERENCE = "eager"  # whose losses the others must have
TOLERANCE = 2e-3


class Result(NamedTuple):
    """Microseconds per step of each turn, or why there are none; and the process's largest memory."""

    turns: tuple[float, ...]
    problem: str = ""
    mib: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.turns)


def free() -> dict[str, str]:
    """The environment without what holds a library back."""
    return {name: value for name, value in os.environ.items() if name not in HELD}


class Process:
    """A contender at work."""

    def __init__(self, python: str, name: str, work: str, threads: int) -> None:
        self.name = name
        counts = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
        if threads == 1:
            counts["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
            counts["NPROC"] = "1"
        self._child = subprocess.Popen(  # noqa: S603 - our own module, with names from our own tables
            [python, "-m", "benchmarks.contenders", name, work, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**free(), "TF_CPP_MIN_LOG_LEVEL": "3", **counts},
        )

    def hear(self) -> dict[str, Any]:
        """Its next answer."""
        assert self._child.stdout is not None  # noqa: S101 - it is a pipe
        for line in self._child.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        return {"missing": f"it ended with status {self._child.wait()}"}

    def turn(self, seconds: float) -> dict[str, Any]:
        """Let it run for about that long."""
        assert self._child.stdin is not None  # noqa: S101 - it is a pipe
        self._child.stdin.write(f"{seconds}\n")
        self._child.stdin.flush()
        return self.hear()

    def end(self) -> None:
        """It has nothing more to do."""
        self._child.kill()
        self._child.communicate()


def measure(
    work: str, names: Sequence[str], threads: int, seconds: float, rounds: int, python: str
) -> dict[str, Result]:
    """Times of one work for each contender, `seconds` a turn."""
    results: dict[str, Result] = {}
    running: list[Process] = []
    expected: list[float] | None = None
    try:
        for name in sorted(names, key=lambda n: n != REFERENCE):
            if not CONTENDERS[name].takes(WORKS[work]):
                continue
            process = Process(sys.executable if not CONTENDERS[name].needs else python, name, work, threads)
            first = process.hear()  # one after the other: nobody compiles while another does
            losses = first.get("losses", [None])
            if name == REFERENCE:
                expected = losses
            problem = first.get("missing", "") or _difference(losses, expected)
            if problem:
                results[name] = Result((), problem)
                process.end()
            else:
                running.append(process)
        turns: dict[str, list[float]] = {process.name: [] for process in running}
        for _ in range(rounds):
            random.shuffle(running)
            for process in running:
                said = process.turn(seconds)
                turns[process.name].append(said["us"])
                results[process.name] = Result(tuple(turns[process.name]), "", said["mib"])
    finally:
        for process in running:
            process.end()
    return {name: results[name] for name in names if name in results}


def _difference(losses: list[Any], expected: list[float] | None) -> str:
    """What is wrong with a sequence of losses, if anything."""
    if losses[0] is None or expected is None:
        return ""
    for step, (a, b) in enumerate(zip(losses, expected, strict=True)):
        if not abs(a - b) <= TOLERANCE * max(abs(b), 0.1):
            return f"its loss at step {step} is {a:.6g}, ours {b:.6g}: no time counts"
    return ""
