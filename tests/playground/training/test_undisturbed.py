"""Whoever watches and whatever is asked, a run gives the same weights and the same record, bit for bit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.experiment.spec import Experiment
from playground.training import gradients
from playground.training.display import Display
from playground.training.probes import PROBES
from playground.training.session import Session
from playground.training.trainer import PHASES
from tests.playground.export.random_experiments import experiments
from tests.playground.training.experiments import trainer

STEPS = 5
VIEWS = [probe.name for probe in PROBES]
Looks = Sequence[tuple[set[str], str]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "SECONDS", 0.01)


class Clock:
    """Time in which there is always time to measure."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def led(experiment: Experiment, looks: Looks) -> tuple[list[np.ndarray], dict[str, Any]]:
    """The weights and the record of the first steps, with what is looked at and asked before each of them."""
    session = Session(trainer(experiment), None)
    display = Display(session, Clock())
    reports = [session.record.drain()]
    for step in range(STEPS):
        views, question = looks[step] if looks else (set(), "")
        display.watch(views)
        for phase in PHASES:
            if looks:
                reports.append(display.report())
                ask(session, question)
            session.obey({"do": "phase", "phase": phase})
        reports.append(display.report())
    weights = [value.numpy().copy() for value in session.trainer.built.model.state_dict().values()]
    return weights, joined(reports)


def ask(session: Session, question: str) -> None:
    match question:
        case "sample":
            session.obey({"do": "sample", "index": 0, "split": "training", "units": {}})
        case "gradcheck":
            session.obey({"do": "gradcheck"})
        case "predict":
            width = int(np.prod(session.trainer.built.prepared.facts.input_shape))
            session.obey({"do": "predict", "inputs": [[0.5] * width]})


def joined(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Every curve of the reports as one."""
    curves: dict[str, list[Any]] = {}
    for report in reports:
        for name, (steps, values) in report["points"].items():
            curves.setdefault(name, []).extend(zip(steps.tolist(), map(repr, values.tolist()), strict=True))
    return curves


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    experiments(epochs=3),
    st.lists(
        st.tuples(st.sets(st.sampled_from(VIEWS)), st.sampled_from(["", "sample", "gradcheck", "predict"])),
        min_size=STEPS,
        max_size=STEPS,
    ),
)
def test_looking_and_asking_change_nothing(experiment: Experiment, looks: Looks) -> None:
    watched, record = led(experiment, looks)
    alone, expected = led(experiment, [])

    for one, other in zip(watched, alone, strict=True):
        np.testing.assert_array_equal(one, other)
    assert record == expected
