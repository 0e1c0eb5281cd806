"""The process in which a run trains: commands in, reports out, steps in between."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import engine as torch
from playground.experiment.spec import Experiment
from playground.jobs.channel import Channel
from playground.training import branch
from playground.training.build import build
from playground.training.display import Display
from playground.training.session import Session
from playground.training.trainer import Trainer


def train(payload: Mapping[str, Any], channel: Channel) -> None:
    """Train until told to stop.

    `payload` has the `experiment`, the paths of its `files` by SHA-256, whether to `play` at once, and the
    `speed`. Of a branch it has `from`: the experiment of its `parent`, null where it goes on as the same run,
    and the `lr` to set then, if any; the moment comes as the message `begin`. Other messages are `stop`,
    `watch` with the names of `views` (null: all), and commands of `Session.obey`, each with the `question`
    its answer is to come back under.
    """
    torch.set_num_threads(1)  # whatever the environment says: the other cores are for other runs
    torch.set_flush_denormal(True)  # as captured steps do: a step is the same, however it is made
    waiting: list[Mapping[str, Any]] = []
    session, notes = _begun(payload, channel, waiting)
    if session is None:
        return
    display = Display(session, time.perf_counter)
    if payload["play"]:
        session.obey({"do": "play"})
    parameters = sum(parameter.numel() for parameter in session.trainer.built.model.parameters())
    channel.send({**display.report(), "built": [notes, parameters, session.trainer.batches]})
    while True:
        message = waiting.pop(0) if waiting else channel.receive(_seconds_to(_next(session, display)))
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


def _begun(
    payload: Mapping[str, Any], channel: Channel, waiting: list[Mapping[str, Any]]
) -> tuple[Session | None, list[str]]:
    """The session, null where it was stopped before it began. Messages that came too early are `waiting`."""
    experiment = Experiment.model_validate(payload["experiment"])
    files = {sha256: Path(path) for sha256, path in payload["files"].items()}.get
    origin, speed = payload["from"], payload["speed"]
    if origin is None:
        return Session(Trainer(build(experiment, files)), speed), []
    while (message := channel.receive())["do"] != "begin":
        if message["do"] == "stop":
            return None, []
        waiting.append(message)
    if origin["parent"] is not None:
        parent = Experiment.model_validate(origin["parent"])
        return branch.change(experiment, parent, message, files, speed)
    return branch.go_on(experiment, message, files, speed, origin["lr"]), []


def _next(session: Session, display: Display) -> float | None:
    """When there is something to do: a step or a report; null for only when told."""
    times = [at for at in (session.due, display.due) if at is not None]
    return min(times, default=None)


def _seconds_to(at: float | None) -> float | None:
    return None if at is None else at - time.perf_counter()
