"""Experiments to plant faults in, and what is said of one: by its check, and by a run of all its steps."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.advice.advise import advised
from playground.experiment.fixes import apply
from playground.experiment.spec import Experiment
from playground.protocol.replies import Advice
from playground.training.hand import Hand
from playground.training.norms import Norms
from playground.training.probes import Recorder, Subject
from playground.training.probes.advice import PROBE
from playground.training.record import Record
from playground.training.trainer import DivergedError, Trainer
from tests.playground.experiment.experiments import checked, experiment
from tests.playground.training.experiments import Row, stack, trainer

RELU: Row = ("ReLU", {})
TANH: Row = ("Tanh", {})
SIGMOID: Row = ("Sigmoid", {})
LOOKS = 24


def linear(out_features: int, **args: Any) -> Row:
    return "Linear", {"out_features": out_features, **args}


def conv(out_channels: int, **args: Any) -> Row:
    return "Conv2d", {"out_channels": out_channels, "kernel_size": 3, "padding": 1, **args}


def row(type: str, **args: Any) -> Row:
    return type, args


def mlp(outputs: int, activation: Row = RELU, width: int = 16, depth: int = 2) -> tuple[Row, ...]:
    return (*(part for _ in range(depth) for part in (linear(width), activation)), linear(outputs))


def built(*rows: Row, optimizer: str = "Adam", lr: float = 0.01, **changes: Any) -> Experiment:
    """Sensible but for what the changes make of it; of Spiral where they say nothing else."""
    arguments = {"lr": lr, **changes.pop("optimizer_args", {})}
    return experiment(*stack(rows), optimizer=optimizer, optimizer_args=arguments, **changes)


def said_before(given: Experiment) -> list[Advice]:
    """What the check has to say."""
    return advised(checked(given)).advice


def of(rule: str, advice: list[Advice]) -> Advice:
    """The one advice of that rule."""
    (found,) = [one for one in advice if one.rule == rule]
    return found


def name_of(given: Experiment, advice: Advice) -> str:
    """What the row is called that it is about; empty where it is about none."""
    return next((fact.name for fact in checked(given).layers if fact.id == advice.layer), "")


def fixed(given: Experiment, advice: Advice) -> Experiment:
    """The experiment with its fix taken."""
    assert advice.fix is not None
    return apply(given, advice.fix.edits)


def said_during(
    given: Experiment,
    looks: int = LOOKS,
    change: Callable[[Trainer], None] = lambda trained: None,
    muted: dict[str, list[int]] | None = None,
) -> dict[str, Advice]:
    """All that a run says from its first to its last step, by rule, as it said it last.

    `change` makes something else of the run before its first step, `muted` are units silenced by hand.
    """
    trained = trainer(given)
    change(trained)
    hand = Hand(trained)
    hand.mute_only(muted or {})
    norms = Norms(trained)
    record = Record(trained, norms)
    state = {"running": True}
    recorder = Recorder(trained, running=lambda: state["running"])
    measure = PROBE.make(Subject(trained, norms, recorder, trend=record.trend, muted=lambda: hand.muted))
    assert measure is not None
    steps = given.training.epochs * trained.batches
    moments = {*np.linspace(0, steps, looks, dtype=int).tolist(), *range(0, min(60, steps), 10)}

    def heard() -> dict[str, Advice]:
        return {advice["rule"]: Advice.model_validate(advice) for advice in measure()}

    said = heard()
    with np.errstate(all="ignore"), contextlib.suppress(DivergedError):
        for step in range(1, steps + 1):
            trained.run_step()
            record.step()
            if step in moments:
                said |= heard()
    state["running"] = False
    return said | heard()
