"""The iterable datasets of a run, which can begin anywhere: from there on they yield what `streams` does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import engine as torch
from engine.utils.data import get_worker_info
from playground.data.streams import Rows, Stream

BLOCK = 256
"""Samples that a stream draws at a time."""

Sample = tuple[torch.Tensor, torch.Tensor]
Drawn = tuple[int, dict[str, Any]]
"""A block's number, and the state of its worker's random numbers before it was drawn."""


@dataclass(frozen=True)
class Beginning:
    """Where an iteration begins: each worker leaves out its first `samples`.

    Of a stream, `drawn` has for each worker the block in which the next sample lies, and `marks` will have
    the newest `remembered` blocks of each worker, for later beginnings.
    """

    samples: int = 0
    drawn: Mapping[int, Drawn] = field(default_factory=dict)
    remembered: int = 0
    marks: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)


class ResumableRows(Rows):
    """`Rows` that begins where `beginning` says."""

    beginning = Beginning()

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        for i in range(first + step * self.beginning.samples, len(self.x), step):
            yield self.x[i], self.y[i]


class ResumableStream(Stream):
    """`Stream` that begins where `beginning` says, without drawing what came before."""

    beginning = Beginning()

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        id = worker.id if worker else 0
        rng = np.random.default_rng([self.seed, 1 + id])
        beginning = self.beginning
        block = 0
        if id in beginning.drawn:
            block, state = beginning.drawn[id]
            rng.bit_generator.state = state
        marks = beginning.marks.setdefault(id, {})
        left_out = beginning.samples - block * BLOCK
        while True:
            marks[block] = dict(rng.bit_generator.state)
            marks.pop(block - beginning.remembered, None)
            x, y = map(torch.from_numpy, self.draw(BLOCK, rng))
            for i in range(left_out, BLOCK):
                yield x[i], y[i]
            block, left_out = block + 1, 0
