"""The detective of a run: which step it was, what led there, ways out that work; the run is not touched."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import engine as torch
from playground.data.registry import DATASETS
from playground.experiment.fixes import Fix, apply
from playground.experiment.spec import Chosen, CsvFile, Experiment
from playground.protocol.finding import FindingReply
from playground.training.detective.culprit import Culprit
from playground.training.detective.examine import examine
from playground.training.detective.trial import Trials, offered
from playground.training.detective.ways import scaled, ways
from playground.training.session import Session
from tests.playground.export.random_experiments import experiments
from tests.playground.export.schedules import scheduled
from tests.playground.training.detective.faults import TWO, optimized, weights
from tests.playground.training.experiments import clipped, line, spiral, trainer


def played(session: Session) -> Session:
    """Until it stops by itself."""
    session.obey({"do": "play"})
    while session.state == "running":
        session.advance(float("inf"), lambda: False)
    return session


def diverged(experiment: Experiment, after: int = 0, **edit: Any) -> Session:
    """A run that breaks, by a weight set by hand after so many steps where one is given."""
    session = Session(trainer(experiment), None)
    for _ in range(after):
        session.obey({"do": "step_batch"})
    if edit:
        assert session.obey({"do": "edit", **edit}) == {}
    played(session)
    assert session.state == "diverged"
    return session


def found(session: Session) -> dict[str, Any]:
    """The answer, in the shape of its protocol."""
    answer = session.obey({"do": "finding"})
    assert "error" not in answer, answer
    FindingReply.model_validate(answer)
    return answer


def examined(session: Session) -> Culprit:
    """The culprit of the step under way in a run that has diverged in its loss."""
    session.trainer.begin_step_again()
    culprit = examine(session.trainer).culprit
    assert culprit is not None
    return culprit


def burst() -> Experiment:
    return optimized(line(epochs=50), "SGD", 1000.0)


def test_the_step_is_found_with_the_steps_that_led_there() -> None:
    finding = found(diverged(burst()))

    assert finding["headline"] == "Step 7, loss: MSELoss made the first inf"
    assert (finding["step"], finding["phase"], finding["layer"]) == (7, "loss", None)
    assert [step["step"] for step in finding["before"]] == [1, 2, 3, 4, 5, 6]
    weights = [step["weight"] for step in finding["before"]]
    assert weights == sorted(weights)
    assert "and the largest weight from" in finding["explanation"]
    assert [(call["phase"], call["op"], call["largest"]) for call in finding["chain"]][-1] == (
        "loss", "F.mse_loss", None,
    )  # fmt: skip


def test_a_smaller_learning_rate_is_offered_with_how_it_was_found_and_keeps_the_run_finite() -> None:
    session = diverged(burst())
    (way, *_) = found(session)["ways"]

    assert way["fix"]["label"] == "Set the learning rate to 0.1"
    assert "It is 1/10,000 of the 1000 it had." in way["reason"]
    assert way["tried"].startswith("Tried for 40 steps: the loss went from")
    changed = apply(burst(), Fix.model_validate(way["fix"]).edits)
    assert played(Session(trainer(changed), None)).state == "finished"


def test_without_time_to_try_it_a_tenth_is_offered_and_that_is_said() -> None:
    session = diverged(burst())
    built, culprit = session.trainer.built, examined(session)
    trials = Trials(built, [], session.travel.moments.first, 7, clock=iter(range(0, 10**6, 60)).__next__)

    ((way, tried), (clipping, _)) = offered(trials, built, culprit, [], 1000.0)

    assert way.fix.label == "Set the learning rate to 100"
    assert (way.reason, tried) == ("It is a tenth of the 1000 it had. There was no time to try it.", "")
    assert clipping.fix.label.startswith("Clip gradients")


def test_finding_leaves_the_run_as_it_was() -> None:
    session = diverged(optimized(spiral(("Linear", {"out_features": 8}), ("Dropout", {}),
                                        ("Linear", {"out_features": 2}), epochs=30), "SGD", 0.1),
                       after=9, parameter="0.weight", index=[0, 0], value=1e38)  # fmt: skip
    built = session.trainer.built

    def state() -> list[np.ndarray]:
        return [p.detach().numpy().copy() for p in built.model.parameters()]

    before, random, step = state(), torch.get_rng_state(), session.trainer.step
    moments = list(session.travel.moments.all)
    hooks = len(built.optimizer._before), len(built.optimizer._after)

    first, again = found(session), found(session)

    assert first == again
    for one, other in zip(before, state(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert repr(torch.get_rng_state()) == repr(random)
    assert (session.trainer.step, session.state, session.travel.moments.all) == (step, "diverged", moments)
    assert (len(built.optimizer._before), len(built.optimizer._after)) == hooks


def test_a_run_goes_on_after_a_finding_as_it_would_have_without() -> None:
    losses = []
    for asked in (False, True):
        session = diverged(spiral(epochs=30), after=9, parameter="0.weight", index=[0, 0], value=3e38)
        if asked:
            found(session)
        assert session.obey({"do": "restore"}) == {}
        for _ in range(8):
            session.obey({"do": "step_batch"})
        losses.append(session.trainer.loss)

    assert losses[0] == losses[1]


def test_a_weight_set_by_hand_is_named_and_going_back_is_the_way_out() -> None:
    finding = found(diverged(line(*TWO, epochs=30), after=30, parameter="0.weight", index=[0, 0], value=1e38))

    assert (finding["step"], finding["last_good"]) == (31, 30)
    assert "By hand, after step 30, there was set 0.weight[0, 0] to 1e+38." in finding["explanation"]
    (way,) = finding["ways"]
    assert (way["fix"]["label"], way["fix"]["edits"]) == ("Go on without what was set by hand", ())


def test_an_update_that_silently_stops_a_weight_is_found_though_all_weights_are_finite() -> None:
    session = diverged(optimized(line(*TWO, epochs=30), "Adam", 0.1), after=3,
                       parameter="0.weight", index=[0, 0], value=3e18)  # fmt: skip

    assert "exp_avg_sq of Adam for weight of Linear 2 is not finite" in session.problem["message"]
    finding = found(session)
    assert (finding["phase"], finding["op"]) == ("step", "Adam: exp_avg_sq")
    assert finding["layer"]["name"] == "Linear 2"
    assert "a weight never moves again" in finding["explanation"]


def test_what_broke_steps_ago_is_found_in_its_own_step() -> None:
    session = Session(trainer(optimized(line(*TWO, epochs=100), "Adam", 0.1)), None)
    for _ in range(111):
        session.obey({"do": "step_batch"})
    session.obey({"do": "edit", "parameter": "0.weight", "index": [0, 0], "value": 3e18})
    played(session)

    finding = found(session)

    assert session.trainer.step == 150
    assert (finding["step"], finding["op"]) == (112, "Adam: exp_avg_sq")
    assert "It was noticed after step 150." in finding["explanation"]


def test_the_last_good_state_has_nothing_in_it_that_is_not_finite() -> None:
    session = Session(trainer(optimized(line(*TWO, epochs=100), "Adam", 0.1)), None)
    for _ in range(111):
        session.obey({"do": "step_batch"})
    session.obey({"do": "edit", "parameter": "0.weight", "index": [0, 0], "value": 3e18})
    played(session)

    assert session.obey({"do": "restore"}) == {}

    assert session.trainer.step == 150
    assert played(session).state == "finished"


def test_an_evaluation_after_the_update_is_not_taken_for_it() -> None:
    plateau = scheduled(line(*TWO, epochs=30), Chosen(type="ReduceLROnPlateau"))
    session = Session(trainer(plateau), None)
    for _ in range(3):
        session.obey({"do": "step_batch"})
    session.obey({"do": "set_lr", "lr": 1e4})
    session.obey({"do": "edit", "parameter": "0.weight", "index": [0, 0], "value": 3e18})

    finding = found(played(session))

    assert (finding["phase"], finding["op"], finding["step"]) == ("step", "SGD: step", 4)


def test_gradients_too_large_to_clip_stop_the_run_before_they_are_taken_for_nothing() -> None:
    experiment = clipped(line(*TWO, epochs=30), 1.0)
    session = diverged(experiment, after=3, parameter="0.weight", index=[0, 0], value=3e18)

    assert "the norm of all gradients became inf: they cannot be clipped" in session.problem["message"]
    assert found(session)["op"] == "clip_grad_norm_"


def test_a_last_softmax_is_to_go_where_the_loss_takes_it_by_itself() -> None:
    rows = (("Linear", {"out_features": 2}), ("Softmax", {"dim": 1}))
    finding = found(diverged(spiral(*rows, epochs=30, lr=1e39)))

    assert (finding["phase"], finding["op"]) == ("step", "SGD: step")
    reasons = {way["fix"]["label"]: way["reason"] for way in finding["ways"]}
    label = next(label for label in reasons if label.startswith("Remove Softmax 1; set the learning rate to"))
    assert "log-sum-exp" in reasons[label]


def test_an_eps_of_nothing_is_raised() -> None:
    rows = (("Linear", {"out_features": 8}), ("BatchNorm1d", {"eps": 1e-50}), ("Linear", {"out_features": 2}))
    session = Session(trainer(spiral(*rows, epochs=30)), None)
    built = session.trainer.built
    weights(0.0)(session.trainer)
    weights(0.0, 1)(session.trainer)
    _, culprit, _ = examine(session.trainer)

    assert culprit is not None
    (way, *_) = ways(built, culprit, [])
    assert way.fix.label == "Set eps of BatchNorm1d 1 to 1e-05"
    assert way.fix.edits[0].where == "layers/row-1/args/eps"


def test_columns_as_they_came_are_to_be_standardised_where_they_are_large() -> None:
    built = trainer(spiral()).built
    csv = CsvFile(name="a.csv", size=1, sha256="0" * 64, target="y", task="regression", standardize=False)
    data = built.experiment.data.model_copy(update={"csv": csv})
    built = replace(built, experiment=built.experiment.model_copy(update={"data": data}))
    assert list(scaled(built)) == []

    built.prepared.x_train[:] = 5000
    (way,) = scaled(built)

    assert way.fix.label == "Standardise the columns"
    assert "the inputs up to 5e+03" in way.reason


def test_a_run_that_is_well_has_nothing_to_find() -> None:
    assert "has not diverged" in Session(trainer(spiral()), None).obey({"do": "finding"})["error"]


@pytest.mark.parametrize("name", ["Linear regression", "Digits", "Diabetes"])
def test_a_preset_with_a_ruinous_learning_rate_gets_one_that_works(name: str) -> None:
    preset = DATASETS[name].preset
    session = diverged(optimized(preset, "SGD", 1e12))

    finding = found(session)

    assert finding["ways"][0]["fix"]["label"].startswith("Set the learning rate to ")
    assert finding["last_good"] == 0


def test_a_step_taken_apart_by_hand_cannot_be_found_and_that_is_said() -> None:
    session = Session(trainer(burst()), None)
    for _ in range(5):
        for phase in ("forward", "loss", "backward", "step"):
            session.obey({"do": "phase", "phase": phase})
    played(session)

    assert session.state == "diverged"
    answer = session.obey({"do": "finding"})
    assert "headline" in answer or "taken apart by hand" in answer["error"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    experiment=experiments(epochs=3),
    lr=st.sampled_from([1e3, 1e10, 1e30]),
    place=st.integers(0, 10**6),
    value=st.sampled_from([1e19, 1e30, 3e38, float("inf"), float("nan")]),
)
def test_of_any_run_that_breaks_somebody_is_named(
    experiment: Experiment, lr: float, place: int, value: float
) -> None:
    args = {**experiment.optimizer.args, "lr": lr}
    broken = experiment.model_copy(
        update={"optimizer": experiment.optimizer.model_copy(update={"args": args})}
    )
    session = Session(trainer(broken), None)
    named = list(session.trainer.built.model.named_parameters())
    name, parameter = named[place % len(named)]
    index = [int(i) for i in np.unravel_index(place % parameter.numel(), tuple(parameter.shape))]
    session.obey({"do": "edit", "parameter": name, "index": index, "value": value})
    played(session)
    assume(session.state == "diverged")

    finding = found(session)

    assert 1 <= finding["step"] <= session.trainer.step + 1
    assert finding["chain"][-1]["largest"] is None
