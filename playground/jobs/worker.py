"""The server's end of one worker process."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from playground.jobs.backend import Ended, Event
from playground.jobs.wire import pack, unpack

GRACE = 1.0
"""Seconds between being told to end and being killed."""


@dataclass(eq=False)
class Job:
    """What a worker is doing. `verdict` is why it will be killed, if it will."""

    id: str
    kind: str
    events: Callable[[Event], None]
    reusable: bool
    seconds: float | None
    expires: float | None = None
    stopped: bool = False
    verdict: Ended | None = None


class Worker:
    """A process and its pipes. `job` is null for a spare one."""

    def __init__(self, process: BaseProcess, control: Connection, data: Connection) -> None:
        self.process = process
        self.data = data
        self.job: Job | None = None
        self.kill_at: float | None = None
        self._control = control
        self._lock = threading.Lock()
        self._ending = False

    def say(self, message: Any) -> None:
        """Raises OSError where the process is gone."""
        packed = pack(message)
        try:
            with self._lock:
                self._control.send_bytes(packed)
        finally:
            if self._ending:
                self._close_control()

    def hear(self) -> tuple[str, Any]:
        """Raises EOFError or OSError where the process is gone, ValueError for noise."""
        kind, body = unpack(self.data.recv_bytes())
        return kind, body

    def end(self) -> None:
        """Close its control pipe, on which it ends itself; kill it if that is not enough."""
        self._ending = True
        self._close_control()
        self.give(GRACE)

    def _close_control(self) -> None:
        """Close the pipe once, and never under a thread that writes to it: its number may be another's by
        then. A writer that is stuck closes it itself when the process has been killed."""
        if self._lock.acquire(blocking=False):
            try:
                if not self._control.closed:
                    self._control.close()
            finally:
                self._lock.release()

    def give(self, seconds: float) -> None:
        """Kill it after that time; an earlier time set before stays."""
        at = time.monotonic() + seconds
        self.kill_at = at if self.kill_at is None else min(self.kill_at, at)

    @property
    def deadline(self) -> float | None:
        """When this process must be looked at again."""
        times = [self.kill_at, self.job.expires if self.job else None]
        return min((at for at in times if at is not None), default=None)

    def enforce(self, now: float) -> None:
        """Kill it where its time is up."""
        job = self.job
        if job is not None and job.expires is not None and now >= job.expires:
            job.expires = None
            error = f"It was ended after {job.seconds:g} s, which is the most."
            job.verdict = Ended(error=error, timed_out=True)
            self.process.kill()
        if self.kill_at is not None and now >= self.kill_at:
            self.kill_at = None
            self.process.kill()

    def bury(self) -> Ended:
        """Reap the process after its pipe closed, and say what became of its job."""
        self.process.join(GRACE)
        if self.process.exitcode is None:  # it closed its pipe and goes on: nobody can hear it
            self.process.kill()
            self.process.join(GRACE)
        code = self.process.exitcode
        self._ending = True
        self._close_control()
        self.data.close()
        if self.job is not None and self.job.stopped:
            return Ended()
        if self.job is not None and self.job.verdict is not None:
            return self.job.verdict
        return Ended(error=f"The worker process {_in_words(code)}; the other runs go on.")


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended unexpectedly (exit code {code})"
