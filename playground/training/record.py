"""What a run leaves behind: losses, scores and norms on their schedules, what was done by hand."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.training.blame import weights_at_fault
from playground.training.evaluate import Evaluation, Scores, evaluate, interval
from playground.training.log import Deed, Deeds
from playground.training.norms import Norms, is_due
from playground.training.trainer import Trainer
from playground.training.trend import Trend

Interrupted = Callable[[], bool]

LOSS = "training loss"


def never() -> bool:
    return False


class Record:
    """Collects until it is drained. What is in it depends on the run alone, not on who watches.

    A point that it had before, of a step that is made again, is no news; its loss is, to be held against the
    first. `deeds` are what was done by hand, `trend` is how the curves went. `passing` is the step up to
    which evaluations are left out, because the run is on its way to a later one.
    """

    def __init__(self, trainer: Trainer, norms: Norms) -> None:
        self._trainer = trainer
        self._norms = norms
        self._points: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        self.trend = Trend()
        self._newest: dict[str, int] = defaultdict(lambda: -1)
        self._repeated: tuple[list[int], list[float]] = ([], [])
        self._since: int | None = None
        self._turned = False
        self.deeds = Deeds()
        self._told = 0
        self.passing = 0
        self._interval = interval(trainer.batches)
        self._evaluation: Evaluation | None = None
        self.metric = "r2" if trainer.built.target == "real" else "accuracy"
        self.scalars: dict[str, float] = {}
        self._begin_scoring()
        self.score()

    @property
    def has_news(self) -> bool:
        """Whether there is something to drain."""
        return bool(
            self._points or self._repeated[0] or self._turned or self._told < len(self.deeds.all)
        )

    @property
    def is_scoring(self) -> bool:
        """Whether an evaluation was interrupted: the model must stay as it is until it is done."""
        return self._evaluation is not None

    def step(self, interrupted: Interrupted = never) -> None:
        """Note what a finished step has shown. Raises DivergedError where the weights are not finite.

        An evaluation that is `interrupted` waits for `score`; that after the last step is not.
        """
        trainer = self._trainer
        if trainer.loss is not None:
            self._score(LOSS, trainer.loss)
        if trainer.by_hand:
            self.did(Deed(trainer.step - 1, "phases"))
        if is_due(trainer.step):
            for name, value in self._norms.points().items():
                self._point(name, value)
            self._point("learning rate", trainer.lr_taken)
            self._norms.check()
        if trainer.is_done and weights_at_fault(trainer.built) is not None:
            raise trainer.diverged("The last step went wrong.")
        if (trainer.step % self._interval == 0 and trainer.step >= self.passing) or trainer.is_done:
            self._begin_scoring()
            self.score(never if trainer.is_done else interrupted)

    def _begin_scoring(self) -> None:
        """Score the model as it is; where the trainer has just done that, take its scores."""
        if self._trainer.scores is not None:
            self._note(self._trainer.scores)
        else:
            self._evaluation = Evaluation(self._trainer.built)

    def score(self, interrupted: Interrupted = never) -> None:
        """Go on with an evaluation that was interrupted, if there is one."""
        while self._evaluation is not None:
            scores = self._evaluation.go_on()
            if scores is not None:
                self._evaluation = None
                self._note(scores)
            elif interrupted():
                return

    def _note(self, scores: Scores) -> None:
        if self._trainer.built.held == "validation":
            self._score("validation loss", scores.loss)
        self._score(self.metric, scores.metric)

    def begin_here(self) -> None:
        """Forget all points before this moment, and score the model."""
        self._points.clear()
        self._newest.clear()
        self._since, self._turned, self._repeated = None, False, ([], [])
        self._told = len(self.deeds.all)
        self.trend = Trend()
        self._begin_scoring()
        self.score()

    def rescore(self) -> None:
        """Score a model that was changed by hand. Curves keep what was; of the latest values, the training
        loss is left out until a batch is compared again."""
        scores = evaluate(self._trainer.built)
        self.scalars = {self.metric: scores.metric}
        if self._trainer.built.held == "validation":
            self.scalars["validation loss"] = scores.loss

    def did(self, deed: Deed) -> None:
        """Note what was done by hand."""
        self.deeds.did(deed)

    def pass_to(self, step: int) -> None:
        """Evaluate nothing before the last time that the scores at `step` depend on."""
        self.passing = step // self._interval * self._interval

    def go_to(self, scalars: dict[str, float], scoring: bool) -> None:
        """Go back to the latest values of a moment, `scoring` where its evaluation was not done yet."""
        self._evaluation = Evaluation(self._trainer.built) if scoring else None
        self.scalars = dict(scalars)

    def repeat_since(self, step: int) -> None:
        """Steps that come now are made again, from this one on."""
        self._since, self._turned = step, True
        self._repeated = ([], [])

    def _score(self, name: str, value: float) -> None:
        self._point(name, value)
        self.scalars[name] = value

    def _point(self, name: str, value: float) -> None:
        step = self._trainer.step
        is_new = step > self._newest[name]
        if is_new:
            self._newest[name] = step
        elif name != LOSS:
            return
        steps, values = self._points[name] if is_new else self._repeated
        steps.append(step)
        values.append(value)
        if is_new:
            self.trend.add(name, step, value)

    def drain(self) -> dict[str, Any]:
        """The parts of a report since the last call."""
        points = {
            name: [np.array(steps, np.int64), np.array(values)]
            for name, (steps, values) in self._points.items()
        }
        log = [list(deed) for deed in self.deeds.all[self._told :]]
        self._told = len(self.deeds.all)
        self._points.clear()
        return {"points": points, "log": log, "scalars": dict(self.scalars), **self._repetition()}

    def _repetition(self) -> dict[str, Any]:
        """The losses of steps made again since the last call, and the step since which they are."""
        if self._since is None:
            return {}
        steps, values = self._repeated
        if not steps and not self._turned:
            return {}
        self._repeated, self._turned = ([], []), False
        return {"repeated": [self._since, np.array(steps, np.int64), np.array(values)]}
