"""Optimizers whose steps depend on a parameter's shape: they look at one parameter at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optim.optimizer import Group, Optimizer
from engine.recording import refuse

Array = np.ndarray[Any, Any]


class OneByOne(Optimizer):
    """Base class: an algorithm says how to `_update_one` parameter."""

    def _step_group(self, number: int, group: Group, recording: Any) -> None:
        if recording is not None:
            refuse(f"{type(self).__name__} updates one parameter at a time")
        for param in group["params"]:
            if param._grad is not None:
                gradient = param._grad._array
                self._update_one(param._array, gradient, self.state[param], group)
                param._counter[0] += 1

    def _update_one(self, value: Array, gradient: Array, state: dict[str, Any], group: Group) -> None:
        """One step for ``value``, in place; what is kept of a parameter is in ``state``, as tensors."""
        raise NotImplementedError
