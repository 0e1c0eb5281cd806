"""An optimizer's update of one block as a fixed list of numpy calls, for captured steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optim.block import Block, Call


class Program:
    """The calls of ``optimizer`` for ``block``; the first, ``refresh``, brings their numbers up to date.

    Options of the group other than ``lr`` are part of the calls; ``fits`` says whether they are as then.
    """

    def __init__(self, optimizer: Any, block: Block, group: dict[str, Any]) -> None:
        self.optimizer, self.block, self.group = optimizer, block, group
        self.options = dict(group)
        self._steps = block.scalars.get("step")
        self._numbers = [np.array(v, block.dtype) for v in optimizer._numbers(block, group, 1.0)]
        self._stale = True
        self.calls: list[Call] = [(self.refresh, ()), *optimizer._calls(block, group, self._numbers)]
        if self._steps is not None:
            self.calls.append((np.add, (self._steps, np.ones((), self._steps.dtype), self._steps)))

    def fits(self) -> bool:
        """Whether options that differ from what they were are none but the learning rate."""
        for name, value in self.group.items():
            if name != "lr" and value is not self.options.get(name) and value != self.options.get(name):
                return False
        self.options["lr"] = self.group["lr"]
        self._stale = True
        return True

    def refresh(self) -> None:
        """The numbers of the coming step."""
        if self._steps is None:
            if self._stale:
                self._set(0.0)
                self._stale = False
        else:
            self._set(self._steps.item(0) + 1)

    def _set(self, step: float) -> None:
        values = self.optimizer._numbers(self.block, self.group, step)
        for array, value in zip(self._numbers, values, strict=False):
            array.fill(value)
