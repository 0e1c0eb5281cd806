"""The gradients of the present batch held against central differences."""

import copy
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.data.datasets import as_target
from playground.training.build import Built, made_again
from playground.training.hand import Hand
from playground.training.muting import mute
from playground.training.trainer import Trainer

SECONDS = 2.0
"""What the differences may take all together, about."""

MOST_ROWS = 256
EPS, FINER = 1e-6, 1e-8
ATOL, RTOL = 1e-5, 1e-3
"""As `torch.autograd.gradcheck` has them, and a finer difference where the first one met a kink."""

Answer = dict[str, Any]
Clock = Callable[[], float]


def check(trainer: Trainer, hand: Hand, clock: Clock = time.perf_counter) -> Answer:
    """A `protocol.answers.GradcheckReply`. In training mode, on a copy in float64; the run is not changed.

    The random numbers of a pass (dropout) are the same in each, and afterwards those of the run again.
    """
    start = clock()
    state = torch.get_rng_state()
    try:
        x, y = _batch(trainer)
        model = _copy(trainer.built, hand)
        criterion = copy.deepcopy(trainer.built.criterion).double()

        def loss() -> torch.Tensor:
            torch.set_rng_state(state)
            return criterion(model(x), y)

        with np.errstate(all="ignore"):
            found = _checked(trainer.built, model, loss, clock)
    finally:
        torch.set_rng_state(state)
    return {
        "step": trainer.step,
        "samples": len(x),
        "passed": all(parameter["passed"] for parameter in found),
        "parameters": found,
        "seconds": clock() - start,
    }


def _batch(trainer: Trainer) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch of the last phase; before the first, the first samples there are. In float64."""
    built = trainer.built
    x, y = trainer.x, trainer.y
    if x is None or y is None:
        x, y = _first(built)
    x, y = x[:MOST_ROWS].double(), y[:MOST_ROWS]
    return x, y.double() if y.is_floating_point() else y


def _first(built: Built) -> tuple[torch.Tensor, torch.Tensor]:
    """The first training samples, as many as a batch has; of a stream the held-out ones."""
    if len(built.prepared.x_train):
        size = built.experiment.data.batch_size
        y_train = as_target(built.prepared.y_train[:size], built.target)
        return torch.from_numpy(built.prepared.x_train[:size]), torch.from_numpy(y_train)
    return built.x_held, built.y_held


def _copy(built: Built, hand: Hand) -> nn.Sequential:
    """The model in float64, with the same units muted and nothing that listens to it."""
    model = made_again(built).double()
    model.load_state_dict(built.model.state_dict())
    model.train(built.model.training)
    for place, layer in enumerate(built.layers):
        if layer.id in hand.muted:
            mute(model[place], hand.muted[layer.id])
    return model


def _checked(
    built: Built, model: nn.Sequential, loss: Callable[[], torch.Tensor], clock: Clock
) -> list[Answer]:
    named = [
        (layer, f"{place}.{name}", parameter)
        for place, (layer, module) in enumerate(zip(built.layers, model, strict=True))
        for name, parameter in module.named_parameters()
    ]
    parameters = [parameter for *_, parameter in named]
    analytic = torch.autograd.grad(loss(), parameters, allow_unused=True)
    return [
        {
            "layer": layer.id,
            "name": layer.name,
            "parameter": name,
            **_worst(parameter, gradient, loss, Deadline(clock, SECONDS / len(named))),
        }
        for (layer, name, parameter), gradient in zip(named, analytic, strict=True)
    ]


class Deadline:
    """Says whether so many seconds have passed since it was made."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._end = clock, clock() + seconds

    def has_passed(self) -> bool:
        return self._clock() >= self._end


def _worst(
    parameter: nn.Parameter,
    gradient: torch.Tensor | None,
    loss: Callable[[], torch.Tensor],
    deadline: Deadline,
) -> Answer:
    """The element of a parameter where the two differ most, of as many at random as there is time for."""
    size = parameter.numel()
    values = parameter.detach().numpy().reshape(-1)
    slopes = np.zeros(size) if gradient is None else gradient.numpy().reshape(-1)
    worst: tuple[float, int, float] = (-1.0, 0, 0.0)
    checked = 0
    for place in np.random.default_rng(0).permutation(size).tolist():
        numerical, error = _compared(values, place, float(slopes[place]), loss)
        checked += 1
        if error > worst[0]:
            worst = error, place, numerical
        if deadline.has_passed():
            break
    error, place, numerical = worst
    return {
        "index": [int(i) for i in np.unravel_index(place, tuple(parameter.shape))],
        "analytic": float(slopes[place]),
        "numerical": numerical,
        "error": error,
        "passed": error <= 1,
        "checked": checked,
        "elements": size,
    }


def _compared(
    values: np.ndarray, place: int, analytic: float, loss: Callable[[], torch.Tensor]
) -> tuple[float, float]:
    """The numerical gradient of one element, and how far it is from the analytic one."""
    tries = []
    for eps in (EPS, FINER):
        numerical = _difference(values, place, loss, eps)
        tries.append((numerical, _error(analytic, numerical)))
        if tries[-1][1] <= 1:
            break
    return min(tries, key=lambda found: found[1])


def _difference(values: np.ndarray, place: int, loss: Callable[[], torch.Tensor], eps: float) -> float:
    """The central difference of the loss by one number of a parameter."""
    before = values[place]
    sides = []
    with torch.no_grad():
        for sign in (1, -1):
            values[place] = before + sign * eps
            sides.append(loss().item())
    values[place] = before
    return float((sides[0] - sides[1]) / (2 * eps))


def _error(analytic: float, numerical: float) -> float:
    """How far apart, in units of what is allowed; infinite where one is no number."""
    error = abs(analytic - numerical) / (ATOL + RTOL * abs(numerical))
    return float(error) if np.isfinite(error) else float("inf")
