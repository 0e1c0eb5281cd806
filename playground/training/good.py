"""The last good state of a run, to go back to when it diverges."""

import copy
import math
from typing import Any

import numpy as np

import engine as torch
from playground.training.blame import weights_at_fault
from playground.training.trainer import Trainer

EVERY = 50
"""Steps between two states that are kept."""

BLOWN_UP = 1000.0
"""A loss this many times the smallest one kept is finite, but on its way out: not worth going back to."""


class LastGood:
    """Keeps weights, buffers and optimizer state in memory, every `EVERY` steps while all is well."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._smallest = math.inf
        self._keep()

    def look(self) -> None:
        """Keep this state if it is due and good. To be called after each step."""
        loss = self._trainer.loss
        if self._trainer.step % EVERY or loss is None or loss > BLOWN_UP * self._smallest:
            return
        if weights_at_fault(self._trainer.built) is None:
            self._smallest = min(self._smallest, loss)
            self._keep()

    def _keep(self) -> None:
        self.step = self._trainer.step
        built = self._trainer.built
        self._model = _copied(built.model.state_dict())
        self._optimizer = _copied(built.optimizer.state_dict())

    def restore(self) -> None:
        """Put weights, buffers and optimizer state back, with today's learning rate; counters go on."""
        built, lr = self._trainer.built, self._trainer.lr
        built.model.load_state_dict(self._model)
        built.optimizer.load_state_dict(copy.deepcopy(self._optimizer))
        self._trainer.lr = lr
        self._trainer.begin_step_again()


def _copied(state: Any) -> Any:
    """State dicts with their tensors copied: the live ones view what the next update changes."""
    if isinstance(state, torch.Tensor):
        return torch.from_numpy(np.array(state.detach().numpy()))
    if isinstance(state, dict):
        return {key: _copied(value) for key, value in state.items()}
    if isinstance(state, list):
        return [_copied(value) for value in state]
    return state
