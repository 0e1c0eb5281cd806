"""Faults planted by hand: an experiment, what is done to it, and who must be named for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import engine as torch
from engine import nn
from playground.data.registry import DATASETS
from playground.experiment.spec import Chosen, Experiment
from playground.training.trainer import Trainer
from tests.playground.training.experiments import CLASSIFIER, clipped, line, spiral

Plant = Callable[[Trainer], None]


@dataclass(frozen=True)
class Fault:
    """`step` None: whichever it is. `words` stand in the arithmetic."""

    name: str
    experiment: Experiment
    phase: str
    layer: str | None
    op: str
    words: str = ""
    plant: Plant = lambda trainer: None
    step: int | None = 1


def optimized(experiment: Experiment, kind: str, lr: float, **args: float | bool) -> Experiment:
    """The same with another optimizer."""
    return experiment.model_copy(update={"optimizer": Chosen(type=kind, args={"lr": lr, **args})})


def weights(value: float, place: int = 0) -> Plant:
    """All numbers of a parameter set to one."""

    def plant(trainer: Trainer) -> None:
        with torch.no_grad():
            list(trainer.built.model.parameters())[place].fill_(value)

    return plant


def number(value: float, place: int = 0) -> Plant:
    """The first number of a parameter set, the others left."""

    def plant(trainer: Trainer) -> None:
        with torch.no_grad():
            parameter = list(trainer.built.model.parameters())[place]
            parameter[(0,) * parameter.ndim] = value

    return plant


def inputs(change: Callable[[np.ndarray], None]) -> Plant:
    """The training inputs changed in place; every loader reads them there."""
    return lambda trainer: change(trainer.built.prepared.x_train)


class Root(nn.Module):
    """A layer that nobody offers: the square root of what is above 0."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.relu(input).sqrt()


class Exponential(nn.Module):
    """Another: e to the input's power."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input.exp()


class Logarithm(nn.Module):
    """Another: log softmax the naive way."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.softmax(input, 1).log()


