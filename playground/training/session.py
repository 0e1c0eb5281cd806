"""A run in its worker: what state it is in, and the steps it takes when they are due."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from playground.protocol.frames import RunState
from playground.protocol.requests import Phase
from playground.training import commands
from playground.training.hand import Hand
from playground.training.log import Deed
from playground.training.moment import Moment
from playground.training.norms import Norms
from playground.training.observe import Chosen
from playground.training.probes.recorder import Recorder
from playground.training.record import Interrupted, Record, never
from playground.training.refused import STEP_ERRORS, Refused
from playground.training.spent import Spent
from playground.training.surface import Survey
from playground.training.trainer import DivergedError, Trainer
from playground.training.travel import Travel

LATE = 0.1
"""Seconds behind its pace after which a run that cannot keep it stops trying to catch up."""



class Session:
    """What `state` the run is in and how it goes on. `speed` is in steps per second, null without a limit.

    `chosen` is the sample that was last asked about.
    """

    def __init__(self, trainer: Trainer, speed: float | None, clock: Callable[[], float] = time.perf_counter):
        self.trainer: Trainer = trainer
        self.norms = Norms(trainer)
        self.record = Record(trainer, self.norms)
        self.state: RunState = "paused"
        self.problem: dict[str, Any] | None = None
        self.chosen: Chosen | None = None
        self.hand: Hand = Hand(trainer)
        self.recorder = Recorder(trainer, lambda: self.state == "running", clock)
        self.travel: Travel = Travel(trainer, self.norms, self.record, self.hand, self.recorder)
        self.spent = Spent()
        self.survey = Survey(trainer.built, self.travel.path, clock)
        self._speed = speed
        self._clock = clock
        self._due = clock()
        self._stop_at_epoch: int | None = None
        self._restored = 0
        self._plays_then = False
        self._interrupted = never

    @property
    def changes(self) -> int:
        """How often the model was changed by other means than a step."""
        return self.hand.changes + self._restored + self.travel.trips

    def obey(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a `protocol.requests.AnyCommand` says, or answer a question: `commands.COMMANDS`."""
        return commands.obey(self, command)

    # ---- time ----

    @property
    def speed(self) -> float | None:
        return self._speed

    @speed.setter
    def speed(self, speed: float | None) -> None:
        self._speed = speed
        self._due = self._clock()

    @property
    def due(self) -> float | None:
        """When there is something to do again: a step, or the rest of an evaluation; null while not."""
        if self.record.is_scoring or self.travel.target is not None:
            return self._clock()
        return self._due if self.state == "running" else None

    def advance(self, until: float, interrupted: Interrupted) -> None:
        """Take the steps that are due, one at least, until that time or until a command waits."""
        self._interrupted = interrupted
        with self.spent.working(self.travel.is_new):
            self.record.score(interrupted)
            while not self.record.is_scoring and self._is_due():
                self._take_step()
                if self._clock() >= until or interrupted():
                    break
        self._interrupted = never

    def _is_due(self) -> bool:
        is_running = self.state == "running" and self._due <= self._clock()
        return is_running or self.travel.target is not None

    def _take_step(self) -> None:
        if self.travel.target is not None:
            self._go_on_travelling()
            return
        self._step()
        if self.speed is None or self._stop_at_epoch is not None:
            self._due = self._clock()
        else:
            self._due = max(self._due + 1 / self.speed, self._clock() - LATE)

    # ---- steps ----

    def _step(self) -> None:
        """Finish the step under way, or do it again as it was done. One that fails is begun again next time:
        phases run by hand before it can leave a graph that has no second backward."""
        try:
            if not (self.trainer.is_between and self.travel.again()):
                self._run(self.trainer.run_step)
        except Refused as error:
            self._fail(error)
        except STEP_ERRORS as error:
            self.trainer.begin_step_again()
            self.trainer.by_hand = True
            self._fail(error)
        self._stop_where_due()

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
            self.travel.stepped()

    def _stop_where_due(self) -> None:
        if self.state == "diverged":
            return
        if self.trainer.is_done:
            self.state = "finished"
        elif self._stop_at_epoch is not None and self.trainer.epoch >= self._stop_at_epoch:
            self.state = "paused"

    def _diverge(self, error: DivergedError) -> None:
        if self.travel.diverged():
            return
        where = f"layers/{error.layer.position}" if error.layer else "loss"
        good = self.travel.moments.newest_good.step
        fix = f"Restore the weights of step {good}, and go on with a lower learning rate."
        self.state = "diverged"
        self.problem = {"where": where, "message": str(error), "fix": fix}

    def _go_on_travelling(self) -> None:
        """One step of the way to another one."""
        try:
            self.travel.step(lambda: self._run(self.trainer.run_step))
        except (Refused, *STEP_ERRORS) as error:
            self._fail(error)
        if self.problem is not None:
            self.travel.leave()
        if self.travel.target is None:
            self._stop_where_due()
            if self._plays_then and self.state == "paused":
                self.play()

    # ---- what commands do ----

    def may_go_on(self) -> None:
        """Raises Refused where there is no step to take."""
        self.may_act()
        if self.state == "finished":
            raise Refused(f"All {self.trainer.epoch} epochs are done: raise Epochs and press Reset.")
        if self.state == "diverged":
            raise Refused("The run has diverged: restore its last good state, or press Reset.")
        self.problem = None

    def may_act(self) -> None:
        """Raises Refused while the run is on its way to another step."""
        if self.travel.target is not None:
            raise Refused(f"The run is on its way to step {self.travel.target:,}: wait until it is there.")

    def may_change(self) -> None:
        """Raises Refused where the run looks back: what was cannot be changed."""
        self.may_act()
        if self.travel.looks_back:
            raise Refused(
                f"The run is looking back at step {self.trainer.step:,} of {self.travel.furthest:,}: branch "
                "here to change something, or go back to the present."
            )

    def play(self) -> None:
        """Take steps until all epochs are done; on the way to another step, as soon as it is there."""
        if self.travel.target is not None:
            self._plays_then = True
            return
        self.may_go_on()
        self._stop_at_epoch = None
        self._start()

    def step_epoch(self) -> None:
        """Take steps to the end of the epoch, without pacing."""
        self.may_go_on()
        self._stop_at_epoch = self.trainer.epoch + 1
        self._start()

    def _start(self) -> None:
        if self.state != "running":
            self._due = self._clock()
        self.state = "running"

    def pause(self) -> None:
        """Take no more steps; one on its way to another step stays where it is."""
        self._plays_then = False
        if self.travel.target is not None:
            self.travel.leave()
        if self.state == "running":
            self.state = "paused"
            self.travel.keep()

    def step_batch(self) -> None:
        """Finish the step under way, or take one."""
        self.may_go_on()
        self.pause()
        with self.spent.working(self.travel.is_new):
            self._step()
        self.travel.keep()
        if self.problem is not None and self.state == "paused":
            raise Refused(self.problem["message"])

    def phase(self, phase: Phase) -> None:
        """Run one phase. Where the run looks back, only as it went."""
        self.may_go_on()
        self.pause()
        if self.travel.looks_back:
            if phase != self.trainer.expected:
                self.may_change()
            self.travel.take_apart()
        try:
            with self.spent.working(self.travel.is_new):
                self._run(lambda: self.trainer.run_phase(phase))
        except STEP_ERRORS as error:
            self._fail(error)
            raise Refused(str(error)) from None
        self.travel.keep()
        self._stop_where_due()

    def seek(self, step: int) -> None:
        """Set out for the state after that many updates, and pause there."""
        self.record.score()
        made = self.travel.furthest - self.travel.moments.first.step
        self.travel.seek(step, self.spent.seconds / max(1, made))
        self.state = "paused"
        self.problem = None
        self._plays_then = False

    def depart(self, moment: Moment, deeds: list[Deed], step: int) -> None:
        """Set out from a moment of another process for a step of its run."""
        self.travel.depart(moment, deeds, step)
        self.seek(step)

    def begin_here(self) -> None:
        """Let the run begin at this moment: nothing before it is known any more."""
        self.record.begin_here()
        self.travel.begin_here()
        self.spent = Spent()
        self._stop_where_due()

    def restore(self) -> None:
        """Bring the newest good weights back after a divergence."""
        self.may_change()
        if self.state != "diverged":
            raise Refused("Nothing to restore: the run has not diverged.")
        self.record.did(self.travel.restore())
        self.record.rescore()
        self._restored += 1
        self.state = "paused"
        self.problem = None
        self.travel.keep(pinned=True)
