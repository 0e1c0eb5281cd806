"""The detective of a run: which step it was, and what led there; the run is not touched."""

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import engine as torch
from playground.experiment.spec import Chosen, Experiment
from playground.training.session import Session
from tests.playground.export.random_experiments import experiments
from tests.playground.export.schedules import scheduled
from tests.playground.training.detective.faults import TWO, optimized
from tests.playground.training.detective.finding import burst, diverged, found, played
from tests.playground.training.experiments import clipped, line, spiral, trainer


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
    assert torch.equal(torch.get_rng_state(), random)
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


def test_a_run_that_is_well_has_nothing_to_find() -> None:
    assert "has not diverged" in Session(trainer(spiral()), None).obey({"do": "finding"})["error"]


def test_behind_steps_taken_apart_by_hand_the_search_begins_where_they_end() -> None:
    session = Session(trainer(burst()), None)
    for _ in range(5):
        for phase in ("forward", "loss", "backward", "step"):
            session.obey({"do": "phase", "phase": phase})

    finding = found(played(session))

    assert finding["headline"] == "Step 7, loss: MSELoss made the first inf"
    assert [step["step"] for step in finding["before"]] == [6]


def test_a_step_that_broke_while_it_was_taken_apart_cannot_be_found_and_that_is_said() -> None:
    session = Session(trainer(optimized(line(*TWO, epochs=30), "SGD", 1e4)), None)
    session.obey({"do": "edit", "parameter": "0.weight", "index": [0, 0], "value": 3e18})
    for phase in ("forward", "loss", "backward", "step"):
        session.obey({"do": "phase", "phase": phase})

    assert session.state == "diverged"
    assert "taken apart by hand" in session.obey({"do": "finding"})["error"]


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
