"""The parameters of one group as its optimizer updates them, and whether they still are what they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter, is_
from types import MappingProxyType
from typing import Any

from engine.optim.block import Block, State, runs
from engine.recording import structure
from engine.tensor import Tensor

_array_of = attrgetter("_array")
_NONE: Mapping[Any, Any] = MappingProxyType({})


class Blocks(list[Block]):
    """Parameters in blocks: neighbours in memory that have made equally many steps are one.

    Looking whether they fit is part of every step, so it goes through lists without a loop of Python's.
    """

    def __init__(
        self, params: Sequence[Tensor] = (), state: Mapping[Tensor, State] = _NONE,
        fills: Mapping[str, float] = _NONE, scalars: Mapping[str, float] = _NONE,
    ) -> None:
        if len(set(map(id, params))) < len(params):  # what is there twice is updated twice
            alone = {p: Block([p], [state[p]], fills, scalars) for p in dict.fromkeys(params)}
            super().__init__(map(alone.__getitem__, params))
        else:
            super().__init__(
                Block(run, [state[param] for param in run], fills, scalars)
                for alike in _alike(params, state, scalars)
                for run in runs(alike)
            )
        self.names = (*fills, *scalars)
        self.params = params
        self.seen = -1  # the count of writes to options up to which `names` are known to be right
        self._arrays = [param._array for param in params]
        self._states = [state[param] for param in params]
        self._kept = list(_tensors(self._states))
        self._structure = -1  # at which the states were seen to be these

    def fit(self, params: Sequence[Tensor], state: Mapping[Tensor, State]) -> bool:
        """Whether these are the parameters, with memory and state where they were."""
        return (
            len(params) == len(self.params)
            and all(map(is_, params, self.params))
            and all(map(is_, map(_array_of, params), self._arrays))
            and self.have_states(state)
        )

    def have_states(self, state: Mapping[Tensor, State]) -> bool:
        """Whether what is kept of the parameters is still what the blocks hold."""
        states, kept = self._states, self._kept
        if self._structure == structure[0]:
            return True
        if (
            all(map(is_, map(state.get, self.params), states))
            and sum(map(len, states)) == len(kept) and all(map(is_, _tensors(states), kept))
        ):
            self._structure = structure[0]
            return True
        return False


def _tensors(states: Iterable[State]) -> Iterable[Any]:
    return chain.from_iterable(map(dict.values, states))


def _alike(params: Sequence[Tensor], state: Mapping[Tensor, State], scalars: Any) -> list[list[Tensor]]:
    """Consecutive parameters that have made equally many steps, so that one update fits them all."""
    found: list[list[Tensor]] = []
    last: Any = None
    for param in params:
        mine = state[param]
        counts = sorted((name, float(value)) for name, value in mine.items() if name in scalars)
        if not found or (bool(mine), counts) != last:
            found.append([])
        found[-1].append(param)
        last = bool(mine), counts
    return found
