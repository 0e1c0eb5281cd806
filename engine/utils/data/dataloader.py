"""DataLoader: batches of a dataset in the order of a sampler, fetched here or by workers."""

from __future__ import annotations

import multiprocessing
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

from engine.random import Generator, rng_of
from engine.utils.data.collate import default_collate, default_convert
from engine.utils.data.dataset import IterableDataset
from engine.utils.data.fetch import Exhausted, make_fetcher
from engine.utils.data.pool import Worker, end_workers, start_workers
from engine.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from engine.utils.data.worker import NEW_EPOCH, Failure, Job
from engine.utils.data.worker import get_worker_info as get_worker_info  # by its second address

_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class DataLoader:
    """Iterates over a dataset in batches.

    Args:
        dataset: Map-style or iterable-style.
        batch_size: Samples per batch; None yields single samples.
        shuffle: Draw a new order each epoch.
        sampler: Where indices come from, instead of `shuffle`.
        batch_sampler: Where lists of indices come from, instead of all four of the above.
        num_workers: Processes that fetch batches; 0 fetches in this one. Never changes the order.
        collate_fn: Makes a batch of a list of samples.
        drop_last: Drop the last batch if it is short.
        timeout: Seconds to wait for a worker's batch; 0 waits as long as it takes.
        worker_init_fn: Called with its number in each worker before it starts.
        multiprocessing_context: "fork", "spawn" or "forkserver"; our addition "thread" uses threads.
        generator: Source of the order and of the workers' seeds.
        prefetch_factor: Batches each worker fetches ahead; 2 unless said.
        persistent_workers: Keep the workers between epochs.
    """

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None, batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None, pin_memory: bool = False,
        drop_last: bool = False, timeout: float = 0, worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None, generator: Generator | None = None, *,
        prefetch_factor: int | None = None, persistent_workers: bool = False,
        pin_memory_device: str = "", in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = _checked_context(multiprocessing_context, num_workers)
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        iterable = isinstance(dataset, IterableDataset)
        if iterable:
            _refuse_order(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None:
            if iterable:
                sampler = _Forever()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_collate if self._batched else default_convert)
        self._workers: _Pool | None = None
        self._promised: int | None = None
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED and self.__dict__.get("_ready"):
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        object.__setattr__(self, name, value)

    @property
    def _batched(self) -> bool:
        return self.batch_sampler is not None

    def __len__(self) -> int:
        """Batches per epoch. For an iterable-style dataset, what its own `__len__` promises."""
        if not isinstance(self.dataset, IterableDataset):
            return len(self.batch_sampler if self._batched else self.sampler)   # type: ignore[arg-type]
        samples = len(self.dataset)     # type: ignore[arg-type]
        if self.batch_size is not None:
            samples = samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)
        self._promised = samples
        return samples

    def __iter__(self) -> Iterator[Any]:
        tasks = iter(self.batch_sampler if self._batched else self.sampler)     # type: ignore[arg-type]
        seed = int(rng_of(self.generator).integers(2**63 - self.num_workers))
        batches = self._by_workers(tasks, seed) if self.num_workers else self._here(tasks)
        return _Pass(self, self._counted(batches) if isinstance(self.dataset, IterableDataset) else batches)

    def _here(self, tasks: Iterator[Any]) -> Iterator[Any]:
        fetch = make_fetcher(self.dataset, self._batched, self.collate_fn, self.drop_last)
        for task in tasks:
            try:
                batch = fetch(task)
            except Exhausted:
                return
            yield batch

    def _by_workers(self, tasks: Iterator[Any], seed: int) -> Iterator[Any]:
        pool = self._workers
        if pool is None:
            pool = _Pool(self, seed)
            if self.persistent_workers:
                self._workers = pool
        else:
            pool.begin_again()
        try:
            yield from pool.batches(tasks)
        finally:
            if not self.persistent_workers:
                pool.end()

    def _counted(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Warn where the dataset yields more than `len` of this loader was told."""
        warned = False
        for count, batch in enumerate(batches, 1):
            if self._promised is not None and count > self._promised and not warned:
                warned = True
                warnings.warn(
                    f"Length of IterableDataset {self.dataset} was reported to be {self._promised}"
                    f"(when accessing len(dataloader)), but {count} samples have been fetched. ",
                    stacklevel=2,
                )
            yield batch


class _Pool:
    """The workers of one loader and the tasks they have not answered yet."""

    def __init__(self, loader: DataLoader, seed: int) -> None:
        jobs = [
            Job(
                loader.dataset, loader._batched, loader.collate_fn, loader.drop_last,
                loader.worker_init_fn, number, loader.num_workers, seed + number,
            )
            for number in range(loader.num_workers)
        ]
        self.workers = start_workers(jobs, loader.multiprocessing_context)
        self.ahead = loader.num_workers * (loader.prefetch_factor or 1)
        self.timeout = loader.timeout
        self.pending: deque[Worker] = deque()
        self.end = weakref.finalize(self, end_workers, self.workers)

    def begin_again(self) -> None:
        """Throw away what an epoch that was left early still has coming, and start the next one."""
        while self.pending:
            self.pending.popleft().receive(self.timeout)
        for worker in self.workers:
            worker.send(NEW_EPOCH)
        for worker in self.workers:
            _unwrap(worker.receive(self.timeout))

    def batches(self, tasks: Iterator[Any]) -> Iterator[Any]:
        """Tasks go round the workers in turn, and so do the answers: that keeps the order."""
        active = deque(self.workers)

        def hand_out() -> None:
            if active:
                for task in tasks:
                    active[0].send(task)
                    self.pending.append(active[0])
                    active.rotate(-1)
                    return

        for _ in range(self.ahead):
            hand_out()
        while self.pending:
            worker = self.pending.popleft()
            answer = worker.receive(self.timeout)
            if answer is Exhausted:
                if worker in active:
                    active.remove(worker)
                hand_out()
                continue
            hand_out()
            yield _unwrap(answer)


def _unwrap(answer: Any) -> Any:
    if isinstance(answer, Failure):
        answer.throw()
    return answer


class _Pass:
    """One pass over a loader's batches, as long as the loader is."""

    def __init__(self, loader: DataLoader, batches: Iterator[Any]) -> None:
        self._loader, self._batches = loader, batches

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._batches)

    def __len__(self) -> int:
        return len(self._loader)


class _Forever:
    """The sampler of an iterable-style dataset, which decides its order itself."""

    def __iter__(self) -> Iterator[None]:
        return repeat(None)


def _check_workers(num_workers: int, timeout: float, prefetch_factor: int | None, persistent: bool) -> None:
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _checked_context(context: Any, num_workers: int) -> Any:
    if context is None:
        return None
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), "
            f"but got num_workers={num_workers}"
        )
    if isinstance(context, str):
        valid = [*multiprocessing.get_all_start_methods(), "thread"]
        if context not in valid:
            raise ValueError(
                f"multiprocessing_context option should specify a valid start method in {valid}, "
                f"but got multiprocessing_context='{context}'"
            )
    elif not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string specifying "
            f"the start method, but got multiprocessing_context={context}"
        )
    return context


def _refuse_order(shuffle: bool | None, sampler: Any, batch_sampler: Any) -> None:
    given = {"shuffle": shuffle, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in given.items():
        if value is not None and value is not False:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
            )
