"""What a branch is to the run that it came from."""

from playground.experiment.differences import goes_on
from playground.experiment.spec import Experiment
from playground.live.run import Change, Origin, Run


def origin(parent: Run, step: int, experiment: Experiment) -> Origin:
    """Where a branch of `experiment` begins. It goes on as the same run where it can, led otherwise."""
    if not goes_on(experiment, parent.experiment):
        return Origin(parent.id, step, begun=None, change=Change(parent.name, step))
    training = parent.begun.training.model_copy(update={"epochs": experiment.training.epochs})
    begun = parent.begun.model_copy(update={"training": training})
    return Origin(parent.id, step, begun, parent.change)
