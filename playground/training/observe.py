"""Asking the model something without changing the run: no gradient, no dropout, no running statistics."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

import engine as torch
from engine import nn

CHUNK = 1024
"""Rows of a forward pass; more do not make it faster, and cost memory."""


@contextmanager
def observing(model: nn.Module) -> Iterator[None]:
    """Evaluation mode, and back to what it was."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


def predict(model: nn.Module, x: torch.Tensor) -> np.ndarray:
    """The model's outputs for all rows of `x`."""
    with observing(model), np.errstate(all="ignore"):
        parts = [model(x[at : at + CHUNK]).numpy() for at in range(0, len(x), CHUNK)]
    return np.concatenate(parts)


def outputs(model: nn.Sequential, x: torch.Tensor) -> list[np.ndarray]:
    """What each layer makes of `x`, in order."""
    made = []
    with observing(model), np.errstate(all="ignore"):
        for layer in model:
            x = layer(x)
            made.append(x.numpy())
    return made
