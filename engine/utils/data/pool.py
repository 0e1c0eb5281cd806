"""The loader's side of its workers: start them, hand out tasks, collect answers, end them."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import threading
from abc import ABC, abstractmethod
from multiprocessing.connection import Connection
from typing import Any

from engine.utils.data.worker import Job, process_main, thread_main

GRACE = 5.0     # seconds a process gets to finish the batch it is on before it is terminated


class Worker(ABC):
    """One worker, seen from the loader."""

    @abstractmethod
    def send(self, task: Any) -> None:
        """Queue a task; never blocks for long."""

    @abstractmethod
    def receive(self, timeout: float) -> Any:
        """The answer to the oldest unanswered task; waits `timeout` seconds, or as long as it takes for 0."""

    @abstractmethod
    def hang_up(self) -> None:
        """Tell the worker to end, without waiting."""

    @abstractmethod
    def join(self) -> None:
        """Wait until it has ended."""


class ThreadWorker(Worker):
    """A worker in this process: nothing is copied, and numpy releases the GIL where it matters."""

    def __init__(self, job: Job) -> None:
        self.tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.thread = threading.Thread(target=thread_main, args=(job, self.tasks, self.answers), daemon=True)
        self.thread.start()

    def send(self, task: Any) -> None:
        self.tasks.put((task,))

    def receive(self, timeout: float) -> Any:
        try:
            return self.answers.get(timeout=timeout or None)
        except queue.Empty:
            raise _timed_out(timeout) from None

    def hang_up(self) -> None:
        self.tasks.put(None)

    def join(self) -> None:
        """Nothing to wait for: it ends after the batch it is on, and holds nothing."""


class ProcessWorker(Worker):
    """A worker process with a pipe in each direction. Each side sees the other's end as end of file."""

    def __init__(self, job: Job, context: Any, siblings: list[ProcessWorker]) -> None:
        their_tasks, self.tasks = context.Pipe(duplex=False)
        self.answers, their_answers = context.Pipe(duplex=False)
        copied: list[Connection] = []
        if context.get_start_method() == "fork":
            copied = [self.tasks, self.answers, *(end for w in siblings for end in (w.tasks, w.answers))]
        self.process = context.Process(
            target=process_main, args=(job, their_tasks, their_answers, copied), daemon=True
        )
        self.process.start()
        their_tasks.close()
        their_answers.close()

    def send(self, task: Any) -> None:
        try:
            self.tasks.send(task)
        except (BrokenPipeError, OSError):
            raise self._died() from None

    def receive(self, timeout: float) -> Any:
        try:
            if timeout and not self.answers.poll(timeout):
                raise _timed_out(timeout)
            return pickle.loads(self.answers.recv())    # noqa: S301 - from our own worker process
        except (EOFError, ConnectionError):
            raise self._died() from None

    def _died(self) -> RuntimeError:
        self.process.join(1)
        return RuntimeError(
            f"DataLoader worker (pid(s) {self.process.pid}) exited unexpectedly "
            f"with exit code {self.process.exitcode}"
        )

    def hang_up(self) -> None:
        self.tasks.close()
        self.answers.close()

    def join(self) -> None:
        self.process.join(GRACE)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def start_workers(jobs: list[Job], context: Any) -> list[Worker]:
    """Start one worker per job: threads for the context "thread", else processes."""
    if context == "thread":
        return [ThreadWorker(job) for job in jobs]
    if context is None or isinstance(context, str):
        context = multiprocessing.get_context(context)
    started: list[ProcessWorker] = []
    for job in jobs:
        started.append(ProcessWorker(job, context, started))
    return list(started)


def end_workers(workers: list[Worker]) -> None:
    """Tell all to end, then wait for each."""
    for worker in workers:
        worker.hang_up()
    for worker in workers:
        worker.join()


def _timed_out(timeout: float) -> RuntimeError:
    return RuntimeError(f"DataLoader timed out after {timeout} seconds")
