"""The gradient check passes where gradients are right, finds the one that is not, and disturbs nothing."""

from typing import Any

import numpy as np
import pytest

import engine as torch
from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.protocol.answers import GradcheckReply
from playground.training import gradients
from playground.training.session import Session
from tests.playground.training.experiments import line, spiral, trainer
from tests.playground.training.test_sample import NORMED

STACKS = {
    "spiral": spiral(),
    "norms and dropout": spiral(*NORMED),
    "line": line(),
    "class weights": spiral(loss_args={"weight": (1.0, 4.5)}),
    "images": DATASETS["Digits"].preset,
    "stream": DATASETS["Stream"].preset,
}


def session(experiment: Experiment, steps: int = 3) -> Session:
    made = Session(trainer(experiment), None)
    for _ in range(steps):
        made.obey({"do": "step_batch"})
    return made


def checked(of: Session) -> GradcheckReply:
    return GradcheckReply.model_validate(of.obey({"do": "gradcheck"}))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "SECONDS", 0.2)


@pytest.mark.parametrize("experiment", STACKS.values(), ids=STACKS)
@pytest.mark.parametrize("steps", [0, 3])
def test_the_gradients_of_the_engine_pass(experiment: Experiment, steps: int) -> None:
    reply = checked(session(experiment, steps))

    assert reply.passed, [p for p in reply.parameters if not p.passed]
    assert all(0 < p.checked <= p.elements for p in reply.parameters)
    assert reply.step == steps


def test_every_parameter_is_named_as_in_the_state_dict_under_its_layer() -> None:
    reply = checked(session(spiral()))

    named = [(p.layer, p.name, p.parameter) for p in reply.parameters]
    assert named == [
        ("row-0", "Linear 1", "0.weight"),
        ("row-0", "Linear 1", "0.bias"),
        ("row-2", "Linear 2", "2.weight"),
        ("row-2", "Linear 2", "2.bias"),
    ]


def test_a_wrong_gradient_is_found_with_its_element(monkeypatch: pytest.MonkeyPatch) -> None:
    right = torch.autograd.grad

    def wrong(*args: Any, **options: Any) -> Any:
        found = right(*args, **options)
        found[2].numpy()[1, 4] += 0.5
        return found

    monkeypatch.setattr(gradients, "SECONDS", 5.0)
    monkeypatch.setattr(gradients.torch.autograd, "grad", wrong)
    reply = checked(session(spiral()))

    assert not reply.passed
    (failed,) = [p for p in reply.parameters if not p.passed]
    assert (failed.parameter, failed.index) == ("2.weight", [1, 4])
    assert failed.analytic - failed.numerical == pytest.approx(0.5, rel=1e-3)  # type: ignore[operator]


def test_the_analytic_gradient_is_that_of_the_run() -> None:
    checking = session(spiral(), 0)
    for phase in ("zero_grad", "forward", "loss", "backward"):
        checking.obey({"do": "phase", "phase": phase})
    model = checking.trainer.built.model
    reply = checked(checking)

    for found in reply.parameters:
        own = model.get_parameter(found.parameter).grad.numpy()[tuple(found.index)]
        assert found.analytic == pytest.approx(float(own), rel=1e-4, abs=1e-7)


def test_a_batch_that_a_layer_refuses_is_refused_in_its_words() -> None:
    rows = (("Linear", {"out_features": 4}), ("BatchNorm1d", {}), ("Linear", {"out_features": 2}))
    stuck = session(spiral(*rows, batch_size=31), 2)

    assert "Expected more than 1 value per channel" in stuck.obey({"do": "gradcheck"})["error"]


def test_muted_units_are_muted_in_the_check_too() -> None:
    checking = session(spiral())
    checking.obey({"do": "mute", "layer": "row-0", "unit": 2, "on": True})

    assert checked(checking).passed


@pytest.mark.parametrize("experiment", [spiral(), spiral(*NORMED)], ids=["plain", "norms and dropout"])
def test_checking_disturbs_neither_weights_nor_random_numbers(experiment: Experiment) -> None:
    def led(asked: bool) -> list[np.ndarray]:
        leading = session(experiment)
        for _ in range(3):
            if asked:
                checked(leading)
            leading.obey({"do": "step_batch"})
        return [value.numpy().copy() for value in leading.trainer.built.model.state_dict().values()]

    for one, other in zip(led(True), led(False), strict=True):
        np.testing.assert_array_equal(one, other)
