"""A run that looks back shows what was there, changes nothing, and lets itself be interrupted."""

from typing import Any

import numpy as np
import pytest

from playground.experiment.spec import Chosen, Experiment
from playground.training import observe, travel
from playground.training.display import Display
from playground.training.log import Deed
from playground.training.session import Session
from playground.training.trainer import PHASES
from tests.playground.training.experiments import line, spiral
from tests.playground.training.journeys import act, arrive, begun, differing, never, obey, seek, state
from tests.playground.training.test_session import explode
from tests.playground.training.test_undisturbed import Clock

DROPPING = (
    ("Linear", {"out_features": 8}),
    ("BatchNorm1d", {}),
    ("ReLU", {}),
    ("Dropout", {"p": 0.4}),
    ("Linear", {"out_features": 2}),
)


def plain(value: Any) -> Any:
    """A view to compare: arrays as bytes."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else repr(value)


def played(experiment: Experiment, steps: int) -> Session:
    session = begun(experiment)
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= steps)
    obey(session, "pause")
    return session


@pytest.mark.parametrize(
    "experiment",
    [
        spiral(*DROPPING, epochs=20, optimizer="Adam"),
        spiral(*DROPPING, epochs=20, style="iterable", shuffle=False, num_workers=2),
        line(epochs=20),
    ],
)
def test_every_view_of_a_past_step_is_what_it_was_there(
    monkeypatch: pytest.MonkeyPatch, experiment: Experiment
) -> None:
    monkeypatch.setattr(travel, "EVERY", 10)
    session = begun(experiment)
    display = Display(session, Clock())
    display.watch(None)
    seen = {0: display.report()}
    for step in range(1, 34):
        obey(session, "step_batch")
        seen[step] = display.report()

    for step in (9, 10, 31, 1, 20, 33, 0):
        seek(session, step)
        report = display.report()
        assert report["views"].keys() == seen[step]["views"].keys()
        for name, view in report["views"].items():
            assert plain(view) == plain(seen[step]["views"][name]), (step, name)
        assert report["scalars"] == seen[step]["scalars"]


def test_on_the_way_nothing_is_measured_and_nothing_recorded_but_the_last_step() -> None:
    session = played(spiral(epochs=100), 120)
    display = Display(session, Clock())
    display.watch(None)
    obey(session, "seek", step=90)
    session.advance(0.0, never)

    report = display.report()
    assert report["views"] == {}
    assert report["progress"]["seeking"] == 90
    assert session.trainer.step < 90
    arrive(session)
    assert session.recorder.latest is not None
    assert session.recorder.latest.step == 90
    assert display.report()["progress"]["seeking"] is None


def test_a_run_on_its_way_takes_a_step_at_a_time_and_hears_what_it_is_told() -> None:
    session = played(spiral(epochs=100), 45)
    obey(session, "seek", step=40)
    session.advance(1e9, lambda: True)
    assert session.travel.target == 40
    assert "on its way to step 40" in obey(session, "step_batch")["error"]
    assert "on its way to step 40" in obey(session, "edit", parameter="0.bias", index=[0], value=1.0)["error"]
    assert "outputs" in obey(session, "predict", inputs=[[0.0, 0.0]])

    seek(session, 3)
    assert (session.state, session.trainer.step) == ("paused", 3)


def test_where_steps_take_long_a_kept_state_is_put_back_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    session = played(spiral(epochs=100), 45)
    present = state(session)
    for patience, left in ((1.0, 35), (0.0, 0)):
        monkeypatch.setattr(travel, "PATIENCE", patience)
        seek(session, 10)
        obey(session, "seek", step=45)
        assert 45 - session.trainer.step == left
        arrive(session)
        assert differing(state(session), present) == []


def test_who_presses_play_on_the_way_sees_the_run_go_on_from_there() -> None:
    session = played(spiral(epochs=100), 45)
    obey(session, "seek", step=40)
    assert obey(session, "play") == {}
    session.advance(1e9, lambda: session.travel.target is None)
    assert (session.state, session.trainer.step) == ("running", 40)
    obey(session, "seek", step=30)
    obey(session, "play")
    obey(session, "seek", step=20)
    session.advance(1e9, lambda: session.travel.target is None)
    assert (session.state, session.trainer.step) == ("paused", 20)


def test_a_pause_ends_the_way_where_the_run_is() -> None:
    session = played(spiral(epochs=100), 45)
    obey(session, "seek", step=40)
    session.advance(1e9, lambda: True)
    here = session.trainer.step
    obey(session, "pause")
    session.advance(1e9, never)

    assert (session.state, session.trainer.step, session.due) == ("paused", here, None)
    assert session.travel.looks_back


@pytest.mark.parametrize(
    "change",
    [
        {"do": "set_lr", "lr": 0.5},
        {"do": "edit", "parameter": "0.bias", "index": [0], "value": 1.0},
        {"do": "mute", "layer": "row-0", "unit": 0, "on": True},
        {"do": "phase", "phase": "forward"},
    ],
)
def test_what_was_cannot_be_changed(change: dict[str, Any]) -> None:
    session = played(spiral(epochs=100), 12)
    seek(session, 5)
    before = state(session)

    answer = session.obey(change)

    assert "looking back at step 5 of 12: branch here to change something" in answer["error"]
    assert differing(state(session), before) == []
    seek(session, 12)
    assert session.obey(change) == {}


def test_the_phases_of_a_past_step_can_be_run_one_at_a_time_in_their_order() -> None:
    session = played(spiral(epochs=100), 6)
    expected = state(session)
    seek(session, 5)
    for phase in PHASES:
        assert obey(session, "phase", phase=phase) == {}

    assert differing(state(session), expected) == []


def test_a_step_that_was_not_made_in_the_usual_order_is_brought_back_whole() -> None:
    session = played(spiral(*DROPPING, epochs=100), 3)
    act(session, "odd phases", 0.0)
    expected = state(session)
    obey(session, "step_batch")
    seek(session, 3)

    assert "was not made in the usual order" in obey(session, "phase", phase="zero_grad")["error"]
    obey(session, "step_batch")
    assert differing(state(session), expected) == []


def test_a_step_that_was_never_made_cannot_be_looked_at() -> None:
    session = played(spiral(), 3)

    assert "has made 3 steps: there is no step 4" in obey(session, "seek", step=4)["error"]


def test_what_cannot_be_repeated_and_is_not_kept_any_more_is_said_with_the_way_out() -> None:
    session = begun(spiral(epochs=100))
    for _ in range(40):
        act(session, "odd phases", 0.0)
    act(session, "step", 0.0)
    seek(session, 0)

    answer = obey(session, "step_batch")

    assert "in another order after step 0, which is not kept any more: branch here" in answer["error"]
    seek(session, 41)
    assert session.problem is None


def test_a_finished_run_can_be_looked_back_into_and_finishes_again() -> None:
    session = begun(spiral(epochs=3))
    obey(session, "play")
    session.advance(1e9, never)
    assert session.state == "finished"
    expected = state(session)

    seek(session, 7)
    assert session.state == "paused"
    obey(session, "play")
    session.advance(1e9, never)
    assert session.state == "finished"
    assert differing(state(session), expected) == []
    seek(session, 2)
    seek(session, 12)
    assert session.state == "finished"


def test_a_diverged_run_is_gone_back_in_and_diverges_again_at_the_same_step() -> None:
    session = begun(line(epochs=100))
    obey(session, "set_lr", lr=1e6)
    obey(session, "play")
    session.advance(1e9, never)
    problem, furthest = session.problem, session.travel.furthest
    assert session.state == "diverged"

    seek(session, 1)
    assert (session.state, session.problem) == ("paused", None)
    obey(session, "play")
    session.advance(1e9, never)
    assert (session.state, session.problem, session.travel.furthest) == ("diverged", problem, furthest)


@pytest.mark.parametrize("back", [0, 30, 56, 57])
def test_a_run_that_was_brought_back_to_good_weights_goes_through_that_again(back: int) -> None:
    session = begun(line(epochs=100))
    for _ in range(57):
        obey(session, "step_batch")
    explode(session)
    obey(session, "step_batch")
    obey(session, "restore")
    obey(session, "set_lr", lr=0.001)
    for _ in range(10):
        obey(session, "step_batch")
    expected = state(session)

    seek(session, back)
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= session.travel.furthest)
    assert differing(state(session), expected) == []
    assert [deed.do for deed in session.record.deeds.all] == ["restore", "set_lr", "phases"]


def test_an_evaluation_under_way_is_finished_before_the_run_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(observe, "MOST_ROWS", 3)
    session = begun(spiral(epochs=100))
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= 12)
    assert session.record.is_scoring

    seek(session, 4)
    seek(session, 12)

    assert session.record.drain()["points"]["accuracy"][0].tolist() == [0, 12]
    assert session.record.scalars["accuracy"] > 0


@pytest.mark.parametrize(
    "schedule",
    [
        Chosen(type="OneCycleLR", args={"max_lr": 0.3}),
        Chosen(type="ReduceLROnPlateau", args={"patience": 0, "factor": 0.5, "threshold": 0.5}),
        Chosen(type="ExponentialLR", args={"gamma": 0.7}),
    ],
)
def test_a_schedule_goes_back_and_on_with_the_run(schedule: Chosen) -> None:
    experiment = spiral(epochs=15)
    training = experiment.training.model_copy(update={"schedule": schedule})
    session = begun(experiment.model_copy(update={"training": training}))
    rates = [session.trainer.lr]
    for _ in range(60):
        obey(session, "step_batch")
        rates.append(session.trainer.lr)
    assert len(set(rates)) > 4

    for step in (59, 13, 40, 0, 60):
        seek(session, step)
        assert session.trainer.lr == rates[step]
    seek(session, 20)
    obey(session, "play")
    session.advance(1e9, never)
    assert session.trainer.lr == rates[60]


def test_repeated_losses_are_told_apart_and_nothing_is_told_twice() -> None:
    session = played(spiral(epochs=100), 60)
    obey(session, "set_lr", lr=0.01)
    obey(session, "step_batch")
    first = session.record.drain()
    seek(session, 55)
    obey(session, "play")
    session.advance(1e9, lambda: session.trainer.step >= 64)
    again = session.record.drain()

    assert again["points"]["training loss"][0].tolist() == [62, 63, 64]
    assert again["log"] == []
    since, steps, values = again["repeated"]
    assert since == 49
    assert steps.tolist() == list(range(50, 62))
    assert values.tolist() == first["points"]["training loss"][1][49:].tolist()
    assert session.record.deeds.all == [Deed(60, "set_lr", 0.01)]


def test_time_is_spent_once() -> None:
    session = played(spiral(epochs=100), 60)
    spent, samples = session.spent.seconds, session.travel.samples
    seek(session, 10)
    obey(session, "step_batch")

    assert session.spent.seconds == spent > 0
    assert session.travel.samples == samples == 60 * 8
