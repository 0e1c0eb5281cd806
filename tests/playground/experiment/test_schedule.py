"""A schedule is drawn before training: the rates of the check are those that the run takes."""

import pytest

from playground.experiment.check import check
from playground.experiment.schedule import MOST_POINTS
from playground.experiment.spec import Argument, Chosen, Experiment
from playground.protocol.replies import CheckReply
from playground.settings import Limits
from tests.playground.export.schedules import scheduled, schedules
from tests.playground.training.experiments import spiral, trainer

ARGS = "training/schedule/args"


def checked(experiment: Experiment) -> CheckReply:
    return check(experiment, lambda sha256: None, Limits())


def with_schedule(type: str, optimizer: str = "SGD", epochs: int = 6, **args: Argument) -> Experiment:
    return scheduled(spiral(epochs=epochs, optimizer=optimizer), Chosen(type=type, args=args))


@pytest.mark.parametrize("schedule", schedules()[:-1], ids=lambda schedule: schedule.type)
def test_the_drawn_rates_are_those_of_the_run(schedule: Chosen) -> None:
    experiment = scheduled(spiral(epochs=9), schedule)
    drawn = checked(experiment).schedule
    trained = trainer(experiment)
    taken = []
    while not trained.is_done:
        trained.run_step()
        taken.append(trained.lr_taken)

    assert drawn is not None
    assert [taken[step] for step in drawn.steps] == pytest.approx(drawn.rates, rel=1e-9)
    assert drawn.stepped == ("batch" if schedule.type == "OneCycleLR" else "epoch")
    assert len(drawn.steps) == (36 if schedule.type == "OneCycleLR" else 9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: schedule.type)
def test_to_draw_a_schedule_warns_nobody(schedule: Chosen) -> None:
    assert checked(scheduled(spiral(epochs=9), schedule)).schedule is not None


def test_rates_that_depend_on_the_loss_are_known_for_the_beginning_only() -> None:
    drawn = checked(with_schedule("ReduceLROnPlateau")).schedule

    assert drawn is not None
    assert (drawn.stepped, drawn.steps, drawn.rates) == ("validation loss", [0], [0.05])


def test_a_long_run_is_drawn_in_few_points_from_its_first_step_to_its_last() -> None:
    drawn = checked(with_schedule("OneCycleLR", epochs=100_000, max_lr=0.1)).schedule

    assert drawn is not None
    assert len(drawn.steps) == MOST_POINTS
    assert (drawn.steps[0], drawn.steps[-1]) == (0, 399_999)
    assert max(drawn.rates) == pytest.approx(0.1, rel=1e-3)


def test_an_experiment_without_a_schedule_has_none_to_draw() -> None:
    reply = checked(spiral())

    assert reply.schedule is None
    assert "schedule" not in reply.code


def test_its_code_is_what_one_would_write_and_says_the_length_where_it_is_needed() -> None:
    step = checked(with_schedule("StepLR", step_size=2)).code["schedule"]
    cycle = checked(with_schedule("OneCycleLR", max_lr=0.1)).code["schedule"]

    assert step == "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)"
    assert cycle == "scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=24)"


@pytest.mark.parametrize(
    ("experiment", "where", "words"),
    [
        (with_schedule("Sawtooth"), "training/schedule", "no schedule 'Sawtooth'"),
        (with_schedule("StepLR"), f"{ARGS}/step_size", "needs step_size"),
        (with_schedule("StepLR", step_size=0), f"{ARGS}/step_size", "at least 1"),
        (with_schedule("OneCycleLR", max_lr=0.1, pct_start=1), f"{ARGS}/pct_start", "less than 1"),
        (with_schedule("OneCycleLR", "Adagrad", max_lr=0.1), "training/schedule", "must support momentum"),
        (with_schedule("OneCycleLR", max_lr=0.1, total_steps=5), f"{ARGS}/total_steps", "no argument"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_at_its_field(
    experiment: Experiment, where: str, words: str
) -> None:
    (problem,) = checked(experiment).problems

    assert problem.where == where
    assert words in problem.message
