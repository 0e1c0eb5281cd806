"""Gradients are clipped where a PyTorch loop would do it: after backward, at the start of phase step."""

from types import ModuleType

import numpy as np
import pytest

from playground.experiment.spec import Experiment
from playground.training.norms import norm
from playground.training.probes import step
from playground.training.probes.recorder import Recorder
from playground.training.probes.subject import Subject
from playground.training.session import Session
from playground.training.trainer import PHASES, Trainer
from tests.playground.training.experiments import clipped, spiral, trainer

LIMIT = 0.05


def gradients(of: Trainer) -> list[np.ndarray]:
    return [parameter.grad.numpy().copy() for parameter in of.built.model.parameters()]


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_captured_steps_and_phases_clip_to_the_same_bits(optimizer: str) -> None:
    experiment = clipped(spiral(optimizer=optimizer), LIMIT)
    played, stepped = trainer(experiment), trainer(experiment)
    for _ in range(12):
        played.run_step()
        for phase in PHASES:
            stepped.run_phase(phase)
        for a, b in zip(gradients(played), gradients(stepped), strict=True):
            np.testing.assert_array_equal(a, b)
        assert (played.loss, played.unclipped) == (stepped.loss, stepped.unclipped)
    assert played.replays > 0


def test_the_update_follows_gradients_that_are_shortened_by_one_factor() -> None:
    trained = trainer(clipped(spiral(), LIMIT))
    for phase in PHASES[:4]:
        trained.run_phase(phase)
    before = gradients(trained)

    trained.run_phase("step")

    assert trained.unclipped == pytest.approx(norm(before), rel=1e-6)
    assert norm(gradients(trained)) == pytest.approx(LIMIT, rel=1e-4)
    for a, b in zip(before, gradients(trained), strict=True):
        np.testing.assert_allclose(b, a * (LIMIT / norm(before)), rtol=1e-4)


def test_gradients_within_the_limit_are_left_to_the_bit() -> None:
    free, limited = trainer(spiral()), trainer(clipped(spiral(), 1e6))

    assert [free.run_step() for _ in range(12)] == [limited.run_step() for _ in range(12)]


def test_the_weights_are_those_of_pytorchs_loop(torch: ModuleType) -> None:
    ours = trainer(clipped(spiral(optimizer="Adam"), LIMIT))
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    model.load_state_dict({k: torch.tensor(v.numpy()) for k, v in ours.built.model.state_dict().items()})
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(8):
        ours.run_step()
        optimizer.zero_grad()
        x, y = (torch.from_numpy(part.numpy().copy()) for part in (ours.x, ours.y))
        torch.nn.CrossEntropyLoss()(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LIMIT)
        optimizer.step()

    for theirs, mine in zip(model.parameters(), ours.built.model.parameters(), strict=True):
        np.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), atol=2e-5)


def test_curves_have_the_norms_the_update_followed_and_the_whole_norm_before() -> None:
    session = Session(trainer(clipped(spiral(), LIMIT)), None)
    for _ in range(5):
        session.obey({"do": "step_batch"})

    points = session.record.drain()["points"]

    before = points["gradient norm before clipping"][1]
    layers = np.stack([points[f"gradient norm/row-{row}"][1] for row in (0, 2)])
    assert (before > LIMIT).all()
    np.testing.assert_allclose(np.sqrt((layers**2).sum(0)), LIMIT, rtol=1e-4)
    assert "gradient norm before clipping" not in _points(spiral())


def _points(experiment: Experiment) -> dict[str, object]:
    session = Session(trainer(experiment), None)
    session.obey({"do": "step_batch"})
    return session.record.drain()["points"]


def test_the_step_view_says_that_its_gradients_are_clipped_ones() -> None:
    session = Session(trainer(clipped(spiral(), LIMIT)), None)
    recorder = Recorder(session.trainer)
    recorder.arm()
    measure = step.make(Subject(session.trainer, session.norms, recorder))
    for phase in PHASES[:4]:
        session.obey({"do": "phase", "phase": phase})
    assert measure()["clipped"] is None

    session.obey({"do": "phase", "phase": "step"})
    view = measure()

    assert view["clipped"] == {"norm": session.trainer.unclipped, "limit": LIMIT}
    assert view["updates"][0]["terms"][0]["how"] == "shortened by clip_grad_norm_"
