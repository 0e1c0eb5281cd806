"""What a run can be told and asked between two steps, by the `do` of the message."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from playground.training import gradients
from playground.training.ask import predict, weights
from playground.training.detective.answer import find
from playground.training.hand import CannotChange
from playground.training.log import Deed
from playground.training.observe import Chosen
from playground.training.parcel import offer
from playground.training.quote import quote
from playground.training.refused import STEP_ERRORS, Refused
from playground.training.sample import follow
from playground.training.surface import NoPlane

if TYPE_CHECKING:
    from playground.training.session import Session

MOST_DEEDS = 100_000
"""Changes by hand that a run remembers, and so takes."""

SURVEYED, SURVEYED_RUNNING = 0.15, 0.03
"""Seconds of work on a loss surface at each question about it."""

Message = Mapping[str, Any]
Answer = dict[str, Any]


def obey(session: "Session", message: Message) -> Answer:
    """The answer; an `error` says why the run cannot do that now."""
    try:
        return COMMANDS[message["do"]](session, message) or {}
    except (Refused, CannotChange, NoPlane, *STEP_ERRORS) as refused:
        return {"error": str(refused)}


# ---- told ----


def set_lr(session: "Session", message: Message) -> None:
    lr = float(message["lr"])
    if lr != session.trainer.lr:
        session.may_change()
        _may_do_more(session)
        session.trainer.lr = lr
        session.record.did(Deed(session.trainer.step, "set_lr", lr))


def set_speed(session: "Session", message: Message) -> None:
    session.speed = message["steps_per_second"]


def edit(session: "Session", message: Message) -> None:
    _may_change_model(session)
    name, index, value = message["parameter"], tuple(message["index"]), float(message["value"])
    session.hand.edit(name, index, value)
    session.record.did(Deed(session.trainer.step, "edit", value, name, index))
    session.record.rescore()


def mute(session: "Session", message: Message) -> None:
    _may_change_model(session)
    unit, on = message["unit"], message["on"]
    layer = session.hand.mute(message["layer"], unit, on)
    place = str(session.trainer.built.layers.index(layer))
    session.record.did(Deed(session.trainer.step, "mute" if on else "unmute", None, place, (unit,)))
    session.record.rescore()


def _may_change_model(session: "Session") -> None:
    session.may_change()
    session.record.score()
    if session.state == "diverged":
        raise Refused("The run has diverged: restore its last good state first, or press Reset.")
    _may_do_more(session)


def _may_do_more(session: "Session") -> None:
    if len(session.record.deeds.all) >= MOST_DEEDS:
        raise Refused(f"{MOST_DEEDS:,} changes were made by hand, which is the most: press Reset.")


# ---- asked ----


def finding(session: "Session", _: Message) -> Answer:
    """A `protocol.finding.FindingReply`."""
    if session.state != "diverged":
        raise Refused("The run has not diverged: all its numbers are finite.")
    return find(session)


def settle(_: "Session", __: Message) -> None:
    """Nothing: who hears the answer knows that all that was said before is done."""


def sample(session: "Session", message: Message) -> Answer:
    answer = follow(session.trainer, message["index"], message["split"], message["units"])
    if "error" not in answer:
        session.chosen = Chosen(message["split"], message["index"])
    return answer


def surface(session: "Session", message: Message) -> Answer:
    seconds = SURVEYED_RUNNING if session.state == "running" else SURVEYED
    return session.survey.go_on(message["directions"], message["seed"], message["again"], seconds)


COMMANDS: Mapping[str, Callable[["Session", Message], Answer | None]] = {
    "play": lambda session, _: session.play(),
    "pause": lambda session, _: session.pause(),
    "step_batch": lambda session, _: session.step_batch(),
    "step_epoch": lambda session, _: session.step_epoch(),
    "phase": lambda session, message: session.phase(message["phase"]),
    "offer": lambda session, message: dict(offer(session.travel, message["step"])),
    "seek": lambda session, message: session.seek(message["step"]),
    "restore": lambda session, _: session.restore(),
    "set_lr": set_lr,
    "set_speed": set_speed,
    "edit": edit,
    "mute": mute,
    "settle": settle,
    "sample": sample,
    "surface": surface,
    "finding": finding,
    "predict": lambda session, message: predict(session.trainer, message["inputs"]),
    "quote": lambda session, message: quote(session.trainer, message["what"], message["layer"]),
    "gradcheck": lambda session, _: gradients.check(session.trainer, session.hand),
    "weights": lambda session, _: {"weights": weights(session.trainer)},
}
