"""The local pool: one spawned process per job, and one warm spare so that a job starts at once.

Spawn, because forking a process with threads deadlocks; not daemonic, because such a process may not have
children; one control and one data pipe each, because a shared queue is corrupted when one writer is killed.
One thread reads all data pipes; the end of a process is the end of its pipe.
"""

import atexit
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from multiprocessing.connection import wait
from typing import Any
from uuid import uuid4

from playground.jobs.backend import Ended, Event, JobFailed, JobGone, Message, Payload, TimedOut
from playground.jobs.kinds import KINDS, WARM_UP
from playground.jobs.process import main
from playground.jobs.worker import GRACE, Job, Worker

logger = logging.getLogger(__name__)

MOST_IDLE = 2
"""Workers of one kind of call that wait for the next: two questions often come at once."""

SPARE_DELAY = 0.5
"""Seconds after a start before the next spare is made: the new run has the processor to itself first."""


class LocalBackend:
    """Runs jobs in processes of this machine. `memory` is what one worker may use, in bytes."""

    def __init__(
        self,
        kinds: Mapping[str, str] = KINDS,
        warm_up: Sequence[str] = WARM_UP,
        memory: int | None = None,
    ) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._setup = (dict(kinds), tuple(warm_up), memory)
        self._lock = threading.RLock()
        self._workers: set[Worker] = set()
        self._spare: Worker | None = None
        self._idle: dict[str, list[Worker]] = {}
        self._jobs: dict[str, Worker] = {}
        self._spare_due: float | None = None
        self._closing = False
        self._woken, self._waker = self._spawn.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._watch, name="jobs", daemon=True)
        self._thread.start()
        # Before multiprocessing's own exit handler, which waits for children for ever.
        atexit.register(self.close)

    def warm(self) -> None:
        with self._lock:
            if self._spare is None and not self._closing:
                self._spare_due = time.monotonic()
        self._wake()

    def submit(
        self, kind: str, payload: Payload, events: Callable[[Event], None], seconds: float | None = None
    ) -> str:
        return self._start(Job(uuid4().hex, kind, events, reusable=False, seconds=seconds), payload)

    def send(self, job: str, message: Payload) -> None:
        with self._lock:
            worker = self._jobs.get(job)
        if worker is None:
            raise JobGone("it has ended")
        try:
            worker.say(message)
        except OSError:
            raise JobGone("its process is gone") from None

    def stop(self, job: str) -> None:
        with self._lock:
            worker = self._jobs.get(job)
            if worker is None or worker.job is None:
                return
            worker.job.stopped = True
            worker.give(GRACE)
        self._wake()
        try:
            worker.say({"do": "stop"})
        except OSError:
            logger.debug("job %s had ended before it was told to stop", job)

    def call(self, kind: str, payload: Payload, seconds: float) -> Any:
        done: Future[Ended] = Future()

        def listen(event: Event) -> None:
            if isinstance(event, Ended):
                done.set_result(event)

        self._start(Job(uuid4().hex, kind, listen, reusable=True, seconds=seconds), payload)
        ended = done.result()
        if ended.error is None:
            return ended.result
        raise (TimedOut if ended.timed_out else JobFailed)(ended.error)

    def close(self) -> None:
        atexit.unregister(self.close)
        with self._lock:
            self._closing = True
            self._spare_due = None
            for worker in self._workers:
                if worker.job is not None:
                    worker.job.stopped = True
                worker.end()
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(2 * GRACE)

    def _start(self, job: Job, payload: Payload) -> str:
        if job.seconds is not None:
            job.expires = time.monotonic() + job.seconds
        with self._lock:
            if self._closing:
                raise JobFailed("The server is closing.")
            worker = self._take(job)
            worker.job = job
            self._jobs[job.id] = worker
            if self._spare is None and self._spare_due is None:
                self._spare_due = time.monotonic() + SPARE_DELAY
        self._wake()
        try:
            worker.say([job.kind, payload])
        except OSError:
            logger.debug("the worker for job %s died before it began; its end is told as an event", job.id)
        return job.id

    def _take(self, job: Job) -> Worker:
        """A worker that may do this job. One that has served calls of a kind serves no other kind."""
        if job.reusable and self._idle.get(job.kind):
            return self._idle[job.kind].pop()
        spare, self._spare = self._spare, None
        return spare or self._new_worker()

    def _new_worker(self) -> Worker:
        control_end, control = self._spawn.Pipe(duplex=False)
        data, data_end = self._spawn.Pipe(duplex=False)
        process = self._spawn.Process(target=main, args=(control_end, data_end, *self._setup), daemon=False)
        process.start()
        control_end.close()
        data_end.close()  # ours: with it open, the end of the process would not be the end of the pipe
        worker = Worker(process, control, data)
        self._workers.add(worker)
        return worker

    def _wake(self) -> None:
        with self._lock:
            if not self._waker.closed:
                self._waker.send_bytes(b"")

    def _watch(self) -> None:
        while True:
            with self._lock:
                if self._closing and not self._workers:
                    break
                workers = {worker.data: worker for worker in self._workers}
                deadlines = [at for w in self._workers if (at := w.deadline) is not None]
            if self._spare_due is not None:
                deadlines.append(self._spare_due)
            timeout = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
            for source in wait([self._woken, *workers], timeout):
                if source is self._woken:
                    self._woken.recv_bytes()
                else:
                    self._attend(workers[source])  # type: ignore[index]
            self._keep_time(time.monotonic())
        with self._lock:
            self._waker.close()
            self._woken.close()

    def _keep_time(self, now: float) -> None:
        with self._lock:
            for worker in self._workers:
                worker.enforce(now)
            if self._spare_due is not None and now >= self._spare_due:
                self._spare_due = None
                self._spare = self._spare or self._new_worker()

    def _attend(self, worker: Worker) -> None:
        """Nothing that one worker does may end the thread that hears all of them."""
        try:
            self._hear(worker)
        except (EOFError, OSError):
            self._drop(worker, worker.bury())
        except Exception:
            logger.exception("a worker sent what is no message")
            worker.process.kill()
            worker.bury()
            self._drop(worker, Ended(error="The worker process sent what is no message, and was ended."))

    def _hear(self, worker: Worker) -> None:
        """Raises EOFError or OSError where its process has ended, expected or not."""
        kind, body = worker.hear()
        job = worker.job
        if job is None:
            return
        if kind == "message":
            _tell(job, Message(body))
        elif kind == "result":
            self._finish(worker, job, Ended(result=body))
        elif kind == "error":
            self._finish(worker, job, Ended(error=body))

    def _finish(self, worker: Worker, job: Job, ended: Ended) -> None:
        with self._lock:
            worker.job = None
            worker.kill_at = None
            del self._jobs[job.id]
            idle = self._idle.setdefault(job.kind, [])
            if job.reusable and ended.error is None and len(idle) < MOST_IDLE and not self._closing:
                idle.append(worker)
            else:
                worker.end()
        _tell(job, Ended() if job.stopped else ended)

    def _drop(self, worker: Worker, ended: Ended) -> None:
        """Forget a worker; its job ends so."""
        with self._lock:
            self._workers.discard(worker)
            for idle in self._idle.values():
                if worker in idle:
                    idle.remove(worker)
            if self._spare is worker:
                self._spare = None  # not replaced before the next job, so that a broken start does not loop
                if not self._closing:
                    logger.warning("The spare worker ended: %s", ended.error)
            job = worker.job
            if job is not None:
                self._jobs.pop(job.id, None)
        if job is not None:
            _tell(job, ended)


def _tell(job: Job, event: Event) -> None:
    """A listener that fails must not end the thread that hears all jobs."""
    try:
        job.events(event)
    except Exception:
        logger.exception("the listener of job %s (%s) failed", job.id, job.kind)
