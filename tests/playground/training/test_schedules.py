"""The learning rate of each step is the one that PyTorch's scheduler gives in the documented loop."""

from types import ModuleType

import pytest

from playground.experiment.spec import Chosen, Experiment
from playground.training.evaluate import evaluate
from playground.training.session import Session
from playground.training.trainer import Trainer
from tests.playground.export.schedules import scheduled, schedules
from tests.playground.training.experiments import spiral, trainer
from tests.playground.training.test_session import explode

EPOCHS = 9
BY_THE_LOSS = "ReduceLROnPlateau"


def rates(trained: Trainer) -> list[float]:
    """The learning rate of each update of a whole run."""
    taken = []
    while not trained.is_done:
        trained.run_step()
        taken.append(trained.lr_taken)
    return taken


def experiment(schedule: Chosen, epochs: int = EPOCHS) -> Experiment:
    return scheduled(spiral(epochs=epochs, lr=0.4), schedule)


@pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: schedule.type)
def test_every_step_has_the_learning_rate_of_pytorchs_loop(schedule: Chosen, torch: ModuleType) -> None:
    ours = trainer(experiment(schedule))
    taken, losses = [], []
    while not ours.is_done:
        ours.run_step()
        taken.append(ours.lr_taken)
        if ours.step % ours.batches == 0:
            losses.append(evaluate(ours.built).loss)

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    args = dict(schedule.args)
    if schedule.type == "OneCycleLR":
        args["total_steps"] = EPOCHS * ours.batches
    scheduler = getattr(torch.optim.lr_scheduler, schedule.type)(optimizer, **args)
    expected = []
    for epoch in range(EPOCHS):
        for _ in range(ours.batches):
            expected.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if schedule.type == "OneCycleLR":
                scheduler.step()
        if schedule.type == BY_THE_LOSS:
            scheduler.step(losses[epoch])
        elif schedule.type != "OneCycleLR":
            scheduler.step()

    assert taken == pytest.approx(expected, rel=1e-12)
    assert len(set(taken)) > 1


def test_a_learning_rate_set_by_hand_is_where_a_schedule_goes_on_from() -> None:
    halving = Chosen(type="StepLR", args={"step_size": 1, "gamma": 0.5})
    trained = trainer(experiment(halving, epochs=3))
    for _ in range(trained.batches):
        trained.run_step()
    trained.lr = 1.0
    taken = rates(trained)

    assert taken == [1.0] * trained.batches + [0.5] * trained.batches


def test_a_schedule_that_knows_the_rate_of_each_step_overrides_one_set_by_hand() -> None:
    cycle = experiment(Chosen(type="OneCycleLR", args={"max_lr": 0.2}))
    undisturbed = rates(trainer(cycle))
    trained = trainer(cycle)
    trained.run_step()
    trained.lr = 5.0

    assert rates(trained) == [5.0, *undisturbed[2:]]


def test_the_learning_rate_of_each_step_is_a_curve_of_the_run() -> None:
    halving = Chosen(type="StepLR", args={"step_size": 1, "gamma": 0.5})
    session = Session(trainer(experiment(halving, epochs=2)), None)
    for _ in range(8):
        session.obey({"do": "step_batch"})

    steps, values = session.record.drain()["points"]["learning rate"]
    assert steps.tolist() == list(range(1, 9))
    assert values.tolist() == [0.4] * 4 + [0.2] * 4


@pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: schedule.type)
def test_a_schedule_goes_on_after_a_divergence_was_mended(schedule: Chosen) -> None:
    whole = rates(trainer(experiment(schedule)))
    session = Session(trainer(experiment(schedule)), None)
    for _ in range(6):
        session.obey({"do": "step_batch"})
    explode(session)
    session.obey({"do": "step_batch"})
    assert session.state == "diverged"

    session.obey({"do": "restore"})
    after_it = rates(session.trainer)

    assert len(after_it) == len(whole) - 6
    if schedule.type != BY_THE_LOSS:
        assert after_it == whole[6:]


def test_without_a_schedule_the_learning_rate_stays() -> None:
    assert set(rates(trainer(spiral(lr=0.4)))) == {0.4}
