"""An optimizer's update of one block as a fixed list of numpy calls, for captured steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.optim.block import Block, Call
from engine.recording import options
from engine.tensor import Tensor


class Program:
    """The calls of ``optimizer`` for ``block``, which begin with ``refresh`` where their numbers change.

    The learning rate is one of those numbers. Other options are part of the calls, which ``fits`` makes anew
    where they have changed. With ``room``, two arrays, they need no memory of the block's own.
    """

    def __init__(self, optimizer: Any, block: Block, group: dict[str, Any], room: Any = None) -> None:
        self.optimizer, self.block, self.group, self._room = optimizer, block, group, room
        self._arrays, self._source = optimizer._scratch_arrays(group), block.source()
        self.renewals = 0
        self._options, self._seen = dict(group), options[0]
        self._steps = block.scalars.get("step")
        self._numbers = [np.array(value, block.dtype) for value in optimizer._numbers(block, group, 1.0)]
        self._changes = self._steps is not None or isinstance(group.get("lr"), Tensor)
        first: list[Call] = [(self.refresh, ())] if self._changes else []
        self.calls: list[Call] = [*first, *self._made()]

    def holds(self, group: dict[str, Any]) -> bool:
        """Whether the calls are right for a step now; ``group`` may have been replaced."""
        if self._seen != options[0]:
            self._seen = options[0]
            return group is self.group and self.fits()
        return group is self.group

    def fits(self) -> bool:
        """Bring the calls up to date with the options; False where these ask for other state or numbers."""
        then, now = self._options, self.group
        if not self._changes and isinstance(now.get("lr"), Tensor):
            return False
        if "lr" in now:
            then["lr"] = now["lr"]
        if now != then:
            numbers = self.optimizer._numbers(self.block, now, 1.0)
            if self.block.names != self.optimizer._names_of(now) or len(numbers) != len(self._numbers):
                return False
            if self._room is not None and self.optimizer._scratch_arrays(now) > self._arrays:
                return False
            self._options = dict(now)
            self.calls[int(self._changes) :] = self._made()
            self.renewals += 1
        if not self._changes:
            self.refresh()
        return True

    def _made(self) -> list[Call]:
        block = self.block
        before, block.given = block.room, self._source
        if self._room is not None:
            block.room = self._room
        calls = list(self.optimizer._calls(block, self.group, self._numbers))
        if self._room is not None:
            block.room = before
        block.given = None
        return calls

    def refresh(self) -> None:
        """The numbers of the coming step, which is counted."""
        step, steps = 0.0, self._steps
        if steps is not None:
            step = steps.item(0) + 1
            steps.fill(step)
        for at, value in enumerate(self.optimizer._numbers(self.block, self.group, step)):
            self._numbers[at][()] = value  # for 0-d arrays a third of the time of `fill`
