"""What a training step holds in memory, beside the numbers that it cannot do without."""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import engine
from benchmarks.columns import by_work, table
from benchmarks.contenders.pytorch import parts, step_of
from benchmarks.options import Options
from benchmarks.works import WORKS, batches
from engine.capture.notes.trace import owner
from engine.node import Node


def report(options: Options) -> list[str]:
    """A table with a column for each work, one thread."""
    return [
        "## Memory of a training step", "",
        "Megabytes. Saved for backward is the memory of all arrays that the eager step's graph holds when "
        "the loss is known, each once, without the parameters; the batch is among them. Peaks are of what "
        "Python and numpy have allocated, the parameters included.", "",
        *table(by_work("benchmarks.footprint", options)),
    ]


def measured(work: str) -> dict[str, str]:
    """The rows of one work."""
    engine.set_num_threads(1)
    data = [(engine.from_numpy(x), engine.from_numpy(y)) for x, y in batches(WORKS[work])[:4]]
    warm = engine.capture(step_of(*parts(engine, WORKS["W1"])))  # what is loaded once, whatever is captured
    for x, y in batches(WORKS["W1"])[:4]:
        warm(engine.from_numpy(x), engine.from_numpy(y))
    model, criterion, _ = parts(engine, WORKS[work])
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    state = 2 * weights if WORKS[work].optimizer == "Adam" else 0
    saved = saved_bytes(criterion(model(data[0][0]), data[0][1]), model)
    numbers = 2 * weights + state + saved
    eager, captured = (
        weights + peak(form(step_of(*parts(engine, WORKS[work]))), data) for form in (_same, engine.capture)
    )
    return {
        "parameters": mega(weights), "gradients": mega(weights), "optimizer's state": mega(state),
        "saved for backward": mega(saved), "peak, captured": mega(captured), "peak, eager": mega(eager),
        "peak, captured ÷ the sum of these four": f"{captured / numbers:.2f}",
        "without the gradients": f"{captured / (numbers - weights):.2f}",
    }


def saved_bytes(loss: Any, model: Any) -> int:
    """The memory that the graph below a loss holds for its backward."""
    own = {id(owner(p._array)) for p in model.parameters()}
    found = {id(root): root for node in _nodes(loss._node) for root in map(owner, _arrays(node.saved or ()))}
    return sum(root.nbytes for key, root in found.items() if key not in own)


def _nodes(first: Any) -> Iterator[Node]:
    seen, waiting = set(), [first]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Node) and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += [edge[0] for edge in node.edges if edge is not None]


def _arrays(value: Any) -> Iterator[np.ndarray]:
    value = getattr(value, "_array", value)
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _arrays(part)


def peak(step: Callable[..., Any], data: list[tuple[Any, Any]]) -> int:
    """The most that a step allocates when it has been made a few times."""
    gc.collect()
    tracemalloc.start()
    for x, y in data:
        step(x, y)
    gc.collect()
    tracemalloc.reset_peak()
    step(*data[0])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def _same(step: Callable[..., Any]) -> Callable[..., Any]:
    return step


def mega(count: int) -> str:
    """Bytes in megabytes."""
    return f"{count / 1e6:.3g}"


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
