"""Where the time of a captured step goes: each of its numpy calls by itself, summed up by kind."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import engine
from benchmarks.columns import by_work, table
from benchmarks.contenders.pytorch import parts, step_of
from benchmarks.options import Options
from benchmarks.steps import number
from benchmarks.works import WORKS, batches
from engine.denormal import environment

KINDS = {
    "dot": "matrix products", "matmul": "matrix products", "__setitem__": "copies: windows, layouts, borders",
    "fill": "copies: windows, layouts, borders", "greater": "largest places: found, and gradients sent there",
    "bitwise_xor": "largest places: found, and gradients sent there",
    "maximum": "largest places: found, and gradients sent there",
}
REST = "all else: bias, ReLU, loss, sums, the update"
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def report(options: Options) -> list[str]:
    """A table with a column for each work, one thread."""
    return [
        "## The calls of a captured step", "",
        "Microseconds, one thread: the smallest time of each numpy call by itself, summed up by kind.", "",
        *table(by_work("benchmarks.calls", options, str(options.seconds))),
    ]


def profiled(work: str, seconds: float) -> dict[str, str]:
    """What the calls of one work take, on one thread."""
    engine.set_num_threads(1)
    captured = engine.capture(step_of(*parts(engine, WORKS[work])))
    following = cycle([(engine.from_numpy(x), engine.from_numpy(y)) for x, y in batches(WORKS[work])])
    whole = [_timed(captured, next(following)) for _ in range(10)]
    rounds = max(10, int(seconds / min(whole)))
    whole = [_timed(captured, next(following)) for _ in range(rounds)]
    calls = list(_flat(captured._latest.calls))
    least = [float("inf")] * len(calls)
    here = environment()
    if here is not None:
        here.enter(here.flushing)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            least[place] = min(least[place], _timed(*call))
    if here is not None:
        here.enter(here.usual)
    nothing = min(_timed(int, ()) for _ in range(1000))  # what it takes to call and to look at the clock
    sums = dict.fromkeys([*KINDS.values(), REST], 0.0)
    for (function, _), took in zip(calls, least, strict=True):
        sums[_kind(function)] += (took - nothing) * 1e6
    return {
        "calls": str(len(calls)), **{kind: number(took) if took else "" for kind, took in sums.items()},
        "sum of the calls": number(sum(sums.values())), "one step, smallest": number(min(whole) * 1e6),
    }


def _flat(calls: list[Call]) -> Iterator[Call]:
    """The calls, those inside others instead of these."""
    for function, args in calls:
        if hasattr(function, "calls"):
            yield from _flat(function.calls)
        else:
            yield function, args


def _kind(function: Any) -> str:
    return KINDS.get(getattr(getattr(function, "func", function), "__name__", ""), REST)


def _timed(function: Callable[..., Any], args: tuple[Any, ...]) -> float:
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(profiled(sys.argv[1], float(sys.argv[2]))))
