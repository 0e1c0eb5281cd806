"""Checking: every problem at its field, in words, with a way out; nothing allocated."""

import tracemalloc

import pytest

from playground.experiment.spec import Layer
from playground.settings import Limits
from tests.playground.experiment.experiments import checked, experiment, layer, problems

ONE, TWO = layer("Linear", out_features=1), layer("Linear", out_features=2)
THREE = (1.0, 4.5, 2.0)


def test_a_valid_experiment_has_no_problems_and_can_be_played():
    found = checked(experiment())

    assert found.problems == []
    assert found.can_play
    assert [fact.name for fact in found.layers] == ["Linear 1", "Tanh 1", "Linear 2", "Tanh 2", "Linear 3"]
    assert found.parameters == 722
    assert found.data.training_samples == 350


@pytest.mark.parametrize(
    ("given", "where", "words"),
    [
        (experiment(TWO, name="Spirale"), "data/name", "no data set 'Spirale'"),
        (experiment(TWO, args={"samples": 5}), "data/args/samples", "at least 10"),
        (experiment(TWO, args={"noise": "much"}), "data/args/noise", "must be a number, not 'much'"),
        (experiment(TWO, args={"colour": 1}), "data/args/colour", "has no argument 'colour'"),
        (experiment(layer("Linear", out_features=0), TWO), "layers/0/args/out_features", "at least 1"),
        (experiment(layer("Linear"), TWO), "layers/0/args/out_features", "needs out_features"),
        (experiment(layer("Dropout", p=1.5), TWO), "layers/0/args/p", "at most 1"),
        (experiment(layer("Lineal"), TWO), "layers/0", "no layer 'Lineal'"),
        (experiment(layer("Flatten", muted=True), layer("Tanh", muted=True)), "layers", "empty"),
        (experiment(layer("Tanh")), "layers", "nothing to train"),
        (experiment(loss="Hinge"), "loss", "no loss 'Hinge'"),
        (experiment(loss_args={"reduction": "max"}), "loss/args/reduction", "one of mean, sum"),
        (experiment(loss_args={"weight": THREE}), "loss/args/weight", "needs 2 numbers, one for each class"),
        (experiment(loss_args={"weight": (0.0, 0.0)}), "loss/args/weight", "must have a number above 0"),
        (experiment(loss_args={"weight": (-1.0, 2.0)}), "loss/args/weight", "at least 0"),
        (experiment(ONE, loss="BCEWithLogitsLoss", loss_args={"pos_weight": THREE}), "loss/args/pos_weight",
         "needs one number; it has 3"),
        (experiment(ONE, loss="BCELoss"), "layers/0", "refuses outputs outside 0 to 1, and Linear 1 can"),
        (experiment(ONE, layer("Sigmoid"), layer("Dropout"), loss="BCELoss"), "layers/2", "Dropout 1 can"),
        (experiment(optimizer="Adamant"), "optimizer", "no optimizer 'Adamant'"),
        (experiment(optimizer_args={"lr": -1.0}), "optimizer/args/lr", "lr of Adam"),
        (experiment(loss="MSELoss"), "loss", "MSELoss compares with real values; Spiral has 2 classes"),
        (experiment(data="Plane"), "loss", "CrossEntropyLoss compares with classes; Plane has real values"),
        (experiment(data="Iris", loss="BCEWithLogitsLoss"), "loss", "tells two classes apart; Iris has 3"),
        (experiment(layer("Linear", out_features=3)), "layers/0/args/out_features", "[32, 2]; the stack"),
        (experiment(TWO, loss="BCEWithLogitsLoss"), "layers/0/args/out_features", "needs one output"),
        (experiment(layer("Linear", out_features=10), data="Digits"), "layers/0", "[32, 1, 8, 10]"),
        (experiment(batch_size=1000, drop_last=True), "data/batch_size", "350 training samples do not fill"),
        (experiment(style="iterable"), "data/shuffle", "cannot shuffle an IterableDataset"),
        (experiment(data="Stream", style="map"), "data/style", "no length"),
        (experiment(data="CSV"), "data/csv", "No CSV file is chosen"),
        (experiment(data="Drawn points", points=()), "data/points", "0 points"),
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_field(given, where, words):
    ((found_where, message, _),) = problems(given)

    assert found_where == where
    assert words in message
    assert not checked(given).can_play


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        (experiment(layer("Linear", out_features=3)), "set out_features of Linear 1 to 2"),
        (experiment(TWO, loss="BCEWithLogitsLoss"), "set out_features of Linear 1 to 1"),
        (experiment(TWO, layer("Tanh"), loss="BCEWithLogitsLoss"), "set out_features of Linear 1 to 1"),
        (experiment(layer("Linear", out_features=10), data="Digits"), "put a Flatten before Linear 1"),
        (experiment(loss="MSELoss"), "choose CrossEntropyLoss or BCEWithLogitsLoss"),
        (experiment(loss="MSELoss", data="Iris"), "choose CrossEntropyLoss"),
        (experiment(data="Plane"), "choose MSELoss or L1Loss"),
        (experiment(style="iterable"), "turn Shuffle off"),
        (experiment(batch_size=1000, drop_last=True), "at most 350"),
    ],
)
def test_a_problem_says_the_way_out(given, fix):
    assert fix in problems(given)[0][2]


