"""DistributedSampler: the share of a dataset that one of several processes draws."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized
from typing import NoReturn

from engine.random import Generator, rng_of
from engine.utils.data.sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th index from `rank` on, of an order that all replicas have in common.

    Args:
        dataset: What is shared out.
        num_replicas: How many processes share it. Must be given, as `rank`: there is no process group to ask.
        rank: Which of them this is, from 0 on.
        shuffle: Draw a new order for each epoch that `set_epoch` names.
        seed: The same in all replicas.
        drop_last: Leave out what does not go round, rather than draw the first indices once more.
    """

    def __init__(
        self, dataset: Sized, num_replicas: int | None = None, rank: int | None = None,
        shuffle: bool = True, seed: int = 0, drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            _no_process_group()
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        size = len(dataset)
        self.num_samples = size // num_replicas if drop_last else math.ceil(size / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[int]:
        order = list(range(len(self.dataset)))
        if self.shuffle:
            order = rng_of(Generator().manual_seed(self.seed + self.epoch)).permutation(order).tolist()
        if order:
            order *= math.ceil(self.total_size / len(order))
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """From the next pass on, the order of that epoch; without it every epoch has the same."""
        self.epoch = epoch


def _no_process_group() -> NoReturn:
    raise ValueError(
        "Default process group has not been initialized, please make sure to call init_process_group. "
        "This engine runs in one process and has none: give num_replicas and rank."
    )
