"""Optimizers whose steps depend on a parameter's shape: they look at one parameter at a time."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from engine.optim.optimizer import Group, Optimizer
from engine.tensor import Tensor

Array = np.ndarray[Any, Any]


class OneByOne(Optimizer):
    """Base class: an algorithm says how to `_update_one` parameter."""

    def _step_group(self, number: int, group: Group, recording: Any) -> None:
        if recording is not None:
            recording.update(self, number, group, [])
        for param in group["params"]:
            if param._grad is not None:
                gradient = param._grad._array
                update = partial(self._update_param, param, group)
                if recording is None:
                    update(gradient)
                else:
                    with recording.pause():
                        update(gradient)
                    recording.compute(update, [gradient], [param], None, None)
                param._counter[0] += 1

    def _update_param(self, param: Tensor, group: Group, gradient: Array) -> None:
        self._update_one(param._array, gradient, self.state[param], group)

    def _update_one(self, value: Array, gradient: Array, state: dict[str, Any], group: Group) -> None:
        """One step for ``value``, in place; what is kept of a parameter is in ``state``, as tensors."""
        raise NotImplementedError
