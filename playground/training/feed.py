"""Where a run takes its batches from: the loader, epoch after epoch, and from any place again."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import engine as torch
from playground.data.resumable import BLOCK, Beginning, Drawn, ResumableStream
from playground.training.build import Built
from playground.training.order import SampledOrder

Batch = tuple[torch.Tensor, torch.Tensor]

TURNS_BACK = 6
"""Batches per worker that a stream's marks reach back: workers fetch two ahead, a place begins one before."""


class Place(NamedTuple):
    """How far the data were taken.

    `taken` batches of this epoch, of a stream since its beginning; `over` says that the epoch has ended.
    `generator` is the state of the loader's generator before this epoch's order was drawn, null where it has
    none. `drawn` says of a stream what each worker was drawing.
    """

    taken: int
    over: bool
    generator: torch.Tensor | None
    drawn: dict[int, Drawn]


class Feed:
    """Batches of the loader. A new epoch begins where the last one ended; a stream has one iterator for all.

    `taken` is as in `Place`.
    """

    def __init__(self, built: Built) -> None:
        self._loader = built.loader
        self._order = built.order
        self._batch_size = built.experiment.data.batch_size
        self._workers = max(1, built.experiment.data.num_workers)
        self._streams = built.prepared.facts.streaming
        self._iterator: Iterator[Batch] | None = None
        self._over = False
        self._generator = self._generator_state()
        self.taken = 0

    def next(self) -> Batch:
        """The next batch."""
        if self._iterator is None:
            self._begin(0, {})
        batch = next(self._iterator)  # type: ignore[arg-type]
        self.taken += 1
        return batch

    def end_epoch(self) -> None:
        """The epoch is over: the next batch is the first of another one."""
        if not self._streams:
            self._close()
            self._over = True

    @property
    def place(self) -> Place:
        """Where it is now."""
        dataset = self._loader.dataset
        drawn: dict[int, Drawn] = {}
        if isinstance(dataset, ResumableStream) and self.taken:
            block = self._left_out(self.taken - 1) // BLOCK
            drawn = dict(dataset.beginning.drawn)  # where a worker has not begun yet
            for worker, marks in list(dataset.beginning.marks.items()):
                if block in marks:
                    drawn[worker] = block, marks[block]
        return Place(self.taken, self._over, self._generator, drawn)

    def go_to(self, place: Place) -> Batch | None:
        """Go where it once was; the batch that was taken last there, null before the first.

        May draw from the default generator, as every beginning of an epoch may.
        """
        self._close()
        if self._loader.generator is not None and place.generator is not None:
            self._loader.generator.set_state(place.generator)
        self.taken, self._over, self._generator = 0, False, place.generator
        if place.taken == 0:
            return None
        self._begin(place.taken - 1, place.drawn)
        batch = self.next()
        if place.over:
            self.end_epoch()
        return batch

    def _begin(self, batches: int, drawn: Mapping[int, Drawn]) -> None:
        """Begin an epoch, or a stream, after so many of its batches."""
        self._generator = self._generator_state()
        self._over = False
        rest = 0
        if isinstance(self._order, SampledOrder):
            self._order.begin_at(batches)
        else:
            rest = batches % self._workers
            remembered = TURNS_BACK * self._batch_size // BLOCK + 2
            self._loader.dataset.beginning = Beginning(self._left_out(batches), drawn, remembered)
        self._iterator = iter(self._loader)
        for _ in range(rest):
            next(self._iterator)
        self.taken = batches

    def _left_out(self, batches: int) -> int:
        """Samples that each worker has given in the whole turns of so many batches."""
        return batches // self._workers * self._batch_size

    def _generator_state(self) -> torch.Tensor | None:
        generator = self._loader.generator
        return None if generator is None else generator.get_state()

    def _close(self) -> None:
        """Let go of the iterator, and with it of its workers."""
        self._iterator = None
