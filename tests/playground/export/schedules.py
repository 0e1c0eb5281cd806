"""One schedule of each kind, short enough to do something within a few epochs."""

from playground.experiment.catalog import SCHEDULES
from playground.experiment.spec import Argument, Chosen, Experiment

ARGS: dict[str, dict[str, Argument]] = {
    "StepLR": {"step_size": 2, "gamma": 0.5},
    "ExponentialLR": {"gamma": 0.8},
    "CosineAnnealingLR": {"T_max": 3, "eta_min": 0.001},
    "LinearLR": {"start_factor": 0.1, "total_iters": 4},
    "OneCycleLR": {"max_lr": 0.2},
    "ReduceLROnPlateau": {"patience": 0, "threshold": 0.2},
}


def schedules() -> list[Chosen]:
    """Every schedule of the catalog."""
    return [Chosen(type=name, args=ARGS[name]) for name in SCHEDULES]


def scheduled(experiment: Experiment, schedule: Chosen) -> Experiment:
    """The same, with its learning rate led by `schedule`."""
    training = experiment.training.model_copy(update={"schedule": schedule})
    return experiment.model_copy(update={"training": training})
