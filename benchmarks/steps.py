"""A training step of ours beside PyTorch's eager one: the same model, weights, batches, one BLAS thread each.

The two take turns in one run. A time counts only where both gave the same losses.
"""

import statistics
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

import engine

REPEATS = 5
CHECKED_STEPS = 20


class Work(NamedTuple):
    """A model (layer name and arguments), loss, optimizer and batch."""

    name: str
    layers: tuple[tuple[Any, ...], ...]
    loss: str
    optimizer: str
    batch: int
    input_shape: tuple[int, ...]


LINE = (("Linear", 1, 1),)
TANH = (("Linear", 2, 8), ("Tanh",), ("Linear", 8, 8), ("Tanh",), ("Linear", 8, 1))
RELU = (("Linear", 10, 50), ("ReLU",), ("Linear", 50, 1))
DIGITS = (("Linear", 64, 128), ("ReLU",), ("Linear", 128, 64), ("ReLU",), ("Linear", 64, 10))
CONV = (
    ("Conv2d", 1, 8, 3, 1, 1), ("ReLU",), ("MaxPool2d", 2),
    ("Conv2d", 8, 16, 3, 1, 1), ("ReLU",), ("MaxPool2d", 2),
    ("Flatten",), ("Linear", 64, 10),
)

WORKS = (
    Work("Linear(1, 1), MSE, SGD, 32", LINE, "MSELoss", "SGD", 32, (1,)),
    Work("2-8-8-1 tanh, MSE, SGD, 10", TANH, "MSELoss", "SGD", 10, (2,)),
    Work("10-50-1 ReLU, MSE, Adam, 32", RELU, "MSELoss", "Adam", 32, (10,)),
    Work("64-128-64-10 ReLU, CE, Adam, 64", DIGITS, "CrossEntropyLoss", "Adam", 64, (64,)),
    Work("1×8×8 small CNN, CE, Adam, 64", CONV, "CrossEntropyLoss", "Adam", 64, (1, 8, 8)),
)


def contender(torch: ModuleType, work: Work) -> Callable[[], Any]:
    """A function that takes one step on the next batch and returns the loss tensor."""
    rng = np.random.default_rng(0)
    model = torch.nn.Sequential(*(getattr(torch.nn, name)(*args) for name, *args in work.layers))
    with torch.no_grad():
        for parameter in model.parameters():
            bound = 1 / np.sqrt(max(1, np.prod(parameter.shape[1:])))
            start = rng.uniform(-bound, bound, tuple(parameter.shape)).astype(np.float32)
            parameter.copy_(torch.from_numpy(start))
    criterion = getattr(torch.nn, work.loss)()
    optimizer = getattr(torch.optim, work.optimizer)(model.parameters(), lr=0.01)
    batches = []
    for _ in range(32):
        x = rng.standard_normal((work.batch, *work.input_shape)).astype(np.float32)
        classes, values = rng.integers(0, 10, work.batch), x.reshape(work.batch, -1)[:, :1].copy()
        y = classes if work.loss == "CrossEntropyLoss" else values
        batches.append((torch.from_numpy(x), torch.from_numpy(y)))
    taken = 0

    def step() -> Any:
        nonlocal taken
        x, y = batches[taken % len(batches)]
        taken += 1
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def microseconds(step: Callable[[], Any], seconds: float) -> float:
    """Mean time of a step over about that long."""
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for _ in range(10):
            step()
        count += 10
    return elapsed / count * 1e6


def table(seconds: float) -> None:
    """Print median step times and their ratio."""
    try:
        import torch
    except ImportError:
        print("steps: PyTorch is not installed, so nothing to compare with (pip install torch==2.13.0).")
        return
    torch.set_num_threads(1)
    print("\nOne training step, eager, one thread (µs; median of", REPEATS, "turns)\n")
    print("| work | ours | PyTorch | PyTorch ÷ ours (min–max) |\n|---|---|---|---|")
    for work in WORKS:
        ours, theirs = contender(engine, work), contender(torch, work)
        for _ in range(CHECKED_STEPS):
            a, b = ours().item(), theirs().item()
            if not np.isclose(a, b, rtol=1e-4, atol=1e-6):
                raise SystemExit(f"{work.name}: the losses differ ({a} and {b}), so no time counts")
        turn = seconds / REPEATS
        turns = [(microseconds(ours, turn), microseconds(theirs, turn)) for _ in range(REPEATS)]
        ratios = [b / a for a, b in turns]
        mine, peers = (statistics.median(column) for column in zip(*turns, strict=True))
        ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f})"
        print(f"| {work.name} | {mine:.0f} | {peers:.0f} | {ratio} |")
