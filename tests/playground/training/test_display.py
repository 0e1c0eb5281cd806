"""Reports come at a steady rate, and measuring keeps to its share of the time."""

from typing import Any

import numpy as np
import pytest

from playground.training import display
from playground.training.display import INTERVAL, MOST_SAVED, SHARE, Display
from playground.training.probes import Probe
from playground.training.session import Session
from tests.playground.training.experiments import spiral, trainer
from tests.playground.training.test_session import Clock, never


def displayed(
    monkeypatch: pytest.MonkeyPatch, cost: float, speed: float | None = None, interval: float = 0.0
) -> tuple[Session, Display, Clock, list[float]]:
    """A session whose one probe takes `cost` seconds, and when it was measured."""
    clock = Clock()
    measured: list[float] = []

    def measure() -> dict[str, Any]:
        measured.append(clock.now)
        clock.now += cost
        return {"samples": np.zeros(1, np.int32)}

    probe = Probe("batch", "Batch", "What it is.", "Batch", lambda subject: measure, interval)
    monkeypatch.setattr(display, "PROBES", (probe,))
    session = Session(trainer(spiral(epochs=100_000)), speed, clock)
    shown = Display(session, clock)
    shown.watch(None)
    return session, shown, clock, measured


def run(session: Session, shown: Display, clock: Clock, seconds: float, step: float = 0.001) -> int:
    """Train for a while, `step` seconds a step; how many reports that made."""
    reports = 0
    until = clock.now + seconds
    while clock.now < until:
        session.advance(clock.now, never)
        clock.now += step
        if shown.due is not None and clock.now >= shown.due:
            shown.report()
            reports += 1
    return reports


def test_there_are_at_most_thirty_reports_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, clock, _ = displayed(monkeypatch, cost=0.0)
    session.obey({"do": "play"})

    assert 25 <= run(session, shown, clock, 2.0) / 2 <= 1 / INTERVAL


@pytest.mark.parametrize("cost", [0.002, 0.02, 0.3])
def test_a_probe_that_takes_long_is_measured_less_often(monkeypatch: pytest.MonkeyPatch, cost: float) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost)
    session.obey({"do": "play"})
    run(session, shown, clock, 10.0)

    assert len(measured) * cost <= SHARE * clock.now + MOST_SAVED + cost
    assert len(measured) >= min(10 / INTERVAL, SHARE * 10 / cost) / 2


def test_time_that_the_run_spends_waiting_for_its_pace_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost=0.1, speed=2.0)
    session.obey({"do": "play"})
    run(session, shown, clock, 10.0)

    assert len(measured) >= 19


def test_what_is_shown_of_a_paused_run_follows_the_learning_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost=0.0)
    shown.report()
    clock.now += 1
    session.obey({"do": "set_lr", "lr": 0.5})

    assert shown.due is not None
    assert shown.report()["progress"]["lr"] == 0.5
    assert len(measured) == 2


def test_a_paused_run_shows_everything_once_and_then_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost=0.5)
    shown.report()
    clock.now += 1

    assert len(measured) == 1
    assert shown.due is None
    session.obey({"do": "step_batch"})
    assert shown.due is not None
    assert "batch" in shown.report()["views"]
    assert shown.due is None


def test_a_report_says_how_fast_the_run_is_going_and_a_paused_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, shown, clock, _ = displayed(monkeypatch, cost=0.0)
    session.obey({"do": "play"})
    run(session, shown, clock, 3.0, step=0.01)

    assert shown.standing()["progress"]["steps_per_second"] == pytest.approx(100, rel=0.1)
    session.obey({"do": "pause"})
    shown.report()
    assert shown.standing()["progress"]["steps_per_second"] is None


def test_what_nobody_watches_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost=0.0)
    shown.watch(["boundary"])
    session.obey({"do": "play"})
    run(session, shown, clock, 1.0)

    assert measured == []
    shown.watch(["batch"])
    assert "batch" in shown.report()["views"]


def test_who_begins_to_watch_a_paused_run_gets_the_view_although_nothing_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, shown, _, measured = displayed(monkeypatch, cost=0.0)
    shown.report()
    shown.watch([])
    assert shown.due is None

    shown.watch(["batch"])

    assert shown.due is not None
    assert "batch" in shown.report()["views"]
    assert len(measured) == 2


def test_a_change_by_hand_makes_views_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown, _, _ = displayed(monkeypatch, cost=0.0)
    shown.report()

    session.obey({"do": "edit", "parameter": "0.bias", "index": [0], "value": 2.0})

    assert shown.due is not None
    assert "batch" in shown.report()["views"]


def test_a_probe_with_an_interval_is_measured_no_more_often_while_the_run_is_going(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, shown, clock, measured = displayed(monkeypatch, cost=0.0, interval=0.25)
    session.obey({"do": "play"})
    run(session, shown, clock, 2.0, step=0.01)

    assert 7 <= len(measured) <= 8
    before = len(measured)
    session.obey({"do": "step_batch"})
    shown.report()
    session.obey({"do": "step_batch"})
    shown.report()
    assert len(measured) == before + 2


def test_a_step_is_recorded_while_somebody_watches_what_needs_it() -> None:
    session = Session(trainer(spiral()), None, Clock())
    shown = Display(session, Clock())
    model = session.trainer.built.model
    for views, recording in (([], False), (["layers"], False), (["step", "layers"], True), ([], False)):
        shown.watch(views)
        assert bool(model._forward_pre_hooks) == recording


def test_a_sample_that_is_asked_about_is_the_one_whose_maps_are_shown() -> None:
    session = Session(trainer(spiral()), None, Clock())
    shown = Display(session, Clock())
    shown.watch(["filters"])
    assert shown.report()["views"]["filters"]["sample"] == 0
    session.obey({"do": "sample", "split": "training", "index": 5, "units": {}})

    filters = shown.report()["views"]["filters"]
    assert (filters["sample"], filters["of"]) == (5, "training")


def test_recording_counts_as_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that costs nothing itself, but whose steps are dear to record."""
    session, shown, clock, measured = displayed(monkeypatch, cost=0.0)
    monkeypatch.setattr(shown._recorder, "take_spent", lambda: 0.05)
    session.obey({"do": "play"})
    run(session, shown, clock, 10.0)

    assert len(measured) <= 10 * SHARE / 0.05 * 1.5
