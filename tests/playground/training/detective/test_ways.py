"""Ways out of a divergence: each with its reason, tried before it is offered."""

from dataclasses import replace

import pytest

from playground.data.registry import DATASETS
from playground.experiment.fixes import Fix, apply
from playground.experiment.spec import Chosen, CsvFile, Experiment
from playground.training.detective.culprit import Culprit
from playground.training.detective.examine import examine
from playground.training.detective.trial import Trials, offered
from playground.training.detective.ways import scaled, ways
from playground.training.session import Session
from tests.playground.export.schedules import scheduled
from tests.playground.training.detective.faults import TWO, optimized, weights
from tests.playground.training.detective.finding import burst, diverged, found, played
from tests.playground.training.experiments import Row, line, spiral, stack, trainer


def examined(session: Session) -> Culprit:
    """The culprit of the step under way in a run that has diverged in its loss."""
    session.trainer.begin_step_again()
    culprit = examine(session.trainer).culprit
    assert culprit is not None
    return culprit


def test_a_smaller_learning_rate_is_offered_with_how_it_was_found_and_keeps_the_run_finite() -> None:
    session = diverged(burst())
    (way, *_) = found(session)["ways"]

    assert way["fix"]["label"] == "Set the learning rate to 0.1"
    assert "It is 1/10,000 of the 1000 that was set." in way["reason"]
    assert way["tried"].startswith("Tried for 200 steps: the loss went from")
    changed = apply(burst(), Fix.model_validate(way["fix"]).edits)
    assert played(Session(trainer(changed), None)).state == "finished"


def stacked(outputs: int, *more: Row) -> tuple[Row, ...]:
    return (("Linear", {"out_features": outputs}), *more)


def test_without_time_to_try_it_a_tenth_is_offered_and_that_is_said() -> None:
    session = diverged(burst())
    built, culprit = session.trainer.built, examined(session)
    trials = Trials(built, [], session.travel.moments.first, 7, clock=iter(range(0, 10**6, 60)).__next__)

    ((way, tried), (clipping, _)) = offered(trials, built, culprit, [], 1000.0)

    assert way.fix.label == "Set the learning rate to 100"
    assert (way.reason, tried) == ("It is a tenth of the 1000 that was set. There was no time to try it.", "")
    assert clipping.fix.label.startswith("Clip gradients")


def test_a_weight_set_by_hand_is_named_and_going_back_is_the_way_out() -> None:
    finding = found(diverged(line(*TWO, epochs=30), after=30, parameter="0.weight", index=[0, 0], value=1e38))

    assert (finding["step"], finding["last_good"]) == (31, 30)
    assert "By hand, after step 30, 0.weight[0, 0] was set to 1e+38." in finding["explanation"]
    (way,) = finding["ways"]
    assert (way["fix"]["label"], way["fix"]["edits"]) == ("Go on without what was set by hand", ())


@pytest.mark.parametrize(
    ("schedule", "label"),
    [
        (Chosen(type="OneCycleLR", args={"max_lr": 1000.0}), "Set the largest learning rate to "),
        (Chosen(type="LinearLR", args={"start_factor": 0.1, "total_iters": 3}), "Set the learning rate to "),
    ],
)
def test_under_a_schedule_the_rate_that_was_chosen_is_made_smaller(schedule: Chosen, label: str) -> None:
    (way, *_) = found(diverged(scheduled(optimized(line(epochs=50), "SGD", 1000.0), schedule)))["ways"]

    assert way["fix"]["label"].startswith(label)
    assert "of the 1000 that was set" in way["reason"]
    changed = apply(
        scheduled(optimized(line(epochs=50), "SGD", 1000.0), schedule), Fix.model_validate(way["fix"]).edits
    )
    assert played(Session(trainer(changed), None)).state == "finished"


def test_a_rate_that_was_set_by_hand_is_left_out_or_made_smaller() -> None:
    session = Session(trainer(line(epochs=50)), None)
    for _ in range(5):
        session.obey({"do": "step_batch"})
    session.obey({"do": "set_lr", "lr": 1000.0})

    first, second, *_ = found(played(session))["ways"]

    assert first["fix"]["label"] == "Go on without what was set by hand"
    assert second["fix"]["label"].startswith("Set the learning rate to 0.")


def test_a_last_softmax_is_to_go_where_the_loss_takes_it_by_itself() -> None:
    rows = (("Linear", {"out_features": 2}), ("Softmax", {"dim": 1}))
    finding = found(diverged(spiral(*rows, epochs=30, lr=1e39)))

    assert (finding["phase"], finding["op"]) == ("step", "SGD: step")
    reasons = {way["fix"]["label"]: way["reason"] for way in finding["ways"]}
    label = next(one for one in reasons if one.startswith("Take out Softmax 1; set the learning rate to"))
    assert "log-sum-exp" in reasons[label]


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (
            spiral(*stacked(2, ("LogSoftmax", {"dim": 1})), loss="NLLLoss", lr=1e39, epochs=30),
            "Take out LogSoftmax 1, use CrossEntropyLoss",
        ),
        (
            spiral(*stacked(1, ("Sigmoid", {})), loss="BCELoss", lr=1e39, epochs=30),
            "Take out Sigmoid 1, use BCEWithLogitsLoss",
        ),
    ],
    ids=["NLLLoss", "BCELoss"],
)
def test_of_probabilities_and_their_loss_the_form_of_scores_is_offered(given: Experiment, label: str) -> None:
    reasons = {way["fix"]["label"]: way["reason"] for way in found(diverged(given))["ways"]}

    assert any(one.startswith(f"{label}; set the learning rate to") for one in reasons)


