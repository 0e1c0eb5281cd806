"""One run as the server knows it: where it stands, its history, what was last measured."""

import itertools
import threading
import time
from array import array
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.experiment.differences import differences, learning_rate
from playground.experiment.spec import Experiment
from playground.jobs import Ended
from playground.live.history import LIMIT, Curve
from playground.live.repeats import are_equal
from playground.protocol.frames import RunState
from playground.protocol.replies import Problem
from playground.training.log import Deed

TRAINING_LOSS = "training loss"
SECONDS = "seconds"
EXACT_STEPS = 10_000
LAYER_LIMIT = 1000
"""Buckets of the curves that exist once per layer."""
CLOCK_LIMIT = 500

@dataclass(frozen=True)
class Change:
    """A place at which something changed that cannot change in the middle of a run: a branch of the run that
    is called `name`, after `step` updates. No script from step 0 on leads beyond it."""

    name: str
    step: int


@dataclass(frozen=True)
class Origin:
    """Where a branch began: in the run `parent`, after `step` updates.

    `begun` is the experiment that the run was begun with of which this is the continuation; null where it is
    none. `change` is the last one on the way to it; null where a script of `begun` leads there, and goes on
    as the branch does.
    """

    parent: str
    step: int
    begun: Experiment | None
    change: Change | None


@dataclass(frozen=True)
class Watcher:
    """A client that watches a run: the views that it shows (null: all), whether it has the run open."""

    views: frozenset[str] | None
    opened: bool = False


OVER: frozenset[RunState] = frozenset({"finished", "stopped", "failed"})


