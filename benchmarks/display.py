"""What watching costs: steps per second of a run at full speed, with everything shown and with nothing.

The budget is 20 % of wall time (`playground.training.display.SHARE`), frames at most 30 a second.
"""

import statistics
import time
from typing import Any

from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.training.build import build
from playground.training.session import Session
from playground.training.trainer import Trainer
from playground.training.worker import train

REPEATS = 3
WATCHED = ("Spiral", "Linear regression", "Digits", "Breast cancer")


class Stopwatch:
    """Stands in for a worker's `Channel`: counts reports, and says stop `seconds` after the first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started: float | None = None
        self.reports = 0
        self.steps = 0

    @property
    def elapsed(self) -> float:
        return 0.0 if self.started is None else time.perf_counter() - self.started

    def send(self, body: Any) -> None:
        self.started = self.started or time.perf_counter()
        self.reports += 1
        self.steps = body["progress"]["step"]

    def receive(self, seconds: float | None) -> Any:
        return {"do": "stop"} if self.pending else None

    @property
    def pending(self) -> bool:
        return self.elapsed >= self.seconds


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


def watched(experiment: Experiment, seconds: float) -> tuple[float, float]:
    """Steps and reports per second of a worker."""
    watch = Stopwatch(seconds)
    payload = {"experiment": experiment.model_dump(mode="json"), "files": {}, "play": True, "speed": None}
    train(payload, watch)
    return watch.steps / watch.elapsed, watch.reports / watch.elapsed


def table(seconds: float) -> None:
    """Print both rates and the share of the time that showing took."""
    print("\nWhat showing costs at full speed (median of", REPEATS, "turns; budget 20 %, ≤ 30 frames/s)\n")
    print("| data set | steps/s unwatched | steps/s watched | share of time | frames/s |")
    print("|---|---|---|---|---|")
    for name in WATCHED:
        experiment = endless(name)
        turns = []
        for _ in range(REPEATS):
            plain = unwatched(experiment, seconds)
            shown, frames = watched(experiment, seconds)
            turns.append((plain, shown, 1 - shown / plain, frames))
        plain, shown, share, frames = (statistics.median(column) for column in zip(*turns, strict=True))
        print(f"| {name} | {plain:.0f} | {shown:.0f} | {share:.0%} | {frames:.0f} |")
