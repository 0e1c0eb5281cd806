"""The process in which a run trains: commands in, reports out, steps in between."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.experiment.spec import Experiment
from playground.jobs.channel import Channel
from playground.training.build import build
from playground.training.display import Display
from playground.training.session import Session
from playground.training.trainer import Trainer


def train(payload: Mapping[str, Any], channel: Channel) -> None:
    """Train until told to stop.

    `payload` has the `experiment`, the paths of its `files` by SHA-256, whether to `play` at once, and the
    `speed`. Messages are `stop`, `watch` with the names of `views` (null: all), and commands of
    `Session.obey`, each with the `question` its answer is to come back under.
    """
    experiment = Experiment.model_validate(payload["experiment"])
    files = {sha256: Path(path) for sha256, path in payload["files"].items()}
    session = Session(Trainer(build(experiment, files.get)), payload["speed"])
    display = Display(session, time.perf_counter)
    if payload["play"]:
        session.obey({"do": "play"})
    channel.send(display.report())
    while True:
        message = channel.receive(_seconds_to(_next(session, display)))
        if message is not None:
            if message["do"] == "stop":
                channel.send(display.report())
                return
            if message["do"] == "watch":
                display.watch(message["views"])
                continue
            answers = [[message["question"], session.obey(message)]]
            # With all that the run has recorded: who asks for a step may ask for its loss next.
            channel.send({**display.standing(), **session.record.drain(), "answers": answers})
            continue
        session.advance(display.next, lambda: channel.pending)
        if display.due is not None and time.perf_counter() >= display.due:
            channel.send(display.report())


def _next(session: Session, display: Display) -> float | None:
    """When there is something to do: a step or a report; null for only when told."""
    times = [at for at in (session.due, display.due) if at is not None]
    return min(times, default=None)


def _seconds_to(at: float | None) -> float | None:
    return None if at is None else at - time.perf_counter()
