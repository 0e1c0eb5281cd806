"""What it costs to capture a step, in eager steps."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import engine
from benchmarks.columns import by_work, table
from benchmarks.contenders.pytorch import parts, step_of
from benchmarks.options import Options
from benchmarks.steps import number
from benchmarks.works import WORKS, batches
from engine.capture.replay.plan import OFTEN

RECORDED = 2  # calls before the first replay


def report(options: Options) -> list[str]:
    """A table with a column for each work, one thread."""
    return [
        "## Capturing a step", "",
        f"The {RECORDED} calls until the first replay, less what the same calls take of a step that is not "
        "captured, one after the other on models made anew that have made one step, one thread: median "
        f"(smallest). The function that is written for a plan is made once, after {OFTEN} replays: the first "
        "one (a further one for a step that is alike).", "",
        *table(by_work("benchmarks.capturing", options, str(options.seconds))),
    ]


def measured(work: str, seconds: float) -> dict[str, str]:
    """The rows of one work."""
    engine.set_num_threads(1)
    data = [(engine.from_numpy(x), engine.from_numpy(y)) for x, y in batches(WORKS[work])]
    captured, eager, steady, written = [], [], [], []
    until = time.perf_counter() + max(4 * seconds, 1.0)
    while time.perf_counter() < until or len(steady) < 5:
        eager.append(sum(timed(step_of(*parts(engine, WORKS[work])), data, 1 + RECORDED)[1:]))
        plain = step_of(*parts(engine, WORKS[work]))
        plain(*data[0])
        step = engine.capture(plain)
        captured.append(sum(timed(step, data, RECORDED)))
        if len(written) < 3:
            calls = timed(step, data, OFTEN + 3)
            written.append(max(calls[OFTEN - 1 :]) - statistics.median(calls))
        steady.append(statistics.median(timed(step_of(*parts(engine, WORKS[work])), data, 12)[4:]))
    one, least = statistics.median(steady), min(steady)
    extra = statistics.median(captured) - statistics.median(eager)
    return {
        "an eager step, µs": f"{number(one * 1e6)} ({number(least * 1e6)})",
        "capturing, µs": f"{number(extra * 1e6)} ({number((min(captured) - min(eager)) * 1e6)})",
        "in eager steps": f"{extra / one:.1f} ({(min(captured) - min(eager)) / least:.1f})",
        "writing the function, in eager steps": f"{written[0] / least:.1f} ({min(written[1:]) / least:.1f})",
    }


def timed(step: Callable[..., Any], data: Sequence[tuple[Any, Any]], calls: int) -> list[float]:
    """Seconds of each of so many calls."""
    found = []
    for at in range(calls):
        x, y = data[at % len(data)]
        start = time.perf_counter()
        step(x, y)
        found.append(time.perf_counter() - start)
    return found


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], float(sys.argv[2]))))
