"""LRScheduler: sets the learning rate of every group, one step at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

from engine.optim.optimizer import Group, Optimizer
from engine.recording import repeated
from engine.tensor import Tensor


class LRScheduler:
    """Base class: subclasses say in `get_lr` what the groups' learning rates are at `last_epoch`.

    Most compute it from the present learning rate, so that schedules can be combined.
    """

    _is_initial = False     # in the step of the constructor: one that resumes leaves the rates as they are
    _get_lr_called_within_step = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", held(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] when resuming scheduler "
                    "with last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume "
                    "training "
                    "from a checkpoint but haven't properly loaded the optimizer state\n2. You're using "
                    "last_epoch >= 0 for a fresh training run (not recommended)"
                )
        self.base_lrs = [held(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._count_steps()
        self._initial_step()

    def _count_steps(self) -> None:
        """Watch whether the optimizer steps before the scheduler does."""
        if self.optimizer._opt_called is None and type(self.optimizer).step is Optimizer.step:
            self.optimizer._opt_called = False

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    @property
    def _groups(self) -> list[Group]:
        return self.optimizer.param_groups

    def get_lr(self) -> list[float]:
        """The learning rate of each group at `last_epoch`."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The learning rates last set."""
        return self._last_lr

    @repeated
    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch, or to the one given, and set the learning rates."""
        if self._step_count == 1 and self.optimizer._opt_called is False:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 "
                "and later, "
                "you should call them in the opposite order: `optimizer.step()` before "
                "`lr_scheduler.step()`.  "
                "Failure to do this will result in PyTorch skipping the first value of the learning rate "
                "schedule. See more details at "
                "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate",
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warn_of_epoch()
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        """As ``step``, but not counted as one."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed = getattr(self, "_get_closed_form_lr", None)
        self._set(self.get_lr if epoch is None or closed is None else closed)

    def _set(self, compute: Callable[[], list[float]]) -> None:
        self._get_lr_called_within_step = True
        rates = compute()
        self._get_lr_called_within_step = False
        for group, rate in zip(self._groups, rates, strict=True):
            set_rate(group, rate)
        self._last_lr = [held(group["lr"]) for group in self._groups]

    def _scaled(self, factor: float) -> list[float]:
        """All present learning rates times `factor`."""
        return [group["lr"] * factor for group in self._groups]

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.__dict__.update(state_dict)


def held_by(function: Any) -> dict[str, Any] | None:
    """What a callable object holds, for a saved state; None for a function."""
    return None if function is None or isinstance(function, FunctionType) else dict(vars(function))


def check_optimizer(optimizer: Any) -> None:
    """TypeError for what a schedule cannot set the learning rate of."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def held(rate: Any) -> Any:
    """A learning rate to keep: a copy of one that is a tensor."""
    return rate.detach().clone() if isinstance(rate, Tensor) else rate


def set_rate(group: Group, rate: Any) -> None:
    """Give a group its learning rate; one that is a tensor stays the same tensor."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def within_step(get_lr: Callable[..., list[float]]) -> Callable[..., list[float]]:
    """A ``get_lr`` that warns, as PyTorch's, where it is not ``step`` that asks."""

    @wraps(get_lr)
    def asked(self: LRScheduler) -> list[float]:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning, stacklevel=2,
            )
        return get_lr(self)

    return asked


def warn_of_epoch() -> None:
    """PyTorch's warning about ``step(epoch)``."""
    warnings.warn(
        "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. "
        "Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different "
        "from None, the closed form is used instead of the new chainable form, where available. Please open "
        "an issue if you are unable to replicate your use case: "
        "https://github.com/pytorch/pytorch/issues/new/choose.",
        stacklevel=4,
    )
