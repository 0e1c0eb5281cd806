"""What runs beside the training loop: workers that fetch batches, as processes or as threads.

A worker gets tasks (a sampler's indices) and answers each one, in order. The loader knows which worker
has which task, so batches come in the sampler's order whatever the number of workers.
"""

from __future__ import annotations

import copy
import pickle
import queue
import random
import threading
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from engine.random import manual_seed
from engine.utils.data.dataset import IterableDataset
from engine.utils.data.fetch import Exhausted, make_fetcher

NEW_EPOCH = "new epoch"


@dataclass(frozen=True)
class WorkerInfo:
    """Who the current worker is: its `id` of `num_workers`, its `seed`, and its own copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_info: ContextVar[WorkerInfo | None] = ContextVar("worker_info", default=None)


def get_worker_info() -> WorkerInfo | None:
    """Facts about the worker this code runs in; None in the main process."""
    return _info.get()


@dataclass(frozen=True)
class Job:
    """All a worker has to know."""

    dataset: Any
    batched: bool
    collate: Callable[[Any], Any]
    drop_last: bool
    init: Callable[[int], Any] | None
    id: int
    num_workers: int
    seed: int


class Failure:
    """An exception on its way from a worker to the loader, with the worker's traceback as text."""

    def __init__(self, error: BaseException, worker: int) -> None:
        self.kind = type(error)
        self.text = (
            f"Caught {self.kind.__name__} in DataLoader worker process {worker}.\n"
            f"Original {''.join(traceback.format_exception(error))}"
        )
        try:
            pickle.dumps(self.kind)
        except Exception:       # a class that only the worker knows
            self.kind = RuntimeError

    def throw(self) -> None:
        """Raise what the worker raised: same type where its constructor takes a message."""
        try:
            error = self.kind(_Verbatim(self.text) if issubclass(self.kind, KeyError) else self.text)
        except Exception:       # a constructor that wants something else than a message
            error = RuntimeError(self.text)
        raise error


class _Verbatim(str):
    """A message that KeyError, which shows `repr` of its argument, prints with its line breaks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Answers:
    """One worker's state while it lives: turns each task into a batch, a Failure or Exhausted."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.problem: Failure | None = None
        self.over = False
        _info.set(WorkerInfo(job.id, job.num_workers, job.seed, job.dataset))
        try:
            if job.init is not None:
                job.init(job.id)
            self._begin()
        except Exception as error:
            self.problem = Failure(error, job.id)

    def _begin(self) -> None:
        job = self.job
        self.over = False
        self.fetch = make_fetcher(job.dataset, job.batched, job.collate, job.drop_last)

    def __call__(self, task: Any) -> Any:
        """The answer to one task. A failure to start is the answer to the first."""
        if self.problem is not None:
            problem, self.problem = self.problem, None
            return problem
        try:
            if task is NEW_EPOCH or task == NEW_EPOCH:
                return self._begin()
            return Exhausted if self.over else self.fetch(task)
        except Exhausted:
            self.over = True
            return Exhausted
        except Exception as error:
            return Failure(error, self.job.id)


def process_main(job: Job, tasks: Connection, answers: Connection, not_mine: list[Connection]) -> None:
    """Body of a worker process. `not_mine`: the loader's ends that a fork copied along."""
    for connection in not_mine:
        connection.close()
    random.seed(job.seed)
    manual_seed(job.seed)
    np.random.seed(job.seed % 2**32)
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    closed = threading.Event()

    def receive() -> None:
        """Take tasks off the pipe at once, so that the loader never blocks; its end is our end."""
        try:
            while True:
                waiting.put((tasks.recv(),))
        except (EOFError, OSError):
            closed.set()
            waiting.put(None)

    threading.Thread(target=receive, daemon=True).start()
    answer = Answers(job)
    while (task := waiting.get()) is not None and not closed.is_set():
        try:
            answers.send(_sendable(answer(task[0]), job.id))
        except BrokenPipeError:
            return


def _sendable(value: Any, worker: int) -> bytes | Any:
    """`value`, or the failure that pickling it gives: `send` would take the worker down with it."""
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps(Failure(error, worker))


def thread_main(job: Job, tasks: queue.SimpleQueue[Any], answers: queue.SimpleQueue[Any]) -> None:
    """Body of a worker thread; ends at the task None."""
    if isinstance(job.dataset, IterableDataset):    # a replica each, as processes have
        job = Job(**{**vars(job), "dataset": copy.copy(job.dataset)})
    answer = Answers(job)
    while (task := tasks.get()) is not None:
        answers.put(answer(task[0]))