class Norm(nn.Module):
    """Another: each row divided by its length."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / input.norm(dim=1, keepdim=True)


def first_layer(module: nn.Module, place: int = 1) -> Plant:
    """The layer in this place computes something else instead."""

    def plant(trainer: Trainer) -> None:
        trainer.built.layers[place].module.forward = module.forward  # type: ignore[method-assign]

    return plant


TWO = (("Linear", {"out_features": 4}), ("Linear", {"out_features": 1}))
NORMED = (("Linear", {"out_features": 8}), ("BatchNorm1d", {}), ("Linear", {"out_features": 2}))
EPSLESS = (("Linear", {"out_features": 8}), ("BatchNorm1d", {"eps": 1e-50}), ("Linear", {"out_features": 2}))
YES_OR_NO = {"loss": Chosen(type="BCEWithLogitsLoss")}
SOFT = (("Linear", {"out_features": 8}), ("Softmax", {"dim": 1}), ("Linear", {"out_features": 2}))



def one_is_missing(x: np.ndarray) -> None:
    x[:, 1] = np.nan


def enormous(x: np.ndarray) -> None:
    x *= 1e30


FAULTS = [
    Fault("a learning rate of 1000", optimized(line(epochs=50), "SGD", 1000.0), "loss", None, "F.mse_loss",
          "² = inf", step=7),
    Fault("a learning rate that bursts the weights", optimized(line(*TWO), "SGD", 1e4), "step", "Linear 2",
          "SGD: step", "−1e+04 · ", weights(3e18)),
    Fault("momentum that bursts", optimized(line(*TWO), "SGD", 1e4, momentum=0.9), "step", "Linear 2",
          "SGD: step", "1e+04", weights(3e18)),
    Fault("weights of 1e20", line(), "loss", None, "F.mse_loss", "² = inf", weights(1e20)),
    Fault("one weight near the end of float32", spiral(), "forward", "Linear 1", "F.linear", "3.4e+38·",
          weights(3.4e38)),
    Fault("a weight that makes the next layer overflow", spiral(), "forward", "Linear 2", "F.linear",
          "1e+30·", lambda t: (weights(1e30)(t), weights(1e30, 2)(t))[0]),
    Fault("an infinite weight", spiral(), "forward", "Linear 1", "weight", "weight[0, 0] = inf",
          number(float("inf"))),
    Fault("a weight that is no number", spiral(), "forward", "Linear 2", "weight", "= nan",
          number(float("nan"), 2)),
    Fault("an infinite bias", spiral(), "forward", "Linear 1", "bias", "bias[0] = −inf",
          number(float("-inf"), 1)),
    Fault("a missing value in the data", spiral(), "forward", None, "x", "x[0, 1] = nan",
          inputs(one_is_missing)),
    Fault("inputs of 1e30", optimized(line(*TWO), "SGD", 0.1), "loss", None, "F.mse_loss", "² = inf",
          inputs(enormous)),
    Fault("a variance that overflows", spiral(*NORMED), "forward", "BatchNorm1d 1", "F.batch_norm",
          "summed over 8 numbers = inf", weights(1e30)),
    Fault("batch norm of zeros with a tiny eps", spiral(*EPSLESS), "forward", "BatchNorm1d 1", "F.batch_norm",
          "0 / 0 = nan", lambda t: (weights(0.0)(t), weights(0.0, 1)(t))[0]),
    Fault("softmax of an overflow", spiral(*SOFT), "forward", "Linear 1", "F.linear", "inf", weights(3.4e38)),
    Fault("scores too far apart", spiral(("Linear", {"out_features": 2})), "loss", None, "F.cross_entropy",
          "−log(0) = inf", lambda t: (weights(0.0)(t), weights(3e38, 1)(t), number(-3e38, 1)(t))[0]),
    Fault("a batch of a class without weight", spiral(batch_size=1, loss_args={"weight": (1.0, 0.0)}), "loss",
          None, "F.cross_entropy", "0 / 0 = nan", step=5),
    Fault("a batch of log-probabilities of a class without weight",
          spiral(*CLASSIFIER, ("LogSoftmax", {"dim": 1}), batch_size=1, loss="NLLLoss",
                 loss_args={"weight": (1.0, 0.0)}), "loss", None, "F.nll_loss", "0 / 0 = nan", step=5),
    Fault("log-probabilities at the end of float32",
          spiral(("Linear", {"out_features": 2}), loss="NLLLoss"), "loss", None, "F.nll_loss",
          "−(−2e+38) − … (7 more) = inf", lambda t: (weights(0.0)(t), weights(-2e38, 1)(t))[0]),
    Fault("a Sigmoid of what is no number", spiral(("Linear", {"out_features": 1}), ("Sigmoid", {}),
          loss="BCELoss"), "forward", "Linear 1", "weight", "= nan", number(float("nan"))),
    Fault("yes or no, and scores at the end of float32",
          spiral(("Linear", {"out_features": 1})).model_copy(update=YES_OR_NO), "loss", None,
          "F.binary_cross_entropy_with_logits", "+ … (7 more) = inf",
          lambda t: (weights(0.0)(t), weights(2e38, 1)(t))[0]),
    Fault("a filter near the end of float32", DATASETS["Digits"].preset, "forward", "Conv2d 1", "F.conv2d",
          "3e+38·1 + 3e+38·1", weights(3e38)),
    Fault("a filter behind a filter", DATASETS["Digits"].preset, "forward", "Linear 1", "F.linear", "1e+20·",
          lambda t: (weights(1e20)(t), weights(1e20, 2)(t))[0]),
    Fault("exp of 1000", spiral(), "forward", "ReLU 1", "torch.exp", "exp(1000) = inf",
          lambda t: (weights(0.0)(t), weights(1000.0, 1)(t), first_layer(Exponential())(t))[0]),
    Fault("the logarithm of 0", spiral(), "forward", "ReLU 1", "torch.log", "log(0) = −inf",
          lambda t: (weights(0.0)(t), number(1000.0, 1)(t), first_layer(Logarithm())(t))[0]),
    Fault("a root at 0", spiral(), "backward", "ReLU 1", "SqrtBackward0", "(2 · 0)",
          lambda t: (weights(-1.0, 1)(t), weights(0.0)(t), first_layer(Root())(t))[0]),
    Fault("a norm of 0", spiral(), "forward", "ReLU 1", "torch.div", "0 / 0 = nan",
          lambda t: (weights(0.0)(t), weights(0.0, 1)(t), first_layer(Norm())(t))[0]),
    Fault("a gradient that overflows", line(*TWO), "backward", "Linear 2", "AddmmBackward0", "·3e+38 = inf",
          lambda t: (weights(1e-20)(t), weights(3e38, 2)(t), weights(0.0, 1)(t))[0]),
    Fault("Adam's squares", optimized(line(*TWO), "Adam", 0.1), "step", "Linear 2", "Adam: exp_avg_sq",
          ")² = inf", weights(3e18)),
    Fault("RMSprop's squares", optimized(line(*TWO), "RMSprop", 0.1), "step", "Linear 2",
          "RMSprop: square_avg", ")² = inf", weights(3e18)),
    Fault("Adagrad's sum", optimized(line(*TWO), "Adagrad", 0.1), "step", "Linear 2", "Adagrad: sum",
          ")² = inf", weights(3e18)),
    Fault("Adam without eps", optimized(spiral(), "Adam", 0.1, eps=0.0), "step", "Linear 1", "Adam: step",
          "0 / 0 = nan", weights(-1.0, 1)),
    Fault("a norm too large to clip", clipped(optimized(line(*TWO), "SGD", 0.1), 1.0), "step", "Linear 2",
          "clip_grad_norm_", "² + …) = inf", weights(3e18)),
]  # fmt: skip
