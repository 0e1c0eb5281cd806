"""The training loop, taken apart: one step is five phases, run together or one at a time.

Phases in another order do what these calls do in PyTorch: nothing checks or repairs the order. What differs
from a loop in a script is only who calls.
"""

import math
import warnings
from collections.abc import Callable
from typing import NamedTuple, get_args

import numpy as np

import engine as torch
from engine.nn.utils import clip_grad_norm_
from playground.experiment.schedule import stepped
from playground.protocol.requests import Phase
from playground.training.blame import blame
from playground.training.build import Built, BuiltLayer
from playground.training.evaluate import Scores, evaluate
from playground.training.feed import Feed, Place

PHASES: tuple[Phase, ...] = get_args(Phase)

# While somebody looks inside, or a unit is muted, a step has hooks and runs eagerly, as it should.
warnings.filterwarnings("ignore", message=r"Trainer\._learned is not captured")


class DivergedError(Exception):
    """The loss or the weights are not finite any more; `layer` is the first one at fault, if it is one."""

    def __init__(self, message: str, layer: BuiltLayer | None) -> None:
        super().__init__(message)
        self.layer = layer


class Counters(NamedTuple):
    """How far a trainer is between two steps, as in `Trainer`; `scored` is what its schedule asked for.

    `begun` says that the next step has its batch already: it is begun again.
    """

    step: int
    epoch: int
    backwards: int
    samples_seen: int
    loss: float | None
    lr_taken: float
    unclipped: float | None
    scored: tuple[int, Scores] | None
    begun: bool
    by_hand: bool


