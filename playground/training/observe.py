"""Asking the model something without changing the run: no gradient, no dropout, no running statistics."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

import engine as torch
from engine import nn
from playground.experiment.catalog import Loss
from playground.training.build import Built

MOST_ROWS = 1024
"""Rows of a forward pass; more do not make it faster."""

MOST_NUMBERS = 2**23
"""Numbers in the widest output of a forward pass, where a single row has not more: a bound of its memory."""


@dataclass(frozen=True)
class Chosen:
    """A sample that somebody looks at: its position in a split."""

    split: Literal["training", "validation"]
    index: int


def refuses(loss: Loss, output: torch.Tensor) -> bool:
    """Whether the loss raises for this output, as PyTorch's BCELoss for what is no probability, NaN too."""
    if loss.takes != "probabilities":
        return False
    made = output.detach().numpy()
    return not bool(((made >= 0) & (made <= 1)).all())


def compared(built: Built, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The loss of an output; NaN where it refuses that one."""
    if refuses(built.loss, output):
        return output.sum() * math.nan
    loss: torch.Tensor = built.criterion(output, y)
    return loss


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode, and back to what it was."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


@contextmanager
def observing(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without a tape."""
    with evaluating(model), torch.no_grad():
        yield


def with_gradients(
    built: Built, x: torch.Tensor, y: torch.Tensor
) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    """What each layer makes of `x`, and the gradient of the loss for `y` with respect to each of these.

    In evaluation mode, and `.grad` of no parameter is touched.
    """
    with evaluating(built.model), torch.enable_grad(), np.errstate(all="ignore"):
        made, passed = [], x.detach().requires_grad_()
        for layer in built.model:
            passed = layer(passed)
            made.append(passed)
        gradients = torch.autograd.grad(compared(built, passed, y), made, allow_unused=True)
    return (
        [output.detach().numpy() for output in made],
        [None if gradient is None else gradient.numpy() for gradient in gradients],
    )


def predict(built: Built, x: torch.Tensor) -> np.ndarray:
    """The model's outputs for all rows of `x`."""
    return np.concatenate(list(predicting(built, x)))


def predicting(built: Built, x: torch.Tensor) -> Iterator[np.ndarray]:
    """The same, a chunk of rows at a time; between them the model is as it was."""
    rows = max(1, min(MOST_ROWS, MOST_NUMBERS // built.widest))
    for at in range(0, len(x), rows):
        with observing(built.model), np.errstate(all="ignore"):
            part = built.model(x[at : at + rows]).numpy()
        yield part


def outputs(model: nn.Sequential, x: torch.Tensor) -> list[np.ndarray]:
    """What each layer makes of `x`, in order."""
    made = []
    with observing(model), np.errstate(all="ignore"):
        for layer in model:
            x = layer(x)
            made.append(x.numpy())
    return made
