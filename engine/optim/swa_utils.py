"""Averages of a model's weights over training, and a schedule to collect them by (Izmailov et al., 2018)."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

from engine.creation import tensor
from engine.dtypes import int64
from engine.grad_mode import no_grad
from engine.nn.module import Module
from engine.nn.normalization import BatchNorm1d, BatchNorm2d
from engine.optim.lr_scheduler.base import LRScheduler
from engine.optim.optimizer import Optimizer
from engine.recording import repeated
from engine.tensor import Tensor

Average = Callable[[Tensor, Tensor, Any], Tensor]
Averages = Callable[[list[Tensor], list[Tensor], Any], None]


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """decay · average + (1 − decay) · weights, for all weights at once, in place."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param_list: list[Tensor], current_param_list: list[Tensor], _: Any) -> None:
        for average, current in zip(ema_param_list, current_param_list, strict=True):
            average.lerp_(current, 1 - decay)

    return ema_update


def get_swa_multi_avg_fn() -> Averages:
    """The mean of all weights so far, in place."""

    @no_grad()
    def swa_update(
        averaged_param_list: list[Tensor], current_param_list: list[Tensor], num_averaged: Any
    ) -> None:
        for average, current in zip(averaged_param_list, current_param_list, strict=True):
            average.lerp_(current, 1 / (float(num_averaged) + 1))

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """decay · average + (1 − decay) · weight."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Average:
    """The mean of all weights so far."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of a model that holds averages of its weights.

    Args:
        model: The model that is trained.
        device: Only the CPU.
        avg_fn: ``(average, weight, how many were averaged) → average``; the mean by default.
        multi_avg_fn: The same over lists of weights, in place.
        use_buffers: Average buffers as well; else they are copied.
    """

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None, use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", tensor(0, dtype=int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model computes."""
        return self.module(*args, **kwargs)

    def _averaged(self, model: Module) -> list[Tensor]:
        return [*model.parameters(), *(model.buffers() if self.use_buffers else ())]

    @repeated
    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the model's present weights into the averages."""
        mine, theirs = self._averaged(self.module), [t.detach() for t in self._averaged(model)]
        counted = int(self.n_averaged)
        if not counted:
            for average, current in zip(mine, theirs, strict=True):
                average.copy_(current)
        elif self.multi_avg_fn is not None or self.avg_fn is None:
            floating = [(a, c) for a, c in zip(mine, theirs, strict=True) if a.is_floating_point()]
            update = self.multi_avg_fn or get_swa_multi_avg_fn()
            update([a.detach() for a, _ in floating], [c for _, c in floating], self.n_averaged)
            for average, current in zip(mine, theirs, strict=True):
                if not average.is_floating_point():
                    average.copy_(current)
        else:
            for average, current in zip(mine, theirs, strict=True):
                average.copy_(self.avg_fn(average.detach(), current, self.n_averaged))
        if not self.use_buffers:
            for kept, current in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.copy_(current.detach())
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Recompute the running statistics of all batch norms by one pass over the data."""
    norms = [m for m in model.modules() if isinstance(m, (BatchNorm1d, BatchNorm2d))]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """The learning rate goes to ``swa_lr`` within ``anneal_epochs`` and stays there.

    Args:
        optimizer: Whose learning rate it is.
        swa_lr: The rate at the end, for all groups or one for each.
        anneal_epochs: How many epochs it takes to get there.
        anneal_strategy: ``cos`` or ``linear``.
        last_epoch: The last epoch that was run, −1 at the start.
    """

    def __init__(
        self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10, anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(optimizer.param_groups)
        for rate, group in zip(rates, optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must by one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, t: float) -> float:
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list[Any]:
        """Each group's rate: between the one it began with and ``swa_lr``."""
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        span = max(1, self.anneal_epochs)
        before = self._share(max(0.0, min(1.0, (step - 1) / span)))
        now = self._share(max(0.0, min(1.0, step / span)))
        found = []
        for group in self.optimizer.param_groups:
            rate, end = group["lr"], group["swa_lr"]
            start = end if before == 1 else (rate - before * end) / (1 - before)
            found.append(end * now + start * (1 - now))
        return found
