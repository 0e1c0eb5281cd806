"""One contender in a process of its own: `python -m benchmarks.contenders eager W1`.

Answers on stdout in lines of JSON: first the losses of its first steps, then, for each number of seconds
read from stdin, the microseconds that a step took.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.contenders import CONTENDERS
from benchmarks.memory import peak_mib
from benchmarks.works import WORKS

CHECKED_STEPS = 20


def answer(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def microseconds(step: Callable[[], Any], count: int) -> float:
    """The mean of that many steps; the last one's loss is waited for."""
    start = time.perf_counter()
    for _ in range(count):
        loss = step()
    if hasattr(loss, "block_until_ready"):
        loss.block_until_ready()
    return (time.perf_counter() - start) / count * 1e6


def turn(step: Callable[[], Any], seconds: float, once: float) -> float:
    """The mean of steps for about that long, however much longer than `once` they take now."""
    count = max(1, int(seconds * 1e5 / once))  # a tenth of those expected
    took: list[float] = []
    while not took or sum(took) * count < seconds * 1e6:
        took.append(microseconds(step, count))
    return sum(took) / len(took)


def main(name: str, key: str, threads: str) -> None:
    contender, work = CONTENDERS[name], WORKS[key]
    try:
        if contender.needs == "torch":
            importlib.import_module("torch").set_num_threads(int(threads))
        module = importlib.import_module(f"benchmarks.contenders.{contender.module}")
        step = module.prepare(work, contender.form)
    except ImportError as missing:
        answer(missing=str(missing))
        return
    losses = [step() for _ in range(CHECKED_STEPS)]
    answer(losses=[None if loss is None else float(loss) for loss in losses])
    once = microseconds(step, 5)
    for line in sys.stdin:
        answer(us=turn(step, float(line), once), mib=peak_mib())


if __name__ == "__main__":
    main(*sys.argv[1:])
