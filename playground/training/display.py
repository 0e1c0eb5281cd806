"""When what is measured: reports at a steady rate, and probes as often as their share of the time allows."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from playground.training.probes import PROBES, Measure, Probe, Subject
from playground.training.session import Session

INTERVAL = 1 / 30
SHARE = 0.2
"""The part of a run's wall time that measuring may take."""

RATE_SECONDS = 0.5

MOST_SAVED = 0.1
"""Seconds of measuring that may be saved up."""


@dataclass
class Scheduled:
    """A probe, and when it last measured: at which moment of the run, and at what time."""

    probe: Probe
    measure: Measure
    moment: tuple[object, ...] | None = None
    at: float = float("-inf")

    @property
    def name(self) -> str:
        return self.probe.name


class Display:
    """Makes the reports of a session. Measuring in time that the run spends waiting costs nothing, and what
    nobody watches is not measured: nothing at first."""

    def __init__(self, session: Session, clock: Callable[[], float]) -> None:
        self._recorder = session.recorder
        subject = Subject(
            session.trainer,
            session.norms,
            self._recorder,
            chosen=lambda: session.chosen,
            trend=session.record.trend,
            muted=lambda: session.hand.muted,
        )
        made = [(probe, probe.make(subject)) for probe in PROBES]
        self._probes = [Scheduled(probe, measure) for probe, measure in made if measure is not None]
        self._watched: frozenset[str] = frozenset()
        self._session = session
        self._clock = clock
        self._saved = MOST_SAVED
        self._last = clock()
        self._shown: tuple[object, ...] = ()
        self._mark: tuple[int, float] | None = None
        self._rate: float | None = None

    def watch(self, views: Collection[str] | None) -> None:
        """From now on measure these views and no others; null is all that there are."""
        names = {probe.name for probe in self._probes}
        wanted = frozenset(names if views is None else names & set(views))
        for probe in self._probes:
            if probe.name in wanted - self._watched:
                probe.moment = None
        self._watched = wanted
        if any(probe.probe.records and probe.name in wanted for probe in self._probes):
            self._recorder.arm()
        else:
            self._recorder.disarm()

    @property
    def next(self) -> float:
        """When the next report may be made."""
        return self._last + INTERVAL

    @property
    def due(self) -> float | None:
        """The same, null where nothing has changed since the last."""
        return self.next if self._is_news() else None

    def _is_news(self) -> bool:
        has_changed = self._now() != self._shown or self._session.record.has_news
        return has_changed or any(self._is_stale(probe) for probe in self._probes)

    def _now(self) -> tuple[object, ...]:
        session = self._session
        return (session.state, session.speed, *self._moment())

    def _moment(self) -> tuple[object, ...]:
        """What a view depends on: the same moment, the same view."""
        trainer = self._session.trainer
        return trainer.step, trainer.phase, trainer.lr, self._session.changes, self._session.chosen

    def _is_stale(self, probe: Scheduled) -> bool:
        return probe.name in self._watched and probe.moment != self._moment()

    def report(self) -> dict[str, Any]:
        """Where the run stands, what it has recorded, and as many views as the budget allows."""
        start = self._clock()
        self._saved = min(MOST_SAVED, self._saved + SHARE * (start - self._last))
        self._measure_rate(start)
        self._last, self._shown = start, self._now()
        views = self._views() if self._session.travel.target is None else {}
        due = self._session.due
        waiting = max(0.0, due - start) if due is not None else float("inf")
        self._saved -= max(0.0, self._clock() - start - waiting) + self._recorder.take_spent()
        return {**self.standing(), **self._session.record.drain(), "views": views}

    def _views(self) -> dict[str, Any]:
        """The views that are out of date, the longest unseen first; while nothing is trained, all of them."""
        views = {}
        start, due = self._clock(), self._session.due
        for probe in sorted(self._probes, key=lambda probe: probe.at):
            now = self._clock()
            has_time = due is None or now < due or now - start < self._saved
            is_due = self._session.state != "running" or now - probe.at >= probe.probe.interval
            if has_time and is_due and self._is_stale(probe):
                views[probe.name] = probe.measure()
                probe.moment, probe.at = self._moment(), now
                if probe.probe.records:
                    self._recorder.arm()
        return views

    def _measure_rate(self, now: float) -> None:
        """Steps per second since the run was started or went on, smoothed over about half a second."""
        step = self._session.trainer.step
        if self._session.state != "running":
            self._mark = self._rate = None
            return
        if self._mark is not None:
            seconds = now - self._mark[1]
            rate = (step - self._mark[0]) / seconds
            weight = min(1.0, seconds / RATE_SECONDS)
            self._rate = rate if self._rate is None else (1 - weight) * self._rate + weight * rate
        self._mark = step, now

    def standing(self) -> dict[str, Any]:
        """The parts of a report that say where the run stands."""
        session, trainer, travel = self._session, self._session.trainer, self._session.travel
        return {
            "state": session.state,
            "problem": session.problem,
            "progress": {
                "epoch": trainer.epoch,
                "step": trainer.step,
                "epochs": trainer.built.experiment.training.epochs,
                "phase": trainer.phase if trainer.phase != "step" else None,
                "steps_per_second": self._rate,
                "lr": trainer.lr,
                "speed": session.speed,
                "backwards": trainer.backwards,
                "muted": dict(session.hand.muted),
                "furthest": travel.furthest,
                "seeking": travel.target,
                "kept": travel.kept,
                "samples": travel.samples,
                "seconds": session.spent.seconds,
                "cpu_seconds": session.spent.cpu_seconds,
            },
        }
