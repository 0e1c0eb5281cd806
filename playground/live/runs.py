"""Every run of every session: who may touch it, how many there may be, how long it is remembered."""

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any
from uuid import uuid4

from playground.jobs import Backend, Ended, Event, JobGone
from playground.live.errors import CannotBranch, NoSuchRun, RunIsBusy, RunIsOver
from playground.live.origins import origin
from playground.live.races import Races
from playground.live.room import make_room
from playground.live.run import Run, Watcher
from playground.protocol.requests import BranchRequest, RaceRequest, StartRequest
from playground.settings import Limits

Files = Mapping[str, Path]
"""Where a run finds its CSV, by SHA-256."""

REMEMBERED_PER_SESSION = 20
REMEMBERED = 60
"""Runs whose process is gone but whose history can still be read; the oldest go first."""

OFFER_SECONDS = 10.0
"""What a run may take to say where it was."""


class Runs:
    """The runs of this server. Safe to use from any thread."""

    def __init__(self, backend: Backend, limits: Limits) -> None:
        self._backend = backend
        self._limits = limits
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._races = Races(self._play)

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

    def of(self, owner: str) -> list[Run]:
        """The runs of a session, oldest first."""
        with self._lock:
            return [run for run in self._runs.values() if run.owner == owner]

    def start(self, owner: str, request: StartRequest, files: Files) -> Run:
        """Start a run, or return the one that this request started before. Raises TooManyRuns."""
        with self._lock:
            known = self._asked_before(owner, request.request_id)
            if known is not None:
                return known
            for run in self.of(owner):
                if run.id == request.replaces:
                    self._stop(run)
            self._make_room(1, owner)
            run = Run(uuid4().hex, owner, request.experiment, request.request_id, self._number(owner))
            self._begin(run, files, request.play, request.steps_per_second)
        return run

    def branch(self, owner: str, run: str, request: BranchRequest, files: Files) -> Run:
        """Start a run that begins in a moment of another one, which goes on undisturbed.

        Raises NoSuchRun, RunIsOver, RunIsBusy, CannotBranch, TooManyRuns.
        """
        parent = self.get(owner, run)
        known = self._asked_before(owner, request.request_id)
        if known is not None:
            return known
        offered = self.ask(owner, run, {"do": "offer", "step": request.step}, OFFER_SECONDS)
        if "error" in offered:
            raise CannotBranch(offered["error"])
        began = origin(parent, request.step, request.experiment)
        with self._lock:
            known = self._asked_before(owner, request.request_id)
            if known is not None:
                return known
            self._make_room(1, owner, (parent.id,))
            branch = Run(
                uuid4().hex,
                owner,
                request.experiment,
                request.request_id,
                self._number(owner),
                origin=began,
                against=parent.experiment,
            )
            comes_from = {
                "parent": None if began.begun else parent.begun.model_dump(mode="json"),
                "lr": branch.take_over(parent, offered["deeds"]),
            }
            self._begin(branch, files, request.play, request.steps_per_second, comes_from)
        with contextlib.suppress(JobGone):  # then its end is told as an event
            self._backend.send(branch.job or "", {**offered, "do": "begin"})
        return branch

    def race(self, owner: str, request: RaceRequest, files: Sequence[Files]) -> list[Run]:
        """Start runs that play from the same moment on. Raises TooManyRuns."""
        ids = [f"{request.request_id}:{lane}" for lane in range(len(request.experiments))]
        with self._lock:
            known = [run for id in ids if (run := self._asked_before(owner, id)) is not None]
            if known:
                return known
            self._make_room(len(ids), owner)
            race, first = uuid4().hex, request.experiments[0]
            runs = []
            for id, experiment, of_lane in zip(ids, request.experiments, files, strict=True):
                number = self._number(owner)
                run = Run(uuid4().hex, owner, experiment, id, number, race=race, against=first)
                self._begin(run, of_lane, False, request.steps_per_second)
                runs.append(run)
        self._races.add(race, runs)
        return runs

    def _asked_before(self, owner: str, request_id: str) -> Run | None:
        return next((run for run in self.of(owner) if run.request_id == request_id), None)

    def _number(self, owner: str) -> int:
        return 1 + max((run.number for run in self.of(owner)), default=0)

    def _begin(
        self,
        run: Run,
        files: Files,
        play: bool,
        speed: float | None,
        comes_from: Mapping[str, Any] | None = None,
    ) -> None:
        payload = {
            "experiment": run.begun.model_dump(mode="json"),
            "files": {sha256: str(path) for sha256, path in files.items()},
            "play": play,
            "speed": speed,
            "from": comes_from,
        }
        run.job = self._backend.submit(
            "train", payload, lambda event: self._hear(run, event), self._limits.max_run_seconds
        )
        self._runs[run.id] = run
        self._forget()

    def _make_room(self, count: int, owner: str, kept: Collection[str] = ()) -> None:
        for run in make_room(count, owner, list(self._runs.values()), self._limits, kept):
            self._stop(run)

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
        self._races.heard(run)
        for listener in self._listeners:
            listener(run.id)

    def _play(self, run: Run) -> None:
        with contextlib.suppress(JobGone):
            self._backend.send(run.job or "", {"do": "play", "question": None})

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

    def watch(
        self, owner: str, run: str, watcher: str, views: frozenset[str] | None, opened: bool = False
    ) -> Run:
        """One more client watches a run and shows these views, null for all; or one shows others now.

        `opened` says that the run is the one that the client works on. Raises NoSuchRun.
        """
        found = self.get(owner, run)
        self._watched(found, lambda: found.watchers.update({watcher: Watcher(views, opened)}))
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
