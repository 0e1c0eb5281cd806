"""Schedules that go up and down: warm restarts, triangles, one cycle."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from engine.nn.bounds import Choice, NotOffered, Range
from engine.optim.lr_scheduler.base import LRScheduler, check_optimizer, held_by, set_rate, within_step
from engine.optim.optimizer import Group, Optimizer
from engine.recording import repeated


class CosineAnnealingWarmRestarts(LRScheduler):
    """Down along half a cosine over `T_0` epochs, then again from the top, `T_mult` times as long."""

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1  # noqa: N803
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, int | float):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    @within_step
    def get_lr(self) -> list[float]:
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]

    @repeated
    def step(self, epoch: float | None = None) -> None:
        """As the base's; `epoch` may be a fraction, to move within an epoch."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self._enter(epoch)
        self.last_epoch = math.floor(epoch)
        self._set(self.get_lr)

    def _enter(self, epoch: float) -> None:
        """Find the cycle that `epoch` falls into."""
        if epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            cycle = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**cycle - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**cycle


class CyclicLR(LRScheduler):
    """Between `base_lr` and `max_lr` in triangles (Smith, 2017), momentum the other way round."""

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Any = 0.8,
        max_momentum: Any = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        groups = optimizer.param_groups
        base_lrs = _spread("base_lr", groups, base_lr)
        if last_epoch == -1:
            for group, rate in zip(groups, base_lrs, strict=True):
                set_rate(group, rate)
        self.max_lrs = _spread("max_lr", groups, max_lr)
        down = step_size_up if step_size_down is None else step_size_down
        self.total_size = float(step_size_up + down)
        self.step_ratio = step_size_up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn else ("iterations" if mode == "exp_range" else "cycle")
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _has_momentum(optimizer)
            self.base_momentums = _spread("base_momentum", groups, base_momentum)
            self.max_momentums = _spread("max_momentum", groups, max_momentum)
            if last_epoch == -1:
                _start_momentum(groups, self.base_momentums, self.max_momentums, self.use_beta1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """How high the triangle is, by the number of the cycle or of the step."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / 2.0 ** (x - 1) if self.mode == "triangular2" else self.gamma**x

    def state_dict(self) -> dict[str, Any]:
        """As the base's; of `scale_fn` only what a callable object holds."""
        return {**super().state_dict(), "_scale_fn_custom": held_by(self._scale_fn_custom)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As the base's; `scale_fn` stays the one that was given here."""
        held = state_dict.get("_scale_fn_custom")
        super().load_state_dict({key: v for key, v in state_dict.items() if key != "_scale_fn_custom"})
        if held is not None:
            vars(self._scale_fn_custom).update(held)

    @within_step
    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        position = 1.0 + self.last_epoch / self.total_size - cycle
        up = position <= self.step_ratio
        height = position / self.step_ratio if up else (position - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            both = zip(self._groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in both:
                _set_momentum(group, high - (high - low) * height, self.use_beta1)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and far down in one cycle (Smith & Topin, 2018). Step it after every batch.

    Args:
        optimizer: Whose learning rate it sets.
        max_lr: The highest learning rate.
        total_steps: Steps of the whole cycle.
        epochs: With `steps_per_epoch`, another way to say `total_steps`.
        steps_per_epoch: Batches of an epoch.
        pct_start: Share of the cycle in which the learning rate rises.
        anneal_strategy: Along a cosine or a straight line.
        cycle_momentum: Move the momentum the other way round.
        base_momentum: The lowest momentum.
        max_momentum: The highest momentum.
        div_factor: `max_lr` over the first learning rate.
        final_div_factor: The first learning rate over the last one.
        three_phase: Down as it went up, and only then far down.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Annotated[Any, Range(0, 1e6, open_low=True)],
        total_steps: Annotated[int | None, NotOffered()] = None,
        epochs: Annotated[int | None, NotOffered()] = None,
        steps_per_epoch: Annotated[int | None, NotOffered()] = None,
        pct_start: Annotated[float, Range(0, 1, open_low=True, open_high=True)] = 0.3,
        anneal_strategy: Annotated[str, Choice("cos", "linear")] = "cos",
        cycle_momentum: bool = True,
        base_momentum: Annotated[Any, Range(0, 1, open_high=True)] = 0.85,
        max_momentum: Annotated[Any, Range(0, 1, open_high=True)] = 0.95,
        div_factor: Annotated[float, Range(1, 1e6)] = 25.0,
        final_div_factor: Annotated[float, Range(1, 1e9)] = 1e4,
        three_phase: bool = False,
        last_epoch: Annotated[int, NotOffered()] = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy
        rise = float(pct_start * self.total_steps) - 1
        phases = [_phase(rise, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
        last = self.total_steps - 1
        if three_phase:
            fall = float(2 * pct_start * self.total_steps) - 2
            phases.append(_phase(fall, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
            phases.append(_phase(last, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
        else:
            phases.append(_phase(last, "max_lr", "min_lr", "base_momentum", "max_momentum"))
        self._schedule_phases = phases
        self.cycle_momentum = cycle_momentum
        groups = optimizer.param_groups
        if last_epoch == -1:
            for group, highest in zip(groups, _spread("max_lr", groups, max_lr), strict=True):
                group["initial_lr"] = highest / div_factor
                group["max_lr"] = highest
                group["min_lr"] = group["initial_lr"] / final_div_factor
        if cycle_momentum:
            self.use_beta1 = _has_momentum(optimizer)
            lows, highs = (
                _spread("base_momentum", groups, base_momentum),
                _spread("max_momentum", groups, max_momentum),
            )
            if last_epoch == -1:
                _start_momentum(groups, lows, highs, self.use_beta1)
        super().__init__(optimizer, last_epoch)

    @within_step
    def get_lr(self) -> list[float]:
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is {self.total_steps}"
            )
        rates, start, phases = [], 0.0, self._schedule_phases
        number = next((i for i, p in enumerate(phases) if step <= p["end_step"]), len(phases) - 1)
        phase = phases[number]
        if number:
            start = phases[number - 1]["end_step"]
        share = (step - start) / (phase["end_step"] - start)
        for group in self._groups:
            rates.append(self._between(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                value = self._between(group[phase["start_momentum"]], group[phase["end_momentum"]], share)
                _set_momentum(group, value, self.use_beta1)
        return rates

    def _between(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
        return (end - start) * share + start


def _phase(end_step: float, *names: str) -> dict[str, Any]:
    """One stretch of the cycle: where it ends, and the options of a group it leads from and to."""
    start_lr, end_lr, start_momentum, end_momentum = names
    return {
        "end_step": end_step, "start_lr": start_lr, "end_lr": end_lr,
        "start_momentum": start_momentum, "end_momentum": end_momentum,
    }


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        if total_steps <= 0 or not isinstance(total_steps, int):
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        return total_steps
    if epochs is None or steps_per_epoch is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    for name, value in (("epochs", epochs), ("steps_per_epoch", steps_per_epoch)):
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return epochs * steps_per_epoch


def _spread(name: str, groups: Sequence[Group], value: Any) -> list[float]:
    """One number for all groups, or one each."""
    if not isinstance(value, list | tuple):
        return [value] * len(groups)
    if len(value) != len(groups):
        raise ValueError(f"{name} must have the same length as optimizer.param_groups. {name} has "
                         f"{len(value)} values, param_groups has {len(groups)}.")
    return list(value)


def _has_momentum(optimizer: Optimizer) -> bool:
    """Whether momentum is the first of `betas`. ValueError where there is none at all."""
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
    return "betas" in optimizer.defaults


def _start_momentum(groups: Sequence[Group], lows: list[float], highs: list[float], as_beta: bool) -> None:
    for group, low, high in zip(groups, lows, highs, strict=True):
        _set_momentum(group, high, as_beta)
        group["max_momentum"], group["base_momentum"] = high, low


def _set_momentum(group: Group, value: float, as_beta: bool) -> None:
    if as_beta:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value
