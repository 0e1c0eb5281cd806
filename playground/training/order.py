"""Which samples of the training set each batch of an epoch has."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Protocol

import numpy as np

from engine.utils.data import RandomSampler, SequentialSampler


class Order(Protocol):
    """The order of the epoch under way. `positions` i4 are those of all its batches, one after the other."""

    positions: np.ndarray

    def batch(self, number: int) -> np.ndarray:
        """Positions in the training set of this batch, counted from 0, i4."""
        ...


class SampledOrder:
    """Passes on what a sampler gives for an epoch, and remembers it: workers fetch ahead.

    `begin_at` lets the next epoch begin at a later batch.
    """

    def __init__(self, sampler: RandomSampler | SequentialSampler, batch_size: int) -> None:
        self.positions = np.empty(0, np.int32)
        self._sampler = sampler
        self._batch_size = batch_size
        self._left_out = 0

    def begin_at(self, batch: int) -> None:
        """Leave out the batches before this one when the next epoch begins; its order is drawn as ever."""
        self._left_out = batch

    def __iter__(self) -> Iterator[int]:
        positions = list(self._sampler)
        self.positions = np.array(positions, np.int32)
        yield from positions[self._left_out * self._batch_size :]

    def __len__(self) -> int:
        return len(self._sampler)

    def batch(self, number: int) -> np.ndarray:
        start = number * self._batch_size
        return self.positions[start : start + self._batch_size]


class SharedOrder:
    """The order of an iterable set, the same in each epoch: workers share the samples out, and take turns."""

    def __init__(self, samples: int, batch_size: int, workers: int, drop_last: bool) -> None:
        shares = [np.arange(worker, samples, max(1, workers)) for worker in range(max(1, workers))]
        batches = [_cut(share.astype(np.int32), batch_size, drop_last) for share in shares]
        turns = [batch for turn in zip_longest(*batches) for batch in turn if batch is not None]
        self.positions = np.concatenate(turns) if turns else np.empty(0, np.int32)
        self._batches = turns

    def batch(self, number: int) -> np.ndarray:
        return self._batches[number]


def _cut(share: np.ndarray, size: int, drop_last: bool) -> list[np.ndarray]:
    batches = [share[start : start + size] for start in range(0, len(share), size)]
    return [batch for batch in batches if len(batch) == size or not drop_last]
