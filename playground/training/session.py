"""A run in its worker: obeys commands between steps, and takes the steps when they are due."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from playground.protocol.frames import RunState
from playground.protocol.requests import Phase
from playground.training import gradients
from playground.training.ask import predict, weights
from playground.training.good import LastGood
from playground.training.hand import CannotChange, Hand
from playground.training.log import Deed
from playground.training.norms import Norms
from playground.training.observe import Chosen
from playground.training.quote import quote
from playground.training.record import Interrupted, Record, never
from playground.training.sample import follow
from playground.training.spent import Spent
from playground.training.surface import Moment, NoPlane, Survey
from playground.training.trainer import DivergedError, Trainer

LATE = 0.1
"""Seconds behind its pace after which a run that cannot keep it stops trying to catch up."""

MOST_DEEDS = 100_000
"""Changes by hand that a run remembers, and so takes."""

SURVEYED, SURVEYED_RUNNING = 0.15, 0.03
"""Seconds of work on a loss surface at each question about it."""

STEP_ERRORS = (RuntimeError, ValueError)
"""What PyTorch's functions raise when they are called in an order, or with a batch, that they cannot take."""

Answer = dict[str, Any]


class Refused(Exception):  # noqa: N818
    """A command cannot be obeyed now; the message says why."""


class Session:
    """What `state` the run is in and how it goes on. `speed` is in steps per second, null without a limit.

    `chosen` is the sample that was last asked about.
    """

    def __init__(self, trainer: Trainer, speed: float | None, clock: Callable[[], float] = time.perf_counter):
        self.trainer = trainer
        self.norms = Norms(trainer)
        self.record = Record(trainer, self.norms)
        self.state: RunState = "paused"
        self.problem: dict[str, Any] | None = None
        self.speed = speed
        self.chosen: Chosen | None = None
        self.hand = Hand(trainer)
        self.spent = Spent()
        self._survey = Survey(trainer.built, self._path, clock)
        self._good = LastGood(trainer)
        self._clock = clock
        self._due = clock()
        self._stop_at_epoch: int | None = None
        self._restored = 0
        self._interrupted = never

    @property
    def changes(self) -> int:
        """How often the model was changed by other means than a step."""
        return self.hand.changes + self._restored

    # ---- time ----

    @property
    def due(self) -> float | None:
        """When there is something to do again: a step, or the rest of an evaluation; null while not."""
        if self.record.is_scoring:
            return self._clock()
        return self._due if self.state == "running" else None

    def advance(self, until: float, interrupted: Interrupted) -> None:
        """Take the steps that are due, one at least, until that time or until a command waits."""
        self._interrupted = interrupted
        with self.spent.working():
            self.record.score(interrupted)
            while not self.record.is_scoring and self.state == "running" and self._due <= self._clock():
                self._take_step()
                if self._clock() >= until or interrupted():
                    break
        self._interrupted = never

    def _take_step(self) -> None:
        self._step()
        if self.speed is None or self._stop_at_epoch is not None:
            self._due = self._clock()
        else:
            self._due = max(self._due + 1 / self.speed, self._clock() - LATE)

    def _step(self) -> None:
        """Finish the step under way. One that fails is begun again next time: phases run by hand before it
        can leave a graph that has no second backward."""
        try:
            self._run(self.trainer.run_step)
        except STEP_ERRORS as error:
            self.trainer.begin_step_again()
            self.trainer.by_hand = True
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.state = "paused"
        self.problem = {"where": "", "message": str(error), "fix": None}

    def _run(self, take: Callable[[], Any]) -> None:
        """Run phases; note a step that they finish, or that the run diverged."""
        before = self.trainer.step
        try:
            with np.errstate(all="ignore"):
                self.record.score()
                take()
                if self.trainer.step > before:
                    self.record.step(self._interrupted)
        except DivergedError as error:
            self._diverge(error)
            return
        if self.trainer.step > before:
            self._good.look()
            if self.trainer.is_done:
                self.state = "finished"
            elif self._stop_at_epoch is not None and self.trainer.epoch >= self._stop_at_epoch:
                self.state = "paused"

    def _diverge(self, error: DivergedError) -> None:
        where = f"layers/{error.layer.position}" if error.layer else "loss"
        fix = f"Restore the weights of step {self._good.step}, and go on with a lower learning rate."
        self.state = "diverged"
        self.problem = {"where": where, "message": str(error), "fix": fix}

    # ---- commands ----

    def obey(self, command: Mapping[str, Any]) -> Answer:
        """Do what a `protocol.requests.AnyCommand` says, or answer a question: `predict`, `sample`,
        `gradcheck`, `weights`, `settle`."""
        try:
            return self._do[command["do"]](self, command) or {}
        except (Refused, CannotChange, NoPlane, *STEP_ERRORS) as refused:
            return {"error": str(refused)}

    def _go(self) -> None:
        if self.state == "finished":
            raise Refused(f"All {self.trainer.epoch} epochs are done: raise Epochs and press Reset.")
        if self.state == "diverged":
            raise Refused("The run has diverged: restore its last good state, or press Reset.")
        self.problem = None

    def _play(self, _: Mapping[str, Any]) -> None:
        self._go()
        self._stop_at_epoch = None
        self._start()

    def _start(self) -> None:
        if self.state != "running":
            self._due = self._clock()
        self.state = "running"

    def _pause(self, _: Mapping[str, Any]) -> None:
        if self.state == "running":
            self.state = "paused"

    def _step_batch(self, _: Mapping[str, Any]) -> None:
        self._go()
        self.state = "paused"
        self._step()
        if self.problem is not None and self.state == "paused":
            raise Refused(self.problem["message"])

    def _step_epoch(self, _: Mapping[str, Any]) -> None:
        self._go()
        self._stop_at_epoch = self.trainer.epoch + 1
        self._start()

    def _phase(self, command: Mapping[str, Any]) -> None:
        self._go()
        self.state = "paused"
        phase: Phase = command["phase"]
        try:
            self._run(lambda: self.trainer.run_phase(phase))
        except STEP_ERRORS as error:
            self._fail(error)
            raise Refused(str(error)) from None

    def _set_lr(self, command: Mapping[str, Any]) -> None:
        lr = float(command["lr"])
        if lr != self.trainer.lr:
            self._may_do_more()
            self.trainer.lr = lr
            self.record.did(Deed(self.trainer.step, "set_lr", lr))

    def _set_speed(self, command: Mapping[str, Any]) -> None:
        self.speed = command["steps_per_second"]
        self._due = self._clock()

    def _restore(self, _: Mapping[str, Any]) -> None:
        if self.state != "diverged":
            raise Refused("Nothing to restore: the run has not diverged.")
        self._good.restore()
        self.record.did(Deed(self.trainer.step, "restore", self._good.step))
        self.record.rescore()
        self._restored += 1
        self.state = "paused"
        self.problem = None

    def _edit(self, command: Mapping[str, Any]) -> None:
        self._may_change()
        name, index, value = command["parameter"], tuple(command["index"]), float(command["value"])
        self.hand.edit(name, index, value)
        self.record.did(Deed(self.trainer.step, "edit", value, name, index))
        self.record.rescore()

    def _mute(self, command: Mapping[str, Any]) -> None:
        self._may_change()
        unit, on = command["unit"], command["on"]
        layer = self.hand.mute(command["layer"], unit, on)
        place = str(self.trainer.built.layers.index(layer))
        self.record.did(Deed(self.trainer.step, "mute" if on else "unmute", None, place, (unit,)))
        self.record.rescore()

    def _may_change(self) -> None:
        self.record.score()
        if self.state == "diverged":
            raise Refused("The run has diverged: restore its last good state first, or press Reset.")
        self._may_do_more()

    def _may_do_more(self) -> None:
        if self.record.deeds >= MOST_DEEDS:
            raise Refused(f"{MOST_DEEDS:,} changes were made by hand, which is the most: press Reset.")

    def _settle(self, _: Mapping[str, Any]) -> None:
        """Nothing: who hears the answer knows that all that was said before is done."""

    def _predict(self, command: Mapping[str, Any]) -> Answer:
        return predict(self.trainer, command["inputs"])

    def _quote(self, command: Mapping[str, Any]) -> Answer:
        return quote(self.trainer, command["what"], command["layer"])

    def _sample(self, command: Mapping[str, Any]) -> Answer:
        answer = follow(self.trainer, command["index"], command["split"], command["units"])
        if "error" not in answer:
            self.chosen = Chosen(command["split"], command["index"])
        return answer

    def _path(self) -> list[Moment]:
        weights = [p.detach().numpy().copy() for p in self.trainer.built.model.parameters()]
        return [Moment(self.trainer.step, weights)]

    def _surface(self, command: Mapping[str, Any]) -> Answer:
        seconds = SURVEYED_RUNNING if self.state == "running" else SURVEYED
        return self._survey.go_on(command["directions"], command["seed"], command["again"], seconds)

    def _gradcheck(self, _: Mapping[str, Any]) -> Answer:
        return gradients.check(self.trainer, self.hand)

    def _weights(self, _: Mapping[str, Any]) -> Answer:
        return {"weights": weights(self.trainer)}

    _do: Mapping[str, Callable[["Session", Mapping[str, Any]], Answer | None]] = {
        "play": _play,
        "pause": _pause,
        "step_batch": _step_batch,
        "step_epoch": _step_epoch,
        "phase": _phase,
        "set_lr": _set_lr,
        "set_speed": _set_speed,
        "restore": _restore,
        "edit": _edit,
        "mute": _mute,
        "predict": _predict,
        "quote": _quote,
        "settle": _settle,
        "sample": _sample,
        "surface": _surface,
        "gradcheck": _gradcheck,
        "weights": _weights,
    }
