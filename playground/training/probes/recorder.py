"""What a step that somebody looks at goes through: its activations, gradients, and weights before and after.

Hooks are there only while a step is to be recorded, so a run that nobody looks into has none. They keep what
passes and change nothing: no number, no random number.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.trainer import Trainer

Values = dict[str, np.ndarray]


@dataclass
class ParameterRecord:
    """One parameter around an update. `state` is the optimizer's, per element or (`step`) per parameter."""

    before: np.ndarray
    gradient: np.ndarray | None
    state_before: Values
    after: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    state: Values = field(default_factory=dict)


@dataclass
class StepRecord:
    """The step with number `step`, from 1; `output` is null where its forward was not seen.

    `x` and `y` are the batch, at the positions `samples` of the training set; `inputs` are what each layer
    got in the training forward, `output` what the last one made; `output_gradients` are by layer the
    gradients that came back in the last backward. `random` is by layer the state of the random numbers before
    a dropout layer drew its mask. `parameters`, `options` (of the optimizer), `loss`, `backwards` and
    `unclipped` (as the trainer's) are there once the update was made; gradients are those that it followed.
    """

    step: int
    samples: np.ndarray
    x: torch.Tensor | None
    y: torch.Tensor | None
    inputs: list[torch.Tensor] = field(default_factory=list)
    output: torch.Tensor | None = None
    output_gradients: dict[int, np.ndarray] = field(default_factory=dict)
    random: dict[int, Any] = field(default_factory=dict)
    parameters: list[ParameterRecord] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    loss: float | None = None
    backwards: int = 0
    unclipped: float | None = None
    finished: bool = False

    @property
    def outputs(self) -> list[torch.Tensor]:
        """What each layer made, muted units and all."""
        return [] if self.output is None else [*self.inputs[1:], self.output]


class Recorder:
    """Records the next step each time it is armed; while the run stands still, each step and phase."""

    def __init__(
        self,
        trainer: Trainer,
        running: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.latest: StepRecord | None = None
        self.running = running
        self._trainer = trainer
        self._model = trainer.built.model
        self._clock = clock
        self._spent = 0.0
        self._open: StepRecord | None = None
        self._wanted = False
        self._forward_hooks: list[Any] = []
        self._update_hooks: list[Any] = []

    def arm(self) -> None:
        """Record the next step."""
        self._wanted = True
        if not self._forward_hooks:
            self._forward_hooks = [
                self._model.register_forward_pre_hook(self._begin),
                *(
                    layer.module.register_forward_pre_hook(partial(self._enter, place))
                    for place, layer in enumerate(self._trainer.built.layers)
                ),
                self._model.register_forward_hook(self._end),
            ]
        if not self._update_hooks:
            optimizer = self._trainer.built.optimizer
            self._update_hooks = [
                optimizer.register_step_pre_hook(lambda *_: self._before()),
                optimizer.register_step_post_hook(lambda *_: self._after()),
            ]

    def disarm(self) -> None:
        """Record nothing, and forget what was recorded."""
        self._wanted = False
        self.rest()
        self.forget()

    def rest(self) -> None:
        """Record nothing for now: the run is on its way to another step."""
        _remove(self._forward_hooks)
        _remove(self._update_hooks)

    def wake(self) -> None:
        """Go on with what `rest` has interrupted."""
        if self._wanted:
            self.arm()

    def forget(self) -> None:
        """What was recorded is not of this moment."""
        self.latest = self._open = None

    def take_spent(self) -> float:
        """Seconds that recording took since the last call."""
        spent, self._spent = self._spent, 0.0
        return spent

    # ---- forward ----

    def _begin(self, model: nn.Module, args: tuple[Any, ...]) -> None:
        trainer, self._open = self._trainer, None  # a forward that failed leaves one
        if model.training and torch.is_grad_enabled():  # who only looks, looks in evaluation mode
            self._open = StepRecord(trainer.step + 1, trainer.samples, trainer.x, trainer.y)

    def _enter(self, place: int, layer: nn.Module, args: tuple[Any, ...]) -> None:
        if self._open is None:
            return
        self._open.inputs.append(args[0])
        if isinstance(layer, nn.Dropout):
            self._open.random[place] = torch.get_rng_state()

    def _end(self, model: nn.Module, args: tuple[Any, ...], output: torch.Tensor) -> None:
        record, self._open = self._open, None
        if record is None:
            return
        start = self._clock()
        record.output = output
        for place, made in enumerate(record.outputs):
            if made.requires_grad:
                made.register_hook(partial(_keep, record.output_gradients, place))
        self.latest = record
        if self.running():
            _remove(self._forward_hooks)
        self._spent += self._clock() - start

    # ---- update ----

    def _before(self) -> None:
        start = self._clock()
        trainer, record = self._trainer, self.latest
        if record is None or record.step != trainer.step + 1:
            record = self.latest = StepRecord(trainer.step + 1, trainer.samples, trainer.x, trainer.y)
        optimizer = trainer.built.optimizer
        group = optimizer.param_groups[0]
        record.options = {name: value for name, value in group.items() if name != "params"}
        record.loss, record.backwards = trainer.loss, trainer.backwards
        record.unclipped = trainer.unclipped
        record.parameters = [
            ParameterRecord(
                before=copied(parameter),
                gradient=None if parameter.grad is None else copied(parameter.grad),
                state_before=state_of(optimizer, parameter),
            )
            for parameter in group["params"]
        ]
        self._spent += self._clock() - start

    def _after(self) -> None:
        record = self.latest
        if record is None or record.finished or not record.parameters:
            return
        start = self._clock()
        optimizer = self._trainer.built.optimizer
        for kept, parameter in zip(record.parameters, optimizer.param_groups[0]["params"], strict=True):
            kept.after, kept.state = copied(parameter), state_of(optimizer, parameter)
        record.finished = True
        if self.running():
            _remove(self._update_hooks)
        self._spent += self._clock() - start


def copied(tensor: torch.Tensor) -> np.ndarray:
    """Its numbers as they are now."""
    return np.array(tensor.detach().numpy())


def state_of(optimizer: Any, parameter: torch.Tensor) -> Values:
    """A copy of what the optimizer keeps of a parameter; empty before the first update."""
    state = optimizer.state.get(parameter, {})
    return {name: copied(value) for name, value in state.items() if isinstance(value, torch.Tensor)}


def _keep(gradients: dict[int, np.ndarray], place: int, gradient: torch.Tensor) -> None:
    gradients[place] = copied(gradient)


def _remove(hooks: list[Any]) -> None:
    for hook in hooks:
        hook.remove()
    hooks.clear()
