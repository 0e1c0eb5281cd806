"""Going back in a run and on again: bit for bit as it went, whatever it consists of and was done to it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment.spec import Experiment
from playground.training import travel
from playground.training.session import Session
from tests.playground.training.experiments import flushed, spiral
from tests.playground.training.journeys import (
    Act,
    act,
    any_experiments,
    begun,
    differing,
    obey,
    seek,
    state,
    stories,
)


@pytest.fixture(autouse=True)
def dense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travel, "EVERY", 4)


def led(experiment: Experiment, story: list[Act]) -> tuple[Session, dict[int, dict[str, Any]]]:
    """A run that was led so, and its state right after each of its updates."""
    session = begun(experiment)
    states = {0: state(session)}
    for what, value in story:
        before = session.trainer.step
        act(session, what, value)
        if session.trainer.step > before and session.state != "diverged":
            states[session.trainer.step] = state(session)
    if not session.trainer.is_between and session.state != "diverged":
        obey(session, "step_batch")
        if session.state != "diverged":
            states[session.trainer.step] = state(session)
    return session, states


@settings(max_examples=40, deadline=None)
@given(any_experiments(), stories(), st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_every_step_of_a_run_can_be_gone_back_to(
    experiment: Experiment, story: list[Act], steps: list[int]
) -> None:
    with flushed():
        session, states = led(experiment, story)
        present = None if session.state == "diverged" else state(session)
        for step in steps:
            step %= session.travel.furthest + 1
            seek(session, step)
            if step < session.travel.furthest:
                assert differing(state(session), states[step]) == []
                assert session.state == "paused"
        seek(session, session.travel.furthest)
        if present is not None:
            assert differing(state(session), present) == []


@settings(max_examples=40, deadline=None)
@given(any_experiments(), stories(), st.integers(0, 40))
def test_a_run_goes_on_from_a_past_step_exactly_as_it_went(
    experiment: Experiment, story: list[Act], back: int
) -> None:
    with flushed():
        session, states = led(experiment, story)
        furthest = session.travel.furthest
        if session.state == "diverged":
            return
        present = state(session)
        deeds = list(session.record.deeds.all)
        session.record.drain()
        seek(session, back % (furthest + 1))
        while session.trainer.step < furthest:
            assert obey(session, "step_batch") == {}
            if session.trainer.step < furthest:
                assert differing(state(session), states[session.trainer.step]) == []
        seek(session, furthest)

        assert differing(state(session), present) == []
        assert session.record.deeds.all == deeds
        news = session.record.drain()
        assert news["points"] == {}
        assert news["log"] == []


def test_hundreds_of_trips_leave_memory_and_the_captured_step_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(travel, "EVERY", 50)
    session = begun(spiral(epochs=100_000))
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= 400)
    random = np.random.default_rng(0)
    for step in random.integers(0, 400, 300).tolist():
        seek(session, step)

    kept = session.travel.moments
    assert len(kept.all) <= 64
    assert kept.bytes == sum(moment.size for moment in kept.all) <= 64 * kept.all[-1].size
    seek(session, 100)
    replays = session.trainer.replays
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= 200)
    assert session.trainer.replays == replays + 100