class Run:
    """Everything about one run. `lock` guards it; `seq` grows with whatever changes.

    `losses` is the training loss of each of the first 10,000 steps as the worker computed it. `views` has
    for each view the `seq` at which it last changed, and plain data in the shape of
    `protocol.views.Views` with numpy arrays in it. `log` is what was done by hand. `watchers` are the clients
    that watch it. `number` is its place among the runs of its
    session, from 1. `differences` are those to its parent, or to the first run of its race; `notes` say what
    of the parent it could not take over. `waits` says that its race has not begun. `began_with` is the
    learning rate that it took over from its parent, where that is another one than its experiment's.
    """

    def __init__(
        self,
        id: str,
        owner: str,
        experiment: Experiment,
        request_id: str,
        number: int = 1,
        origin: Origin | None = None,
        race: str | None = None,
        against: Experiment | None = None,
    ) -> None:
        self.id = id
        self.owner = owner
        self.number = number
        self.experiment = experiment
        self.request_id = request_id
        self.origin = origin
        self.race = race
        self.waits = race is not None
        self.differences = [] if against is None else differences(experiment, against)
        self.notes: list[str] = []
        self.began_with: float | None = None
        self.parameters = 0
        self.batches = 1
        self.job: str | None = None
        self.lock = threading.Lock()
        self.seq = 1
        self.state: RunState = "starting"
        self.problem: Problem | None = None
        self.progress: dict[str, Any] = {
            "epoch": 0,
            "step": self.branched_at,
            "epochs": experiment.training.epochs,
            "phase": None,
            "steps_per_second": None,
            "lr": learning_rate(experiment),
            "speed": None,
            "backwards": 0,
            "muted": {},
            "furthest": self.branched_at,
            "seeking": None,
            "kept": [],
            "repeated": None,
            "samples": 0,
            "seconds": 0.0,
            "cpu_seconds": 0.0,
        }
        self.scalars: dict[str, float | None] = {}
        self.curves: dict[str, Curve] = {}
        self.views: dict[str, tuple[int, Any]] = {}
        self.log: list[Deed] = []
        self.losses: array[float] = array("d")
        self.stopping = False
        self.watchers: dict[str, Watcher] = {}
        self.unwatched_since = time.monotonic()
        self._built = threading.Event()
        self._gone = threading.Event()
        self._questions: dict[int, Future[Any]] = {}
        self._numbers = itertools.count()

    @property
    def name(self) -> str:
        """What the page calls it."""
        return f"Run {self.number}"

    @property
    def branched_at(self) -> int:
        """The updates after which it began."""
        return self.origin.step if self.origin else 0

    @property
    def learning_rate(self) -> float | None:
        """The one that was last set by hand, if any was."""
        with self.lock:
            return last_rate(self.log, self.began_with)

    @property
    def begun(self) -> Experiment:
        """The experiment that its worker builds."""
        return self.origin.begun if self.origin and self.origin.begun else self.experiment

    @property
    def change(self) -> Change | None:
        """What keeps a script of `begun` from doing what this run did, from the first step on."""
        return self.origin.change if self.origin else None

    @property
    def is_shown(self) -> bool:
        """Whether somebody looks into it: shows a view of it."""
        return any(watcher.views is None or watcher.views for watcher in self.watchers.values())

    @property
    def is_opened(self) -> bool:
        """Whether somebody works on it, and may be looking elsewhere just now."""
        return any(watcher.opened for watcher in self.watchers.values())

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self._gone.is_set()

    @property
    def watched(self) -> list[str] | None:
        """The views that somebody shows; null is all."""
        shown = [watcher.views for watcher in self.watchers.values()]
        return None if None in shown else sorted(frozenset().union(*filter(None, shown)))

    def wait_for_end(self, seconds: float) -> bool:
        """Whether its process is gone, after at most that time."""
        return self._gone.wait(seconds)

    def take_over(self, parent: "Run", deeds: list[list[Any]]) -> float | None:
        """What the parent did up to where this one begins; the learning rate to set there, where it is
        another one."""
        with parent.lock:
            self.losses = parent.losses[: self.branched_at]
        log = [Deed.read(fields) for fields in deeds]
        by_hand = last_rate(log, parent.began_with)
        wanted, begun = learning_rate(self.experiment), learning_rate(parent.experiment)
        given = None if wanted in (begun, by_hand) else wanted
        if self.origin is not None and self.origin.begun is not None:
            self.log, self.began_with = log, parent.began_with
            if given is not None:
                self._did(Deed(self.branched_at, "set_lr", given))
        elif wanted == begun and not self._is_scheduled and not parent._is_scheduled:
            self.began_with = by_hand
        return given

    @property
    def _is_scheduled(self) -> bool:
        return self.experiment.training.schedule is not None

    def wait_until_built(self, seconds: float) -> bool:
        """Whether its worker has built it, or is gone, after at most that time."""
        return self._built.wait(seconds)

    def take(self, report: Mapping[str, Any]) -> None:
        """Apply what the worker reports; every part may be absent."""
        with self.lock:
            self.seq += 1
            if "built" in report:
                self.notes, self.parameters, self.batches = report["built"]
                self._built.set()
            if "state" in report:
                self.state = report["state"]
                self.problem = Problem(**report["problem"]) if report.get("problem") else None
            self.progress.update(report.get("progress", {}))
            self._clock()
            self.scalars = dict(report.get("scalars", self.scalars))
            for name, (steps, values) in report.get("points", {}).items():
                self._extend(name, steps, values)
            if "repeated" in report:
                self._compare(*report["repeated"])
            for name, view in report.get("views", {}).items():
                self.views[name] = (self.seq, view)
            for fields in report.get("log", []):
                self._did(Deed.read(fields))
            answered = [
                (self._questions.pop(number), body)
                for number, body in report.get("answers", [])
                if number in self._questions
            ]
        for question, body in answered:
            question.set_result(body)

    def _extend(self, name: str, steps: np.ndarray, values: np.ndarray) -> None:
        if name not in self.curves:
            self.curves[name] = Curve(LAYER_LIMIT if "/" in name else LIMIT)
        self.curves[name].extend(steps, values)
        if name == TRAINING_LOSS and len(self.losses) < EXACT_STEPS:
            self._record(steps, values)

    def _clock(self) -> None:
        """A point of the curve `seconds`: what was spent up to the furthest step."""
        curve = self.curves.setdefault(SECONDS, Curve(CLOCK_LIMIT))
        step = self.progress["furthest"]
        if step > curve.end:
            curve.extend([step], [self.progress["seconds"]])

    def _compare(self, since: int, steps: np.ndarray, values: np.ndarray) -> None:
        """Hold losses of steps that were made again since then against those of the first time."""
        if not len(steps):
            self.progress["repeated"] = None
            return
        before = self.progress["repeated"]
        equal = are_equal(steps, values, self.losses, self.curves.get(TRAINING_LOSS, Curve()))
        self.progress["repeated"] = {"since": since, "equal": equal and (before is None or before["equal"])}

    def _did(self, deed: Deed) -> None:
        """Keep what was done; of one number changed over and over between two steps, the last value."""
        if self.log and deed._replace(value=None) == self.log[-1]._replace(value=None):
            self.log.pop()
        self.log.append(deed)

    def _record(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Keep exact losses at their steps; NaN stands for a step that a person made without a loss."""
        first = len(self.losses) + 1
        row = np.full(min(EXACT_STEPS, int(steps[-1])) - first + 1, np.nan)
        inside = steps <= EXACT_STEPS
        row[steps[inside] - first] = values[inside]
        self.losses.extend(row.tolist())

    def end(self, ended: Ended) -> None:
        """The worker is gone. A run that was over keeps its state."""
        with self.lock:
            self.seq += 1
            self._gone.set()
            self._built.set()
            if ended.error is not None:
                self.state = "failed"
                self.problem = Problem(where="", message=ended.error, fix="press Reset to start again")
            elif self.state not in OVER:
                self.state = "stopped"
            self.progress["steps_per_second"] = None
            questions, self._questions = self._questions, {}
        for question in questions.values():
            question.cancel()

    def question(self) -> tuple[int, Future[Any]]:
        """A number to ask the worker under, and what will hold its answer."""
        answer: Future[Any] = Future()
        with self.lock:
            number = next(self._numbers)
            if self.ended:
                answer.cancel()
            else:
                self._questions[number] = answer
        return number, answer


def last_rate(log: list[Deed], before: float | None) -> float | None:
    """The learning rate that was set last, or `before`, where none was."""
    return next((deed.value for deed in reversed(log) if deed.do == "set_lr"), before)
