"""Looking at a run as `Display` does, one probe or all."""

from typing import Any

from playground.experiment.spec import Experiment
from playground.training.norms import Norms
from playground.training.probes import PROBES, Measure, Recorder, Subject
from tests.playground.training.experiments import trainer

PHASES = ("zero_grad", "forward", "loss", "backward", "step")


def subject(experiment: Experiment) -> Subject:
    """A run whose steps are all recorded, as those that a person takes by hand are."""
    trained = trainer(experiment)
    recorder = Recorder(trained)
    recorder.arm()
    return Subject(trained, Norms(trained), recorder)


def measures(of: Subject) -> dict[str, Measure]:
    made = {probe.name: probe.make(of) for probe in PROBES}
    return {name: measure for name, measure in made.items() if measure is not None}


def views(of: Subject) -> dict[str, Any]:
    return {name: measure() for name, measure in measures(of).items()}


def view(of: Subject, name: str) -> Any:
    """One view, measured once."""
    return measures(of)[name]()
