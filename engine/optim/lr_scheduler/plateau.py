"""ReduceLROnPlateau: smaller steps once things stop getting better."""

from __future__ import annotations

import math
from typing import Annotated, Any

from engine.nn.bounds import Choice, NotOffered, Range
from engine.optim.lr_scheduler.base import LRScheduler, check_optimizer, held, set_rate, warn_of_epoch
from engine.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """Times `factor` once a metric has not become better for more than `patience` epochs.

    Args:
        optimizer: Whose learning rate it sets.
        mode: Whether better is smaller (`min`) or larger (`max`).
        factor: What the learning rate is multiplied with.
        patience: Epochs without improvement that are let pass.
        threshold: How much better counts as better.
        threshold_mode: Whether that is a share of the best value or an amount.
        cooldown: Epochs after a change in which none count.
        min_lr: The lowest learning rate.
        eps: A change smaller than this is not made.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Annotated[str, NotOffered()] = "min",
        factor: Annotated[float, Range(0, 1, open_low=True, open_high=True)] = 0.1,
        patience: Annotated[int, Range(0, 100_000)] = 10,
        threshold: Annotated[float, Range(0, 1e6)] = 1e-4,
        threshold_mode: Annotated[str, Choice("rel", "abs")] = "rel",
        cooldown: Annotated[int, Range(0, 100_000)] = 0,
        min_lr: Annotated[Any, Range(0, 1e6)] = 0.0,
        eps: Annotated[float, Range(0, 1e6)] = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        if mode not in ("min", "max"):
            raise ValueError("mode " + mode + " is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError("threshold mode " + threshold_mode + " is unknown!")
        check_optimizer(optimizer)
        self.factor = factor
        self.optimizer = optimizer
        groups = optimizer.param_groups
        several = isinstance(min_lr, list | tuple)
        if several and len(min_lr) != len(groups):
            raise ValueError(f"expected {len(groups)} min_lrs, got {len(min_lr)}")
        self.min_lrs = list(min_lr) if several else [min_lr] * len(groups)
        self.default_min_lr = None if several else min_lr
        self.patience = patience
        self.cooldown = cooldown
        self.mode = mode
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = [held(group["lr"]) for group in groups]
        self._reset()

    def _reset(self) -> None:
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction is so recent that bad epochs do not count yet."""
        return self.cooldown_counter > 0

    def is_better(self, a: float, best: float) -> bool:
        """Whether `a` improves on `best` by more than the threshold."""
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "rel":
            limit = best * (1 + sign * self.threshold)
        else:
            limit = best + sign * self.threshold
        return a > limit if self.mode == "max" else a < limit

    def step(self, metrics: Any, epoch: int | None = None) -> None:     # type: ignore[override]
        """Take note of the metric of one epoch."""
        current = float(metrics)
        if epoch is not None:
            warn_of_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = [held(group["lr"]) for group in self._groups]

    def _reduce(self) -> None:
        groups = len(self._groups)
        if groups != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"The number of param groups in the `optimizer` ({groups}) differs from when "
                    f"`ReduceLROnPlateau` was initialized ({len(self.min_lrs)}), usually due to a new param "
                    "group being added to the optimizer. Please modify the `min_lrs` field to match the "
                    "length of the `optimizer` param groups."
                )
            self.min_lrs = [self.default_min_lr] * groups
        for group, lowest in zip(self._groups, self.min_lrs, strict=True):
            now = float(group["lr"])
            reduced = max(now * self.factor, lowest)
            if now - reduced > self.eps:
                set_rate(group, reduced)