def test_an_optimizer_that_climbs_is_turned_round_and_nothing_else_is_offered() -> None:
    climbs = optimized(line(epochs=400), "SGD", 0.1, maximize=True)
    ((way,),) = (found(diverged(climbs))["ways"],)

    assert way["fix"]["label"] == "Turn maximize off"
    assert way["tried"].startswith("Tried for")
    changed = apply(climbs, Fix.model_validate(way["fix"]).edits)
    assert played(Session(trainer(changed), None)).state == "finished"


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
    preset = DATASETS["Diabetes"].preset
    data = preset.data.model_copy(update={"args": {**preset.data.args, "standardize": False}})
    session = diverged(optimized(preset.model_copy(update={"data": data}), "SGD", 1.0))

    (way, *_) = found(session)["ways"]

    assert way["fix"]["label"] == "Turn Standardize on"
    assert way["fix"]["edits"][0]["where"] == "data/args/standardize"
    assert "the targets go up to" in way["reason"]
    assert list(scaled(trainer(optimized(preset, "SGD", 1.0)).built)) == []


def test_a_file_is_to_be_standardised_in_its_own_settings() -> None:
    built = trainer(spiral()).built
    csv = CsvFile(name="a.csv", size=1, sha256="0" * 64, target="y", task="regression", standardize=False)
    data = built.experiment.data.model_copy(update={"csv": csv})
    built = replace(built, experiment=built.experiment.model_copy(update={"data": data}))
    assert list(scaled(built)) == []

    built.prepared.x_train[:] = 5000
    (way,) = scaled(built)

    assert way.fix.edits[0].where == "data/csv/standardize"
    assert "The inputs go up to 5e+03" in way.reason


@pytest.mark.parametrize("name", ["Linear regression", "Digits", "Diabetes"])
def test_a_preset_with_a_ruinous_learning_rate_gets_one_that_works(name: str) -> None:
    preset = DATASETS[name].preset
    session = diverged(optimized(preset, "SGD", 1e12))

    finding = found(session)

    assert finding["ways"][0]["fix"]["label"].startswith("Set the learning rate to ")
    assert finding["last_good"] == 0


def test_an_optimizer_without_eps_is_given_one_that_was_tried() -> None:
    preset = DATASETS["Digits"].preset
    chosen = Chosen(type="Adagrad", args={"lr": 0.01, "eps": 0.0})
    finding = found(diverged(preset.model_copy(update={"optimizer": chosen})))

    ways = {way["fix"]["label"]: way["tried"] for way in finding["ways"]}
    assert ways["Set eps of Adagrad to 1e-08"].startswith("Tried for 40 steps")


def test_a_weight_decay_that_flings_weights_about_is_made_usual() -> None:
    args = {"lr": 0.5, "weight_decay": 50.0}
    given = spiral(epochs=100).model_copy(update={"optimizer": Chosen(type="SGD", args=args)})

    labels = [way["fix"]["label"] for way in found(diverged(given))["ways"]]

    assert labels[0] == "Set weight_decay to 0.01"


def test_a_state_whose_loss_has_blown_up_already_is_not_gone_back_to() -> None:
    finding = found(diverged(optimized(line(epochs=100), "SGD", 1.3)))

    assert finding["step"] > 50
    assert finding["last_good"] == 0
    assert all("while all was well" not in way["reason"] for way in finding["ways"])


def test_a_rate_that_breaks_later_is_not_offered() -> None:
    rows = tuple(part for _ in range(3) for part in (("Linear", {"out_features": 64}), ("LeakyReLU", {})))
    plane = DATASETS["Plane"].preset
    layers = stack((*rows, ("Linear", {"out_features": 1})))
    data = plane.data.model_copy(update={"seed": 7})
    training = plane.training.model_copy(update={"epochs": 50, "seed": 11})
    changes = {"data": data, "layers": layers, "training": training}
    momentum = Chosen(type="SGD", args={"lr": 1.0, "momentum": 0.9})
    given = plane.model_copy(update={**changes, "optimizer": momentum})

    (way, *_) = found(diverged(given))["ways"]

    assert way["fix"]["label"] == "Set the learning rate to 0.01"
    assert way["tried"].startswith("Tried for 300 steps")


def test_a_class_without_weight_gets_a_little() -> None:
    session = diverged(spiral(batch_size=1, loss_args={"weight": (1.0, 0.0)}))

    ways = found(session)["ways"]

    assert [way["fix"]["label"] for way in ways] == ["Set the weight of 0 to 0.01"]
    assert ways[0]["fix"]["edits"][0]["value"] == (1.0, 0.01)
