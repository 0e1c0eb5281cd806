"""What a run records depends on the run alone."""

from typing import Any

import numpy as np
import pytest

import engine as torch
from playground.training.evaluate import Scores, classes, evaluate, interval, probabilities, r2
from playground.training.norms import Norms, is_due
from playground.training.record import Record
from playground.training.trainer import Trainer
from tests.playground.training.experiments import CLASSIFIER, line, spiral, trainer


def recorded(trained: Trainer, steps: int) -> dict[str, Any]:
    record = Record(trained, Norms(trained))
    for _ in range(steps):
        trained.run_step()
        record.step()
    return record.drain()


def test_the_training_loss_is_recorded_at_every_step() -> None:
    steps, values = recorded(trainer(spiral()), 12)["points"]["training loss"]
    again = trainer(spiral())

    assert steps.tolist() == list(range(1, 13))
    assert values.tolist() == [again.run_step() for _ in range(12)]


def test_scores_are_taken_before_the_first_step_then_after_whole_epochs_of_ten_steps_or_more() -> None:
    points = recorded(trainer(spiral(epochs=100)), 30)["points"]

    assert points["validation loss"][0].tolist() == [0, 12, 24]
    assert points["accuracy"][0].tolist() == [0, 12, 24]


def test_the_last_step_of_a_run_is_scored() -> None:
    assert recorded(trainer(spiral(epochs=2)), 8)["points"]["accuracy"][0].tolist() == [0, 8]


def test_without_a_validation_set_the_metric_is_that_of_the_training_set() -> None:
    trained = trainer(spiral(validation_share=0))
    points = recorded(trained, 1)["points"]

    assert trained.built.held == "training"
    assert "validation loss" not in points
    assert "accuracy" in points


@pytest.mark.parametrize(("batches", "steps"), [(1, 10), (4, 12), (10, 10), (11, 11), (1000, 1000)])
def test_the_interval_of_scores_is_whole_epochs(batches: int, steps: int) -> None:
    assert interval(batches) == steps


def test_norms_are_recorded_for_each_layer_with_parameters_on_their_schedule() -> None:
    points = recorded(trainer(spiral(epochs=100)), 130)["points"]

    assert sorted(name for name in points if "/" in name) == [
        f"{name}/row-{row}" for name in ("gradient norm", "update ratio", "weight norm") for row in (0, 2)
    ]
    assert points["gradient norm/row-0"][0].tolist() == [*range(1, 101), 110, 120, 130]
    assert is_due(7)
    assert not is_due(107)


def test_norms_are_what_one_would_compute() -> None:
    trained = trainer(spiral(lr=0.1))
    layer = trained.built.model[0]
    before = [parameter.detach().numpy().copy() for parameter in layer.parameters()]
    points = recorded(trained, 1)["points"]
    after = [parameter.detach().numpy() for parameter in layer.parameters()]
    gradients = [parameter.grad.numpy() for parameter in layer.parameters()]

    def norm(arrays: list[np.ndarray]) -> float:
        return float(np.linalg.norm(np.concatenate([array.ravel() for array in arrays])))

    moved = norm([now - then for now, then in zip(after, before, strict=True)])
    assert points["weight norm/row-0"][1][0] == pytest.approx(norm(after), rel=1e-5)
    assert points["gradient norm/row-0"][1][0] == pytest.approx(norm(gradients), rel=1e-5)
    assert points["update ratio/row-0"][1][0] == pytest.approx(moved / norm(before), rel=1e-4)


def test_accuracy_and_loss_are_those_of_the_held_out_samples() -> None:
    built = trainer(spiral()).built
    with torch.no_grad():
        output = built.model(torch.from_numpy(built.prepared.x_validation)).numpy()

    scores = evaluate(built)

    assert scores.metric == (output.argmax(axis=1) == built.prepared.y_validation).mean()
    assert isinstance(scores, Scores)


def test_r_squared_is_one_for_a_perfect_line_and_zero_for_the_mean() -> None:
    truth = np.array([[1.0], [2.0], [4.0]], np.float32)

    assert r2(truth, truth) == 1.0
    assert r2(truth, np.full_like(truth, truth.mean())) == pytest.approx(0, abs=1e-6)
    assert np.isnan(r2(np.ones((3, 1)), truth))


def test_a_single_output_tells_two_classes_apart_at_zero() -> None:
    output = np.array([[-3.0], [0.5]], np.float32)
    built = trainer(spiral(("Linear", {"out_features": 1}), loss="BCEWithLogitsLoss")).built

    assert classes(output, built).tolist() == [0, 1]
    np.testing.assert_allclose(probabilities(output, built).sum(axis=1), 1)


def test_a_probability_tells_them_apart_at_a_half() -> None:
    output = np.array([[0.2], [0.6]], np.float32)
    built = trainer(spiral(("Linear", {"out_features": 1}), ("Sigmoid", {}), loss="BCELoss")).built

    assert classes(output, built).tolist() == [0, 1]
    np.testing.assert_allclose(probabilities(output, built), [[0.8, 0.2], [0.4, 0.6]], rtol=1e-6)


def test_log_probabilities_are_answered_as_probabilities() -> None:
    sure = np.array([[0.1, 0.9], [1.0, 0.0]])
    built = trainer(spiral(*CLASSIFIER, ("LogSoftmax", {"dim": 1}), loss="NLLLoss")).built
    with np.errstate(divide="ignore"):
        output = np.log(sure)

    assert classes(output, built).tolist() == [1, 0]
    np.testing.assert_allclose(probabilities(output, built), sure)


def test_a_regression_is_scored_with_r_squared() -> None:
    assert "r2" in recorded(trainer(line()), 1)["points"]
