"""Going back in a run, and forth again: every step that it made can be reached, and goes on as it went."""

import math
from collections.abc import Callable

from playground.training.blame import not_finite
from playground.training.hand import Hand
from playground.training.log import Deed
from playground.training.moment import Keeper, Moment
from playground.training.moments import Moments
from playground.training.norms import Norms
from playground.training.probes.recorder import Recorder
from playground.training.record import Record
from playground.training.refused import Refused
from playground.training.surface import Moment as Point
from playground.training.trainer import Trainer

EVERY = 50
"""Steps between two moments that are kept: each is the one before such a step, so that the step itself is
made again, and recorded, when somebody goes there."""

PATIENCE = 1.0
"""Seconds that the way to a kept state may take, for its last step to be recorded."""

NOT_AGAIN = {
    "phases": "The phases of a step were run in another order",
    "restore": "Earlier weights were restored",
}
"""What was done by hand and cannot be done again: what came of it is kept."""

BLOWN_UP = 1000.0
"""A loss this many times the first, or the smallest one kept, is finite, but on its way out: not worth going
back to."""


class Travel:
    """Where a run has been, and the ways back there.

    `furthest` is the most updates it has made, `target` the step that it is on its way to, null where it
    stands or goes on by itself. `samples` were taken from the loader on the way to the furthest. `trips`
    counts how often it went anywhere.
    """

    def __init__(
        self, trainer: Trainer, norms: Norms, record: Record, hand: Hand, recorder: Recorder
    ) -> None:
        self._trainer = trainer
        self._record = record
        self._hand = hand
        self._recorder = recorder
        self._deeds = record.deeds
        self._smallest = math.inf
        self.keeper = Keeper(trainer, norms, record, hand)
        self.moments = Moments(self.keeper.take(good=True))
        self.furthest = trainer.step
        self.samples = 0
        self.target: int | None = None
        self.trips = 0

    @property
    def looks_back(self) -> bool:
        """Whether the run has been further than it is."""
        return (self._trainer.step, self._deeds.done) < (self.furthest, len(self._deeds.all))

    @property
    def is_new(self) -> bool:
        """Whether the next step is one that was never made before."""
        return self.target is None and not self.looks_back

    @property
    def kept(self) -> list[int]:
        """The steps that are reached at once: the first, and the one after each moment."""
        steps = {moment.step + 1 for moment in self.moments.all[1:]}
        return sorted({self.moments.first.step, *(step for step in steps if step <= self.furthest)})

    # ---- moments ----

    def stepped(self) -> None:
        """A step was made: keep its moment where it is due, or could not be made again."""
        trainer = self._trainer
        if trainer.step > self.furthest:
            self.furthest = trainer.step
            self.samples = trainer.samples_seen - self.moments.first.counters.samples_seen
            if trainer.loss is not None and self._smallest == math.inf:
                self._smallest = trainer.loss
        if trainer.by_hand:
            self.keep(pinned=True)
        elif (trainer.step + 1) % EVERY == 0:
            self.keep()

    def keep(self, pinned: bool = False) -> None:
        """Keep this moment, unless it is already, or a step is under way in which phases were run."""
        trainer = self._trainer
        if not trainer.is_between or self.moments.at(trainer.step, self._deeds.done) is not None:
            return
        self.moments.keep(self.keeper.take(self._is_good()), pinned)

    def _is_good(self) -> bool:
        loss = self._trainer.loss
        if loss is None or loss > BLOWN_UP * self._smallest or not_finite(self._trainer.built):
            return False
        self._smallest = min(self._smallest, loss)
        return True

    def restore(self) -> Deed:
        """Put the newest good weights and optimizer state back; counters and learning rate go on."""
        good, lr = self.moments.newest_good, self._trainer.lr
        self.keeper.put_back_model(good)
        self._trainer.lr = lr
        self._trainer.begin_step_again()
        return Deed(self._trainer.step, "restore", good.step)

    def path(self) -> list[Point]:
        """Where the run came from: the weights of kept moments, oldest first, and the present ones last."""
        step = self._trainer.step
        past = [moment for moment in self.moments.all if moment.step < step]
        here = self.keeper.take(good=False)
        return [Point(moment.step, self.keeper.weights(moment)) for moment in (*past, here)]

    # ---- on the way ----

    def seek(self, step: int, seconds: float) -> None:
        """Set out for the state after that many updates, where a step takes so long. Raises Refused.

        It is reached by a step, so that this one is recorded; unless that would take too long.
        """
        first = self._first(step)
        if not self.looks_back:
            self.keep()
        start = self.moments.before(step) or first
        kept = self.moments.at(step, len(self._deeds_at(step)))
        if kept is not None and (step - start.step) * seconds > PATIENCE:
            start = kept
        here = self._trainer.step
        if self._trainer.is_between and start.step <= here < step:
            self._record.repeat_since(here)
        else:
            self._put_back(start)
            self._record.repeat_since(start.step)
        self.target = step
        self.trips += 1
        self._record.pass_to(step)
        self._recorder.rest()

    def _first(self, step: int) -> Moment:
        """The first moment. Raises Refused for a step before it, and for one that was not made."""
        first = self.moments.first
        if step > self.furthest:
            raise Refused(f"The run has made {self.furthest:,} steps: there is no step {step:,} to look at.")
        if step < first.step:
            raise Refused(f"This run began at step {first.step:,} of another run: go back in that one.")
        return first

    def _deeds_at(self, step: int) -> list[Deed]:
        """All deeds that are in the state right after that update; in the present one, all that there are."""
        deeds = self._deeds.all
        if step == self.furthest:
            return deeds
        return deeds[: max(self.moments.first.deeds, sum(deed.step < step for deed in deeds))]

    def way_to(self, step: int) -> tuple[Moment, list[Deed]]:
        """A moment from which the state after so many updates can be made, and all deeds up to that state.

        Raises Refused.
        """
        self._first(step)
        deeds = self._deeds_at(step)
        if step == self.furthest and not self.looks_back:
            self.keep()
        kept = self.moments.up_to(step, len(deeds))
        lost = next((deed for deed in deeds[kept.deeds :] if deed.do in NOT_AGAIN), None)
        if lost is not None:
            raise Refused(self._why_lost(lost, "branch at an earlier step, or a later one"))
        return kept, deeds

    def depart(self, moment: Moment, deeds: list[Deed], step: int) -> None:
        """Be a run that was at this moment and has come as far as that step."""
        self._deeds.all = list(deeds)
        self.moments = Moments(moment)
        self._put_back(moment)
        self.furthest = step

    def begin_here(self) -> None:
        """Be a run that begins at this moment."""
        self.moments = Moments(self.keeper.take(self._is_good()))
        self.furthest = self._trainer.step
        self.samples = 0

    def step(self, make: Callable[[], None]) -> None:
        """One step of the way: `make` runs the trainer's. Raises Refused."""
        trainer, target = self._trainer, self.target
        if target is not None and trainer.step < target:
            if trainer.step == target - 1:
                self.keep()
                self._recorder.wake()
            if not self.again():
                make()
        if target is not None and trainer.step >= target:
            self._arrive()

    def _arrive(self) -> None:
        if self._trainer.step == self.furthest:
            self.again()
            left = self.moments.at(self.furthest, self._deeds.done)
            if left is not None and left.counters.begun:
                self._put_back(left)
        self.leave()

    def leave(self) -> None:
        """Be on the way no longer: there, or stopped on it."""
        self.target = None
        self._record.passing = 0
        self._recorder.wake()

    # ---- as it went ----

    def again(self) -> bool:
        """Do what was done by hand at this step before; whether that has made the step itself.

        What cannot be made again (phases in another order, weights that were restored) is brought back.
        Raises Refused where it is not kept any more.
        """
        step = self._trainer.step
        has_changed = False
        while (deed := self._deeds.due(step)) is not None:
            if deed.do in NOT_AGAIN:
                self._bring_back(deed)
                if self._trainer.step > step:
                    return True
            else:
                self._hand.do_again(deed)
                self._deeds.done += 1
                has_changed = has_changed or deed.do != "set_lr"
        if has_changed and step >= self._record.passing:
            self._record.rescore()
        return False

    def take_apart(self) -> None:
        """Do what was done by hand before this step, of which one phase will be run. Raises Refused."""
        if not self._trainer.is_between:
            return
        if self._is_ahead(*NOT_AGAIN):
            raise Refused(
                f"Step {self._trainer.step + 1:,} was not made in the usual order, so it is brought back "
                "whole: press Step batch."
            )
        self.again()

    def diverged(self) -> bool:
        """The run has diverged: whether good weights were restored then before, and are again now."""
        self.furthest = max(self.furthest, self._trainer.step)
        was_restored = self._is_ahead("restore")
        if was_restored:
            self.again()
        return was_restored

    def _is_ahead(self, *kinds: str) -> bool:
        """Whether something of these kinds was done at this step and is not done yet."""
        later = self._deeds.all[self._deeds.done :]
        return any(deed.step == self._trainer.step and deed.do in kinds for deed in later)

    def _bring_back(self, deed: Deed) -> None:
        kept = self.moments.pinned_after(self._deeds.done)
        if kept is None or kept.step > deed.step + 1:
            raise Refused(self._why_lost(deed, "branch here to go on otherwise, or go to a later step"))
        self._put_back(kept)

    def _why_lost(self, deed: Deed, way_out: str) -> str:
        return f"{NOT_AGAIN[deed.do]} after step {deed.step:,}, which is not kept any more: {way_out}."

    def _put_back(self, moment: Moment) -> None:
        self.keeper.put_back(moment)
        self._recorder.forget()
