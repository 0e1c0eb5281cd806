"""A loss of probabilities, or their logarithms, tells all that the loss of scores tells: only the last layer
differs."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from playground.experiment.fixes import apply
from playground.experiment.log_sum_exp import combined
from playground.experiment.spec import Experiment
from playground.export.script import script
from playground.live.frames import Blob
from playground.protocol.views import Views
from playground.training.ask import predict
from playground.training.evaluate import evaluate, judge
from playground.training.observe import with_gradients
from playground.training.sample import follow
from playground.training.session import Session
from playground.training.trainer import PHASES, DivergedError
from tests.playground.export.running import no_files, run
from tests.playground.training.experiments import CLASSIFIER, Row, spiral, trainer
from tests.playground.training.probes.looking import subject, view, views

ONE: tuple[Row, ...] = (*CLASSIFIER[:2], ("Linear", {"out_features": 1}))
WEIGHTS = {"weight": (1.0, 2.0)}
OF_SCORES = {
    "NLLLoss": spiral(*CLASSIFIER, loss="CrossEntropyLoss", loss_args=WEIGHTS, epochs=30),
    "BCELoss": spiral(*ONE, loss="BCEWithLogitsLoss", epochs=30),
}
OF_PROBABILITIES = {
    "NLLLoss": spiral(
        *CLASSIFIER, ("LogSoftmax", {"dim": 1}), loss="NLLLoss", loss_args=WEIGHTS, epochs=30
    ),
    "BCELoss": spiral(*ONE, ("Sigmoid", {}), loss="BCELoss", epochs=30),
}
BOTH = [pytest.param(OF_PROBABILITIES[name], OF_SCORES[name], id=name) for name in OF_SCORES]


@pytest.mark.parametrize(("given", "plain"), BOTH)
def test_losses_scores_and_answers_are_those_of_the_same_model_with_the_other_loss(
    given: Experiment, plain: Experiment
) -> None:
    one, other = trainer(given), trainer(plain)
    for _ in range(60):
        assert one.run_step() == pytest.approx(other.run_step(), rel=1e-3)

    assert evaluate(one.built).loss == pytest.approx(evaluate(other.built).loss, rel=1e-3)
    assert evaluate(one.built).metric == evaluate(other.built).metric
    points = [[0.1, -0.4], [0.7, 0.5]]
    sure, expected = (predict(made, points)["probabilities"] for made in (one, other))
    np.testing.assert_allclose(sure, expected, rtol=1e-3)
    followed, wanted = (follow(made, 3, "training", {}) for made in (one, other))
    for name in ("loss", "probabilities", "predicted", "truth", "gradient_norm"):
        assert followed[name] == pytest.approx(wanted[name], rel=1e-2), name


@pytest.mark.parametrize(("given", "plain"), BOTH)
def test_the_views_of_its_answers_are_those_of_the_other_loss(given: Experiment, plain: Experiment) -> None:
    one, other = subject(given), subject(plain)
    for looked_at in (one, other):
        for _ in range(40):
            looked_at.trainer.run_step()

    np.testing.assert_array_equal(view(one, "confusion")["counts"], view(other, "confusion")["counts"])
    boundary, expected = view(one, "boundary"), view(other, "boundary")
    assert (boundary["winner"] == expected["winner"]).mean() > 0.99
    np.testing.assert_allclose(boundary["confidence"], expected["confidence"], atol=1e-3)


@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_its_script_counts_the_right_answers_as_the_run_does(name: str, tmp_path: Path) -> None:
    made = trainer(OF_PROBABILITIES[name])
    while not made.is_done:
        made.run_step()

    printed = run(script(OF_PROBABILITIES[name], no_files, "engine").code, tmp_path)["printed"]

    assert printed.rstrip().endswith(f"accuracy {evaluate(made.built).metric:.1%}")


@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_steps_are_captured_and_are_those_of_the_phases(name: str) -> None:
    played, stepped = (trainer(OF_PROBABILITIES[name]) for _ in range(2))
    for _ in range(7):
        loss = played.run_step()
        for phase in PHASES:
            stepped.run_phase(phase)
        assert loss == stepped.loss
    assert played.replays > 0


@pytest.mark.parametrize("name", OF_PROBABILITIES)
@pytest.mark.parametrize("steps", [0, 5])
def test_a_number_that_is_not_finite_ends_the_run_at_its_layer(name: str, steps: int) -> None:
    """BCELoss raises for it, in PyTorch too."""
    looked_at = subject(OF_PROBABILITIES[name])
    played = looked_at.trainer
    for _ in range(steps):
        played.run_step()
    played.built.model[0].weight.detach().fill_(float("nan"))

    with pytest.raises(DivergedError, match=f"In step {steps + 1} .*The weights of Linear 1") as raised:
        played.run_step()
    assert raised.value.layer is not None and raised.value.layer.name == "Linear 1"
    played.begin_step_again()
    played.run_phase("forward")
    with pytest.raises(DivergedError):
        played.run_phase("loss")
    with np.errstate(all="ignore"):
        Views.model_validate(Blob().put(views(looked_at)))
        assert np.isnan(evaluate(played.built).loss)
        assert np.isnan(judge(played.built)())


def test_an_output_that_is_no_probability_pauses_the_run_with_pytorchs_words(torch: ModuleType) -> None:
    session = Session(trainer(spiral(*ONE, loss="BCELoss")), None)
    with pytest.raises(RuntimeError) as theirs:
        torch.nn.BCELoss()(torch.tensor([2.0]), torch.tensor([1.0]))

    session.obey({"do": "play"})
    session.advance(float("inf"), lambda: False)

    assert session.state == "paused"
    assert session.problem is not None and session.problem["message"] == str(theirs.value)
    x, y = session.trainer.built.x_held, session.trainer.built.y_held
    _, gradients = with_gradients(session.trainer.built, x, y)
    assert all(gradient is not None for gradient in gradients)


@pytest.mark.parametrize(("given", "plain"), BOTH)
def test_log_sum_exp_makes_the_other_loss_of_it_with_what_it_was_given(
    given: Experiment, plain: Experiment
) -> None:
    last = given.layers[-1]
    fix = combined(given.loss, last.type, last.id, f"{last.type} 1")

    assert fix is not None
    assert fix.label == f"Take out {last.type} 1, use {plain.loss.type}"
    assert apply(given, fix.edits) == plain
    assert combined(plain.loss, "ReLU", "row-1", "ReLU 1") is None
