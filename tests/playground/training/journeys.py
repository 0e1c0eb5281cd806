"""Runs that a person leads step by step, and everything that makes one moment of a run what it is."""

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

import engine as torch
from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.training.session import Session
from playground.training.trainer import PHASES
from tests.playground.export.random_experiments import LIMITS, experiments
from tests.playground.export.running import no_files
from tests.playground.training.experiments import trainer

Act = tuple[str, float]
ACTS = ("step", "step", "step", "phases", "odd phases", "edit", "edit within", "lr", "mute", "speak")


def never() -> bool:
    return False


@st.composite
def any_experiments(draw: st.DrawFn) -> Experiment:
    """Any valid experiment, its data fetched by any number of workers."""
    made = draw(experiments(epochs=3))
    workers = draw(st.integers(0, 3))
    made = made.model_copy(update={"data": made.data.model_copy(update={"num_workers": workers})})
    args = [made.loss.args, made.optimizer.args, *(layer.args for layer in made.layers)]
    numbers = [value for part in args for value in part.values() if isinstance(value, float)]
    assume(all(value == 0 or abs(value) > 1e-6 for value in numbers))
    assume(check(made, no_files, LIMITS).can_play)
    return made


def stories() -> st.SearchStrategy[list[Act]]:
    """What a person does with a run, one thing after the other."""
    return st.lists(st.tuples(st.sampled_from(ACTS), st.floats(-2, 2, width=32)), min_size=2, max_size=14)


def begun(experiment: Experiment) -> Session:
    return Session(trainer(experiment), None)


def obey(session: Session, do: str, **arguments: Any) -> dict[str, Any]:
    return session.obey({"do": do, **arguments})


def act(session: Session, what: str, value: float) -> None:
    """One thing that a person does. What cannot be done is refused, as in the page."""
    parameters = dict(session.trainer.built.model.named_parameters())
    if what == "step":
        obey(session, "step_batch")
    elif what == "phases":
        for phase in PHASES:
            obey(session, "phase", phase=phase)
    elif what == "odd phases":
        for phase in ("forward", "zero_grad", "forward", "loss", "backward", "step"):
            obey(session, "phase", phase=phase)
    elif what == "lr":
        obey(session, "set_lr", lr=abs(value) / 50)
    elif what in ("edit", "edit within") and parameters:
        if what == "edit within":
            obey(session, "phase", phase="zero_grad")
            obey(session, "phase", phase="forward")
        name, parameter = next(iter(parameters.items()))
        obey(session, "edit", parameter=name, index=[0] * parameter.ndim, value=value)
    elif what in ("mute", "speak"):
        layer = session.trainer.built.layers[-1].id
        obey(session, "mute", layer=layer, unit=0, on=what == "mute")


def arrive(session: Session) -> None:
    """Let a run that was told to go somewhere get there."""
    while session.travel.target is not None:
        session.advance(0.0, never)


def seek(session: Session, step: int) -> None:
    answer = obey(session, "seek", step=step)
    assert answer == {}, answer
    arrive(session)


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What of two states is not the same."""
    return [name for name in one if one[name] != other[name]]


def state(session: Session) -> dict[str, Any]:
    """All that the further course of a run depends on, and what it shows."""
    built, trainer = session.trainer.built, session.trainer
    optimizer = built.optimizer
    parameters = list(built.model.parameters())
    return {
        "model": {name: value.numpy().tobytes() for name, value in built.model.state_dict().items()},
        "optimizer": [
            {name: np.asarray(value).tobytes() for name, value in optimizer.state.get(p, {}).items()}
            for p in parameters
        ],
        "gradients": [None if p.grad is None else p.grad.numpy().tobytes() for p in parameters],
        "options": [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups],
        "scheduler": None if built.scheduler is None else repr(built.scheduler.state_dict()),
        "random": torch.get_rng_state().tolist(),
        "batch": None if trainer.x is None else trainer.x.numpy().tobytes(),
        "counters": (trainer.step, trainer.epoch, trainer.batch, trainer.samples_seen, trainer.backwards),
        "loss": repr(trainer.loss),
        "samples": trainer.samples.tolist(),
        "muted": dict(session.hand.muted),
        "scores": {name: repr(value) for name, value in session.record.scalars.items()},
        "norms": repr(session.norms.latest),
    }
