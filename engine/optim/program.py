"""An optimizer's update of one block as a fixed list of numpy calls, for captured steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optim.block import Block, Call
from engine.recording import options
from engine.tensor import Tensor


class Program:
    """The calls of ``optimizer`` for ``block``, which begin with ``refresh`` where their numbers change.

    Options of the group other than ``lr`` are part of the calls; ``fits`` says whether they are as then.
    With ``within`` the options may be written between the calls of one step, by a scheduler say.
    """

    def __init__(self, optimizer: Any, block: Block, group: dict[str, Any], within: bool = False) -> None:
        self.optimizer, self.block, self.group = optimizer, block, group
        self._options, self._seen = dict(group), options[0]
        self._steps = block.scalars.get("step")
        numbers = [np.array(value, block.dtype) for value in optimizer._numbers(block, group, 1.0)]
        self._fills = [(at, number.fill) for at, number in enumerate(numbers)]
        self._changes = (
            within or self._steps is not None or any(isinstance(v, Tensor) for v in group.values())
        )
        self.calls: list[Call] = [*optimizer._calls(block, group, numbers)]
        if self._changes:
            self.calls.insert(0, (self.refresh, ()))

    def holds(self, group: dict[str, Any]) -> bool:
        """Whether the calls are right for a step now; ``group`` may have been replaced."""
        if self._seen == options[0] and group is self.group:
            return True
        self._seen = options[0]
        return group is self.group and self.fits()

    def fits(self) -> bool:
        """Whether options that differ from what they were are none but the learning rate, taken over here."""
        for name, value in self.group.items():
            if name != "lr" and value is not self._options.get(name) and value != self._options.get(name):
                return False
        if not self._changes:
            self.refresh()
        return True

    def refresh(self) -> None:
        """The numbers of the coming step, which is counted."""
        step = 0.0
        if self._steps is not None:
            step = self._steps.item(0) + 1
            self._steps.fill(step)
        values = self.optimizer._numbers(self.block, self.group, step)
        for at, fill in self._fills:
            fill(values[at])