class Trainer:
    """Trains what was built, step by step. No I/O, no clock.

    `step` counts finished updates, `epoch` finished epochs, `batch` is the number in its epoch of the batch
    that the last phase worked on, from 0. `phase` is the last phase that was run, null at a step boundary.
    `samples` are the batch's positions in the training set. `by_hand` says whether the phases of the step
    under way were run in another order than the usual one. `backwards` counts the backward passes since the
    last `zero_grad`: gradients are the sum of so many. `samples_seen` counts the samples of all batches that
    were taken from the loader. `lr_taken` is the learning rate of the last update, `unclipped` the norm that
    its gradients had together before they were clipped; null where none are.
    """

    def __init__(self, built: Built) -> None:
        self.built = built
        self.batches = built.prepared.facts.batches
        self.step = 0
        self.epoch = 0
        self.batch = 0
        self.phase: Phase | None = None
        self.by_hand = False
        self.backwards = 0
        self.samples_seen = 0
        self.samples = np.empty(0, np.int32)
        self.loss: float | None = None
        self.lr_taken = self.lr
        self.unclipped: float | None = None
        self.feed = Feed(built)
        self._next = 0
        self._fetched = False
        self._scored: tuple[int, Scores] | None = None
        self._run: dict[Phase, Callable[[], None]] = {
            "zero_grad": self._zero_grad,
            "forward": self._forward,
            "loss": self._compare,
            "backward": self._backward,
            "step": self._update,
        }
        self._learn = torch.capture(self._learned)
        self._x: torch.Tensor | None = None
        self._y: torch.Tensor | None = None
        self._output: torch.Tensor | None = None
        self._loss: torch.Tensor | None = None
        self._derived: torch.Tensor | None = None  # the loss whose graph backward has used up

    @property
    def x(self) -> torch.Tensor | None:
        """The inputs of the batch that the last phase worked on; null before the first."""
        return self._x

    @property
    def y(self) -> torch.Tensor | None:
        """The targets of that batch."""
        return self._y

    @property
    def replays(self) -> int:
        """How many steps were replays of a captured one."""
        return self._learn.replays

    @property
    def lr(self) -> float:
        """The learning rate (of the first group, they are all the same)."""
        return float(self.built.optimizer.param_groups[0]["lr"])

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in self.built.optimizer.param_groups:
            group["lr"] = lr

    @property
    def is_done(self) -> bool:
        """Whether all epochs of the experiment are finished."""
        return self.epoch >= self.built.experiment.training.epochs

    def run_step(self) -> float | None:
        """Run what is left of this step and return its loss, null where it was made without one.

        Raises DivergedError where the loss is not finite: then nothing was updated.
        """
        if self._next == 0:
            self._run_together()
        for phase in PHASES[self._next :]:
            self.run_phase(phase)
        return self.loss

    def _run_together(self) -> None:
        """The first four phases as one captured step: the same numbers, and many times as fast."""
        if not self._fetched:
            self._fetch()
        try:
            loss = self._learn(self._x, self._y)
        except RuntimeError as error:
            raise self._refused(error) from None
        self._output = self._loss = None
        self.backwards, self._next, self.phase = 0, PHASES.index("loss"), "forward"
        self._judge(loss.item())
        self.backwards, self._next, self.phase = 1, PHASES.index("step"), "backward"

    def _learned(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """From a batch to its loss, and to its gradients in the parameters."""
        built = self.built
        built.optimizer.zero_grad()
        loss = built.criterion(built.model(x), y)
        loss.backward()
        return loss

    def run_phase(self, phase: Phase) -> None:
        """Run one phase. Raises RuntimeError in PyTorch's words where it cannot be, DivergedError."""
        if not self._fetched:
            self._fetch()
        place = PHASES.index(phase)
        self.by_hand = self.by_hand or place != self._next
        self._run[phase]()
        self._next = (place + 1) % len(PHASES)
        self.phase = phase

    def _fetch(self) -> None:
        """Take the next batch; a new epoch begins where the last one ended."""
        self._x, self._y = self.feed.next()
        self._number_batch()
        self.samples_seen += len(self._x)
        self.loss = None
        self.by_hand = False
        self._fetched = True

    def _number_batch(self) -> None:
        """Which batch of its epoch was taken last, and which samples are in it."""
        self.batch = (self.feed.taken - 1) % self.batches
        self.samples = self.built.order.batch(self.batch) if self.built.order else self.samples

    def _zero_grad(self) -> None:
        self.built.optimizer.zero_grad()
        self.backwards = 0

    def _forward(self) -> None:
        self._output = self.built.model(self._x)

    def _compare(self) -> None:
        if self._output is None:
            raise RuntimeError("There is no output yet to compare: run forward first.")
        try:
            self._loss = self.built.criterion(self._output, self._y)
        except RuntimeError as error:
            raise self._refused(error) from None
        self._judge(self._loss.item())

    def _judge(self, loss: float) -> None:
        """Keep the loss of the batch; DivergedError where it is not finite."""
        self.loss = loss
        if not math.isfinite(loss):
            raise self.diverged(f"In step {self.step + 1} the loss became {self.loss}.")

    def _refused(self, error: RuntimeError) -> Exception:
        """A loss that raises for numbers that are not finite, as PyTorch's BCELoss, has diverged too."""
        layer, why = blame(self.built, self._x)
        if layer is None:
            return error
        return DivergedError(f"In step {self.step + 1} the loss refused its input: {error}. {why}", layer)

    def _backward(self) -> None:
        if self._loss is None:
            raise RuntimeError("There is no loss yet to derive: run forward and loss first.")
        try:
            self._loss.backward()
        except RuntimeError as error:
            if self._loss is not self._derived:
                raise
            raise RuntimeError(f"{error} Here: run forward and loss again, for a new graph.") from None
        self._derived = self._loss
        self.backwards += 1

    def _update(self) -> None:
        self.lr_taken = self.lr
        norm = self.built.experiment.training.clip_norm
        if norm is not None:
            self.unclipped = clip_grad_norm_(self.built.model.parameters(), norm).item()
            if not math.isfinite(self.unclipped):
                what = f"In step {self.step + 1} the norm of all gradients became {self.unclipped}"
                raise DivergedError(f"{what}: they cannot be clipped.", None)
        self.built.optimizer.step()
        self.step += 1
        self._fetched = False
        ends_epoch = self.feed.taken % self.batches == 0
        if ends_epoch:
            self.epoch += 1
            self.feed.end_epoch()
        self._schedule(ends_epoch)

    def _schedule(self, ends_epoch: bool) -> None:
        """Step the schedule when PyTorch's documentation does: after a batch, or after the epoch."""
        schedule = self.built.experiment.training.schedule
        if schedule is None:
            return
        match stepped(schedule), ends_epoch:
            case "batch", _:
                self.built.scheduler.step()
            case "epoch", True:
                self.built.scheduler.step()
            case "validation loss", True:
                self._scored = self.step, evaluate(self.built)
                self.built.scheduler.step(self._scored[1].loss)

    @property
    def scores(self) -> Scores | None:
        """How good the model is after the last update, where its schedule asked for that."""
        return self._scored[1] if self._scored is not None and self._scored[0] == self.step else None

    def begin_step_again(self) -> None:
        """Go back to the first phase, with the same batch.

        A forward that is run once more draws other dropout masks and moves running statistics once more.
        """
        self.by_hand = self.by_hand or self._next > 1
        self._next = 0
        self.phase = None

    @property
    def is_between(self) -> bool:
        """Whether no phase of a step was run: it is between two steps."""
        return self._next == 0

    @property
    def expected(self) -> Phase:
        """The phase that is next in the usual order."""
        return PHASES[self._next]

    @property
    def counters(self) -> Counters:
        """How far it is; between two steps this and `feed.place` say all about its place."""
        return Counters(
            step=self.step,
            epoch=self.epoch,
            backwards=self.backwards,
            samples_seen=self.samples_seen,
            loss=self.loss,
            lr_taken=self.lr_taken,
            unclipped=self.unclipped,
            scored=self._scored,
            begun=self._fetched,
            by_hand=self.by_hand,
        )

    def go_to(self, counters: Counters, place: Place) -> None:
        """Go between two steps, whatever is under way; weights and optimizer are the caller's to bring.

        The last batch is taken again, so that it can be looked at.
        """
        self.step, self.epoch = counters.step, counters.epoch
        self.backwards, self.samples_seen = counters.backwards, counters.samples_seen
        self.loss, self.lr_taken, self._scored = counters.loss, counters.lr_taken, counters.scored
        self.unclipped = counters.unclipped
        self._fetched, self.by_hand = counters.begun, counters.by_hand
        self._x, self._y = self.feed.go_to(place) or (None, None)
        self.batch, self.samples = 0, np.empty(0, np.int32)
        if place.taken:
            self._number_batch()
        self._output = self._loss = None
        self._next = 0
        self.phase = None if self._fetched or not self.step else "step"

    def diverged(self, what: str) -> DivergedError:
        """The error that says what happened, and in which layer it began."""
        layer, why = blame(self.built, self._x)
        return DivergedError(f"{what} {why}", layer)