@pytest.mark.parametrize(
    "given",
    [
        experiment(layer("Flatten"), layer("Linear", out_features=10), data="Digits"),
        experiment(layer("Linear", out_features=1), loss="BCEWithLogitsLoss"),
        experiment(data="Plane", loss="L1Loss"),
        experiment(style="iterable", shuffle=False, num_workers=2),
        experiment(validation_share=0),
        experiment(batch_size=1000),
    ],
)
def test_what_fits_together_is_no_problem(given):
    assert problems(given) == []


def test_all_problems_are_found_at_once():
    given = experiment(layer("Dropout", p=2.0), TWO, loss="Hinge", optimizer="Adamant", style="iterable")

    wheres = {where for where, _, _ in problems(given)}
    assert wheres == {"layers/0/args/p", "loss", "optimizer", "data/shuffle"}


def test_a_million_by_a_million_is_refused_in_words_before_memory_is_touched():
    given = experiment(layer("Linear", out_features=1_000_000), layer("Linear", out_features=1_000_000), TWO)
    tracemalloc.start()
    ((where, message, _),) = problems(given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert where == "layers/1"
    assert "1,000,004,000,000 parameters; at most 5,000,000" in message
    assert peak < 5_000_000


def test_activations_of_a_large_batch_are_bounded():
    given = experiment(layer("Linear", out_features=20_000), TWO, batch_size=4096)
    ((where, message, fix),) = problems(given)

    assert where == "layers/0"
    assert "81,920,000 numbers" in message and "smaller batch" in fix


def test_samples_are_bounded_by_the_limits():
    ((where, message, _),) = problems(experiment(args={"samples": 5_000}), Limits(max_samples=1_000))

    assert where == "data/args/samples"
    assert "5,000 samples; at most 1,000" in message


@pytest.mark.parametrize(
    ("samples", "drop_last", "fine"), [(33, False, False), (33, True, True), (34, False, True)]
)
def test_batch_norm_refuses_a_last_batch_of_one(samples, drop_last, fine):
    given = experiment(
        layer("Linear", out_features=4),
        layer("BatchNorm1d"),
        TWO,
        args={"samples": samples},
        validation_share=0,
        drop_last=drop_last,
    )
    found = problems(given)

    if fine:
        assert found == []
    else:
        ((where, message, fix),) = found
        assert where == "layers/1" and "batch of one sample" in message and "drop_last" in fix


@pytest.mark.parametrize(("epochs", "steps_per_second"), [(100, 110), (1, 1.1), (10_000, 11_000)])
def test_the_default_speed_unfolds_a_run_in_ten_seconds(epochs, steps_per_second):
    assert checked(experiment(epochs=epochs)).default_speed == pytest.approx(steps_per_second)


def test_code_is_given_for_the_parts_without_a_problem():
    code = checked(experiment(layer("Linear", out_features=3), loss="MSELoss")).code

    assert set(code) == {"model", "optimizer"}
    assert code["model"] == "model = nn.Sequential(\n    nn.Linear(2, 3),\n)"


def test_clipping_is_a_line_of_code_where_it_is_on():
    given = experiment()
    training = given.training.model_copy(update={"clip_norm": 0.5})
    code = checked(given.model_copy(update={"training": training})).code

    assert code["clipping"] == "nn.utils.clip_grad_norm_(model.parameters(), 0.5)"


def test_two_hundred_layers_are_seen_through_at_once():
    stack = [Layer(id=f"l{i}", type="Linear", args={"out_features": 8}) for i in range(199)]

    assert problems(experiment(*stack, TWO)) == []
