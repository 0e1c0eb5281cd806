"""The learning rate range test suggests a rate that trains, says why, and knows when none does."""

import numpy as np
import pytest

from playground.experiment.spec import Experiment
from playground.training import finder
from playground.training.build import build
from tests.playground.training.experiments import line, spiral, trainer

RATES = np.geomspace(finder.LOWEST, finder.HIGHEST, 200)


def ran(experiment: Experiment) -> dict[str, object]:
    """What the job answers."""
    return finder.run(finder.job(experiment, {}), None)  # type: ignore[arg-type] - it says nothing meanwhile


def loss_after(experiment: Experiment, lr: float, steps: int) -> float:
    """The mean loss of the last ten of so many steps."""
    trained = trainer(experiment)
    trained.lr = lr
    return float(np.mean([trained.run_step() or 0.0 for _ in range(steps)][-10:]))


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_the_suggested_rate_trains_better_than_a_hundredth_of_it(optimizer: str) -> None:
    experiment = spiral(optimizer=optimizer, epochs=100)
    found = ran(experiment)["suggestion"]
    assert isinstance(found, float)
    assert loss_after(experiment, found, 200) < loss_after(experiment, found / 100, 200)


def test_on_a_parabola_it_stays_below_the_rate_at_which_descent_diverges() -> None:
    experiment = line(epochs=100)
    prepared = build(experiment, lambda sha256: None).prepared
    x = np.hstack([prepared.x_train, np.ones_like(prepared.x_train)])
    steepest = np.linalg.eigvalsh(2 / len(x) * x.T @ x)[-1]
    found = ran(experiment)["suggestion"]
    assert isinstance(found, float)
    assert 0.01 / steepest < found < 2 / steepest


def test_the_sweep_ends_where_the_loss_has_blown_up() -> None:
    swept = finder.sweep(trainer(spiral(epochs=100)), np.geomspace(1e-3, 1e6, 100))
    assert 0 < len(swept.rates) < 100
    assert len(swept.rates) == len(swept.losses) == len(swept.smooth)
    assert np.isfinite(swept.losses).all()


def test_where_no_rate_helps_none_is_suggested_and_the_answer_says_so() -> None:
    flat = finder.Swept(RATES, np.full(200, 0.7), np.full(200, 0.7), 0.7)
    assert finder.suggested(flat) is None
    assert "fell at none" in finder.reason(flat, None)


def test_a_loss_that_is_not_finite_before_any_step_is_not_blamed_on_the_rate() -> None:
    broken = trainer(line())
    next(broken.built.model.parameters()).detach().numpy()[:] = np.nan
    swept = finder.sweep(broken, RATES)
    assert len(swept.rates) == 0
    assert finder.suggested(swept) is None
    assert "not finite before the first step" in finder.reason(swept, None)


def test_the_reason_names_the_lowest_point_and_the_suggestion() -> None:
    losses = np.concatenate([np.linspace(1, 0.1, 150), np.linspace(0.1, 3, 50)])
    swept = finder.Swept(RATES, losses, losses, 1.0)
    found = finder.suggested(swept)
    assert found == pytest.approx(RATES[149] / 10, rel=0.2)
    assert f"{found:g}" in finder.reason(swept, found)


def test_two_searches_of_one_experiment_answer_the_same() -> None:
    experiment = spiral(epochs=5, batch_size=4)
    rates = np.geomspace(1e-6, 10, 60)
    first, second = (finder.sweep(trainer(experiment), rates) for _ in range(2))
    assert first.losses.tolist() == second.losses.tolist()


def test_neighbours_are_averaged_and_the_ends_have_fewer() -> None:
    assert finder.smoothed(np.array([0.0, 3.0, 6.0, 0.0]), 1).tolist() == [1.5, 3.0, 3.0, 3.0]
