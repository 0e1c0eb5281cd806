"""Learning rate schedules: made from the experiment, and seen through before anything is trained."""

import engine as torch
from engine import nn, optim
from playground.experiment.catalog import SCHEDULES, optimizer_class, schedule_class
from playground.experiment.spec import Argument as Value
from playground.experiment.spec import Chosen, Experiment
from playground.protocol.replies import LearningRates, Stepped

MOST_POINTS = 512

SPANNING = {"OneCycleLR": "total_steps"}
"""Schedules that are made for a whole run, and the argument that is its number of steps."""


def steps_of(experiment: Experiment, batches: int) -> int:
    """Updates of the whole run."""
    return experiment.training.epochs * batches


def stepped(schedule: Chosen) -> Stepped:
    """When it takes its next step."""
    return SCHEDULES[schedule.type].stepped or "epoch"


def whole_run(schedule: Chosen, steps: int) -> dict[str, Value]:
    """The arguments that follow from the number of steps of the whole run."""
    return {SPANNING[schedule.type]: steps} if schedule.type in SPANNING else {}


def scheduler(schedule: Chosen, optimizer: optim.Optimizer, steps: int) -> optim.lr_scheduler.LRScheduler:
    """The scheduler of `optimizer` in a run of so many steps. Raises what its class raises."""
    made: optim.lr_scheduler.LRScheduler = schedule_class(schedule.type)(
        optimizer, **schedule.args, **whole_run(schedule, steps)
    )
    return made


def learning_rates(experiment: Experiment, batches: int) -> LearningRates | None:
    """The learning rate over a whole run, null without a schedule. Raises ValueError, ZeroDivisionError.

    The engine's own scheduler says it, on an optimizer of one number.
    """
    schedule = experiment.training.schedule
    if schedule is None:
        return None
    chosen = experiment.optimizer
    optimizer = optimizer_class(chosen.type)([nn.Parameter(torch.zeros(1))], **chosen.args)
    made = scheduler(schedule, optimizer, steps_of(experiment, batches))
    optimizer.step()  # a scheduler warns of steps before the optimizer's first
    when = stepped(schedule)
    every = batches if when == "epoch" else 1
    count = {"epoch": experiment.training.epochs, "batch": steps_of(experiment, batches)}.get(when, 1)
    places = sorted({round(i * (count - 1) / (MOST_POINTS - 1)) for i in range(MOST_POINTS)})
    rates = []
    for place in places:
        if place:
            made._update_lr(place)  # step(place), without PyTorch's warning that it is discouraged
        rates.append(float(optimizer.param_groups[0]["lr"]))
    return LearningRates(stepped=when, steps=[place * every for place in places], rates=rates)
