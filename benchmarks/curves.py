"""How a captured and an eager step grow with width, depth and batch."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import engine
from benchmarks.contenders.pytorch import parts, step_of
from benchmarks.options import Options
from benchmarks.works import Work, batches, dense

SWEEPS: dict[str, tuple[Callable[[int], Work], tuple[int, ...]]] = {
    "width (16 inputs, 2 hidden layers, batch 32)": (
        lambda n: Work("", dense(16, n, n, 1), "MSELoss", "Adam", 32, (16,)), (4, 16, 64, 256, 1024)
    ),
    "depth (hidden layers of 32, batch 32)": (
        lambda n: Work("", dense(16, *(32,) * n, 1), "MSELoss", "Adam", 32, (16,)), (1, 2, 4, 8, 16)
    ),
    "batch (16-64-64-1)": (
        lambda n: Work("", dense(16, 64, 64, 1), "MSELoss", "Adam", n, (16,)), (1, 8, 64, 512, 4096)
    ),
}


def stepper(torch: Any, work: Work, wrap: Callable[[Any], Any] = lambda step: step) -> Callable[[], Any]:
    """One step on always the same batch."""
    x, y = batches(work)[0]
    step, given = wrap(step_of(*parts(torch, work))), (torch.from_numpy(x), torch.from_numpy(y))
    return lambda: step(*given)


def microseconds(step: Callable[[], Any], seconds: float) -> float:
    """The mean of the steps of about that long."""
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for _ in range(5):
            step()
        count += 5
    return elapsed / count * 1e6


def report(options: Options) -> list[str]:
    """One table for each of width, depth and batch; medians of turns in which all take part."""
    try:
        import torch
    except ImportError:
        torch = None
    else:
        torch.set_num_threads(1)
    text = ["## Cost against size", "", "Microseconds per step with Adam and ReLU, one thread: medians.", ""]
    for title, (make, sizes) in SWEEPS.items():
        text += [f"| {title} | captured | eager | PyTorch eager |", "|---|---|---|---|"]
        for size in sizes:
            work = make(size)
            steps = [stepper(engine, work, engine.capture), stepper(engine, work)]
            steps += [] if torch is None else [stepper(torch, work)]
            turns = [
                [microseconds(step, options.seconds / 3) for step in steps] for _ in range(options.rounds + 1)
            ]
            medians = [f"{statistics.median(column):.1f}" for column in zip(*turns[1:], strict=True)]
            cells = medians if torch is not None else [*medians, "not installed"]
            text.append(f"| {size} | {' | '.join(cells)} |")
        text.append("")
    return text
