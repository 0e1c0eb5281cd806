"""A run that begins in a moment of another: led on from there, or with something changed."""

import engine as torch
from playground.data.prepare import FindFile
from playground.experiment.spec import Experiment
from playground.training.build import build
from playground.training.carry import carry, carry_muted
from playground.training.log import Deed
from playground.training.parcel import Offer, unpack
from playground.training.record import never
from playground.training.session import Session
from playground.training.trainer import Trainer


def go_on(
    experiment: Experiment, offered: Offer, files: FindFile, speed: float | None, lr: float | None = None
) -> Session:
    """The run that was offered, of the same experiment but for its epochs, begun at that step.

    With `lr` that is the first that is done in it, and part of its beginning.
    """
    session = _there(experiment, offered, files, speed)
    session.begin_here()
    if lr is not None:
        session.obey({"do": "set_lr", "lr": lr})
        session.travel.begin_here()
    return session


def change(
    experiment: Experiment, parent: Experiment, offered: Offer, files: FindFile, speed: float | None
) -> tuple[Session, list[str]]:
    """A run of `experiment` with what fits of the run of `parent` that was offered; and what did not fit."""
    old = _there(parent, offered, files, speed)
    random = torch.get_rng_state()
    new = Trainer(build(experiment, files))
    notes = carry(old.trainer, new)
    session = Session(new, speed)
    notes += carry_muted(old.hand, session.hand, new.built)
    torch.set_rng_state(random)
    session.begin_here()
    return session, notes


def _there(experiment: Experiment, offered: Offer, files: FindFile, speed: float | None) -> Session:
    """The offered run in this process, at the step that is meant."""
    session = Session(Trainer(build(experiment, files)), speed)
    deeds = [Deed.read(fields) for fields in offered["deeds"]]
    session.depart(unpack(dict(offered["moment"])), deeds, offered["step"])
    while session.travel.target is not None:
        session.advance(0.0, never)
    if session.trainer.step != offered["step"]:
        why = session.problem["message"] if session.problem else "its moment does not lead there."
        raise RuntimeError(f"Step {offered['step']:,} of the other run was not reached: {why}")
    return session
