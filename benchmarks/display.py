"""What watching costs: steps per second of a run at full speed, with everything shown and with nothing.

The budget is 20 % of wall time (`playground.training.display.SHARE`), frames at most 30 a second.
"""

import statistics
import time
from collections import Counter
from typing import Any

from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.live.frames import Blob
from playground.training.build import build
from playground.training.norms import Norms
from playground.training.probes import PROBES, Probe, Recorder, Subject
from playground.training.session import Session
from playground.training.trainer import Trainer
from playground.training.worker import train

REPEATS = 3
MEASURED = 20
WATCHED = ("Spiral", "Linear regression", "Digits", "Breast cancer")


class Stopwatch:
    """Stands in for a worker's `Channel`: says what is watched, counts reports and how often each view was
    measured, and says stop `seconds` after the first report."""

    def __init__(self, seconds: float, views: list[str] | None) -> None:
        self.seconds = seconds
        self.started: float | None = None
        self.ended = 0.0
        self.reports = 0
        self.steps = 0
        self.measured: Counter[str] = Counter()
        self._said: dict[str, Any] | None = {"do": "watch", "views": views}

    @property
    def elapsed(self) -> float:
        return 0.0 if self.started is None else time.perf_counter() - self.started

    def rate(self, count: int) -> float:
        """So many of something in a second, from the first report to the last."""
        return count / (self.ended - (self.started or 0.0))

    def send(self, body: Any) -> None:
        self.ended = time.perf_counter()
        self.started = self.started or self.ended
        self.reports += 1
        self.steps = body["progress"]["step"]
        self.measured.update(list(body["views"]))

    def receive(self, seconds: float | None) -> Any:
        said, self._said = self._said, None
        return said or ({"do": "stop"} if self.pending else None)

    @property
    def pending(self) -> bool:
        return self._said is not None or self.elapsed >= self.seconds


def endless(name: str) -> Experiment:
    preset = DATASETS[name].preset
    return preset.model_copy(update={"training": preset.training.model_copy(update={"epochs": 100_000})})


def unwatched(experiment: Experiment, seconds: float) -> float:
    """Steps per second of a session that nobody looks at: the schedule of the run itself, no probes."""
    session = Session(Trainer(build(experiment, lambda _: None)), None)
    session.obey({"do": "play"})
    start = time.perf_counter()
    session.advance(start + seconds, lambda: False)
    return session.trainer.step / (time.perf_counter() - start)


def watched(experiment: Experiment, seconds: float, views: list[str] | None = None) -> Stopwatch:
    """A worker after that long, of which these views were watched, or all."""
    watch = Stopwatch(seconds, views)
    payload = {"experiment": experiment.model_dump(mode="json"), "files": {}, "play": True, "speed": None}
    train(payload, watch)
    return watch


def table(seconds: float) -> None:
    """Print what everything together costs, and what each view costs alone."""
    print("\nWhat showing costs at full speed (median of", REPEATS, "turns; budget 20 %, ≤ 30 frames/s)\n")
    print("| data set | steps/s unwatched | steps/s with every view | share of time | frames/s |")
    print("|---|---|---|---|---|")
    for name in WATCHED:
        turns = []
        for _ in range(REPEATS):
            plain = unwatched(endless(name), seconds)
            watch = watched(endless(name), seconds)
            shown = watch.rate(watch.steps)
            turns.append((plain, shown, 1 - shown / plain, watch.rate(watch.reports)))
        plain, shown, share, frames = (statistics.median(column) for column in zip(*turns, strict=True))
        print(f"| {name} | {plain:.0f} | {shown:.0f} | {share:.0%} | {frames:.0f} |")
    alone(seconds)


def alone(seconds: float) -> None:
    """Print for each view the time of one measurement, and how often it is measured alone and among all."""
    print("\nEach view: time of one measurement; measurements/s alone and together; bytes of its arrays\n")
    print("| view |", " | ".join(WATCHED), "|")
    print("|---|" + "---|" * len(WATCHED))
    together = {name: watched(endless(name), seconds) for name in WATCHED}
    for probe in PROBES:
        cells = [cell(probe, name, seconds, together[name]) for name in WATCHED]
        print(f"| {probe.name} |", " | ".join(cells), "|")


def cell(probe: Probe, name: str, seconds: float, together: Stopwatch) -> str:
    """One view of one data set."""
    trainer = Trainer(build(endless(name), lambda _: None))
    recorder = Recorder(trainer)
    recorder.arm()
    measure = probe.make(Subject(trainer, Norms(trainer), recorder))
    if measure is None:
        return "–"
    for _ in range(MEASURED):
        trainer.run_step()
    times = []
    for _ in range(MEASURED):
        start = time.perf_counter()
        view = measure()
        times.append(time.perf_counter() - start)
    blob = Blob()
    blob.put(view)
    watch = watched(endless(name), seconds, [probe.name])
    rates = [each.rate(each.measured[probe.name]) for each in (watch, together)]
    cost = f"{statistics.median(times) * 1e6:.0f} µs"
    return f"{cost}; {rates[0]:.0f} and {rates[1]:.0f}/s; {len(blob.bytes()):,} B"
