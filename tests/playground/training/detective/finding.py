"""Runs that break, and what the detective says of them."""

from typing import Any

from playground.experiment.spec import Experiment
from playground.protocol.finding import FindingReply
from playground.training.session import Session
from tests.playground.training.detective.faults import optimized
from tests.playground.training.experiments import line, trainer


def played(session: Session) -> Session:
    """Until it stops by itself."""
    session.obey({"do": "play"})
    while session.state == "running":
        session.advance(float("inf"), lambda: False)
    return session


def diverged(experiment: Experiment, after: int = 0, **edit: Any) -> Session:
    """A run that breaks, by a weight set by hand after so many steps where one is given."""
    session = Session(trainer(experiment), None)
    for _ in range(after):
        session.obey({"do": "step_batch"})
    if edit:
        assert session.obey({"do": "edit", **edit}) == {}
    played(session)
    assert session.state == "diverged"
    return session


def found(session: Session) -> dict[str, Any]:
    """The answer, in the shape of its protocol."""
    answer = session.obey({"do": "finding"})
    assert "error" not in answer, answer
    FindingReply.model_validate(answer)
    return answer


def burst() -> Experiment:
    return optimized(line(epochs=50), "SGD", 1000.0)
