"""Every run of every session: who may touch it, how many there may be, how long it is remembered."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any
from uuid import uuid4

from playground.jobs import Backend, Ended, Event, JobGone
from playground.live.run import Run
from playground.protocol.requests import StartRequest
from playground.settings import Limits

REMEMBERED_PER_SESSION = 20
REMEMBERED = 60
"""Runs whose process is gone but whose history can still be read; the oldest go first."""

AWAY = 60.0
"""Seconds after which a run that nobody watches makes room for a new one of its session."""


class RunError(Exception):
    """What was asked of a run cannot be done; the message says why, in a user's words."""


class NoSuchRun(RunError):  # noqa: N818
    """There is none of this id in this session."""


class TooManyRuns(RunError):  # noqa: N818
    """A bound on runs is reached."""


class RunIsOver(RunError):  # noqa: N818
    """Its process has ended: nothing can be asked of its model."""


class RunIsBusy(RunError):  # noqa: N818
    """Its worker did not answer in time."""


class Runs:
    """The runs of this server. Safe to use from any thread."""

    def __init__(self, backend: Backend, limits: Limits) -> None:
        self._backend = backend
        self._limits = limits
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(run id)` whenever there is news of a run; it must be quick."""
        self._listeners.append(listener)

    def get(self, owner: str, run: str) -> Run:
        """Raises NoSuchRun, also for a run of somebody else."""
        with self._lock:
            found = self._runs.get(run)
        if found is None or found.owner != owner:
            raise NoSuchRun("There is no such run in this session.")
        return found

    def start(self, owner: str, request: StartRequest, files: Mapping[str, Path]) -> Run:
        """Start a run, or return the one that this request started before. Raises TooManyRuns."""
        with self._lock:
            mine = [run for run in self._runs.values() if run.owner == owner]
            for run in mine:
                if run.request_id == request.request_id:
                    return run
                if run.id == request.replaces:
                    self._stop(run)
            self._make_room(owner)
            number = 1 + max((run.number for run in mine), default=0)
            run = Run(uuid4().hex, owner, request.experiment, request.request_id, number)
            payload = {
                "experiment": request.experiment.model_dump(mode="json"),
                "files": {sha256: str(path) for sha256, path in files.items()},
                "play": request.play,
                "speed": request.steps_per_second,
            }
            run.job = self._backend.submit(
                "train", payload, lambda event: self._hear(run, event), self._limits.max_run_seconds
            )
            self._runs[run.id] = run
            self._forget()
        return run

    def _make_room(self, owner: str) -> None:
        """End what nobody will miss where a bound is reached: what is over or paused, or left long ago."""
        alive = [run for run in self._runs.values() if not run.ended and not run.stopping]
        mine = [run for run in alive if run.owner == owner]
        limits = self._limits
        if len(mine) >= limits.max_runs_per_session and not self._stop_one_of(mine):
            raise TooManyRuns(
                f"{len(mine)} runs of this session are going, which is the most: stop one of them first."
            )
        if len(alive) >= limits.max_runs and not self._stop_one_of(alive):
            raise TooManyRuns(
                f"{len(alive)} runs are going on this server, which is the most: try again when one ended."
            )

    def _stop_one_of(self, runs: list[Run]) -> bool:
        left = time.monotonic() - AWAY
        unwatched = [run for run in runs if not run.watchers]
        for run in unwatched:
            if run.state not in ("starting", "running") or run.unwatched_since < left:
                self._stop(run)
                return True
        return False

    def _stop(self, run: Run) -> None:
        run.stopping = True
        if run.job is not None:
            self._backend.stop(run.job)

    def _forget(self) -> None:
        ended = [run for run in self._runs.values() if run.ended]
        sessions: dict[str, int] = {}
        for place, run in enumerate(reversed(ended), 1):
            sessions[run.owner] = sessions.get(run.owner, 0) + 1
            if place > REMEMBERED or sessions[run.owner] > REMEMBERED_PER_SESSION:
                del self._runs[run.id]

    def _hear(self, run: Run, event: Event) -> None:
        if isinstance(event, Ended):
            run.end(event)
        else:
            run.take(event.body)
        for listener in self._listeners:
            listener(run.id)

    def stop(self, owner: str, run: str) -> Run:
        """End a run and its process, within a second."""
        found = self.get(owner, run)
        self._stop(found)
        return found

    def ask(self, owner: str, run: str, message: Mapping[str, Any], seconds: float) -> Any:
        """Have a run's worker do something between two steps, and return its answer.

        Raises RunIsOver where its process has ended, RunIsBusy after `seconds` (it is done all the same).
        """
        found = self.get(owner, run)
        number, answer = found.question()
        try:
            self._backend.send(found.job or "", {**message, "question": number})
            return answer.result(seconds)
        except (JobGone, CancelledError):
            raise RunIsOver("This run has ended: press Reset to start again.") from None
        except TimeoutError:
            raise RunIsBusy("The run is in the middle of a long step: try again.") from None

    def watch(self, owner: str, run: str, watcher: str, views: frozenset[str] | None) -> Run:
        """One more client watches a run and shows these views, null for all; or one shows others now.

        Raises NoSuchRun.
        """
        found = self.get(owner, run)
        self._watched(found, lambda: found.watchers.update({watcher: views}))
        return found

    def unwatch(self, run: str, watcher: str) -> None:
        """A client does not watch any more."""
        with self._lock:
            found = self._runs.get(run)
        if found is not None:
            self._watched(found, lambda: found.watchers.pop(watcher, None))
            found.unwatched_since = time.monotonic()

    def _watched(self, run: Run, change: Callable[[], object]) -> None:
        """Change who watches, and have the worker measure what somebody sees then. A run does not change."""
        with self._lock:
            before = run.watched
            change()
            if run.watched != before:
                with contextlib.suppress(JobGone):
                    self._backend.send(run.job or "", {"do": "watch", "views": run.watched})
