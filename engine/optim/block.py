"""Parameters side by side in memory, so that one numpy call updates many of them.

A layer's parameters are small and a numpy call costs more than the numbers it works on. So an optimizer
moves parameters that nobody else holds into one buffer (`gather_storage`), each staying a tensor of its
own that views its part, and updates runs of neighbours as one vector (`Block`). What is shared, frozen,
replaced or without a gradient simply stays outside or splits the run; the numbers are the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from engine.recording import changed
from engine.room import aligned, constant
from engine.tensor import Tensor, wrap

SMALL = 1 << 14     # elements; a larger parameter is worth a call of its own, and saves copying its gradient
PIECE = 1 << 15     # elements; a piece of all arrays of an update fits in the second-level cache
STACKED = 1 << 11   # elements; up to here a call costs more than its numbers, and two rows in one are faster

State = dict[str, Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _references() -> int:
    """What `getrefcount` says of an array that only one tensor holds."""
    tensor = wrap(np.empty(1))
    return sys.getrefcount(tensor._array)


_UNSHARED = _references()


def gather_storage(params: Iterable[Tensor]) -> None:
    """Move small parameters that own their memory unshared into one buffer per dtype, in order.

    An alias of any kind (another tensor, a numpy view, a graph that saved the array) holds a reference
    to the array, which is how it is noticed; such a parameter stays where it is.
    """
    movable: dict[np.dtype, list[Tensor]] = {}
    for param in params:
        if sys.getrefcount(param._array) <= _UNSHARED and _movable(param._array):
            movable.setdefault(param._array.dtype, []).append(param)
    for dtype, members in movable.items():
        if len(members) < 2:
            continue
        buffer = aligned((sum(param._array.size for param in members),), dtype)
        start = 0
        for param in members:
            end = start + param._array.size
            place = buffer[start:end].reshape(param._array.shape)
            np.copyto(place, param._array)
            param._array = place
            changed()
            start = end


def _movable(array: np.ndarray) -> bool:
    flags = array.flags
    return flags.owndata and flags.writeable and flags.c_contiguous and 0 < array.size <= SMALL


def runs(params: list[Tensor]) -> Iterator[list[Tensor]]:
    """Split a list of parameters into runs that lie one right after the other in the same buffer."""
    run: list[Tensor] = []
    for param in params:
        if run and not _follows(run[-1]._array, param._array):
            yield run
            run = []
        run.append(param)
    if run:
        yield run


def _follows(left: np.ndarray, right: np.ndarray) -> bool:
    return (
        left.base is not None and left.base is right.base
        and isinstance(left.base, np.ndarray) and left.base.ndim == 1
        and left.dtype == right.dtype == left.base.dtype
        and left.size <= SMALL and right.size <= SMALL
        and left.flags.c_contiguous and right.flags.c_contiguous
        and left.ctypes.data + left.nbytes == right.ctypes.data
    )


class Block:
    """A run of parameters with their gradients and state as one array each.

    `scalars` are kept once per parameter (`step`), `names` element by element; both show up in the
    optimizer's `state` as tensors that view this block's arrays.
    """

    def __init__(
        self, params: list[Tensor], states: list[State], fills: Mapping[str, float],
        scalars: Mapping[str, float],
    ) -> None:
        self.params = params
        self.states = states
        self.names = (*fills, *scalars)
        self.fresh = not any(states)     # no step was made yet
        self.arrays = [param._array for param in params]
        first = self.arrays[0]
        self.dtype = first.dtype
        self.single = len(params) == 1
        if self.single:
            self.value = first.reshape(-1) if first.flags.c_contiguous else first
        else:
            offset = (first.ctypes.data - first.base.ctypes.data) // first.itemsize    # type: ignore[union-attr]
            total = sum(array.size for array in self.arrays)
            self.value = first.base[offset:offset + total]      # type: ignore[index]
        self.scalars = {name: self._scalar_array(name, fill) for name, fill in scalars.items()}
        size, flat = self.value.size, self.value.ndim == 1
        self.direct = self.single and not (flat and size <= SMALL)
        self.stacked = not self.direct and size <= STACKED
        rows = self._rows(len(fills), size)
        self.state = {
            name: self._state_array(name, row, fills[name]) for name, row in zip(fills, rows, strict=False)
        }
        length = min(size, PIECE) if flat else size
        self._slices = [slice(at, at + length) for at in range(0, size, length or 1)]
        if self.stacked:
            self.states_stack, self.work = rows, self._rows(4, size)
            self.gradient = self.work[0]
        elif not self.direct:
            (self.gradient,) = self._rows(1, size)
        self.length = length
        self.room: Any = self.work[1:3] if self.stacked else None   # for two arrays of that length, once used
        # where each parameter's gradient is to be so that no update has to copy it
        self.slots = [] if self.direct else list(zip(params, self._parts(self.gradient), strict=True))
        self.program: Any = None    # the calls of eager steps
        self.given: np.ndarray | None = None    # in place of the parameters' present gradients

    def _rows(self, count: int, length: int) -> Any:
        """Arrays for values; of few they lie one after the other, so that one call can do two of them."""
        if self.value.ndim != 1:
            return [np.empty_like(self.value) for _ in range(count)]
        if self.stacked:
            return aligned((count, length), self.dtype)
        return [aligned((length,), self.dtype) for _ in range(count)]

    def _parts(self, whole: np.ndarray) -> Iterator[np.ndarray]:
        if self.single:
            yield whole.reshape(self.arrays[0].shape)
            return
        start = 0
        for array in self.arrays:
            yield whole[start:start + array.size].reshape(array.shape)
            start += array.size

    def _state_array(self, name: str, whole: np.ndarray, fill: float) -> np.ndarray:
        whole.fill(fill)
        for state, part in zip(self.states, self._parts(whole), strict=True):
            _adopt(state, name, part)
        return whole

    def _scalar_array(self, name: str, fill: float) -> np.ndarray:
        kept = self.states[0].get(name)     # in the parameter's dtype, where it was loaded
        whole = np.full(len(self.params), fill, kept._array.dtype if isinstance(kept, Tensor) else np.float32)
        for position, state in enumerate(self.states):
            _adopt(state, name, whole[position:position + 1].reshape(()))
        return whole

    def scalar(self, name: str) -> float:
        """The value that all parameters of the block share."""
        return float(self.scalars[name][0])

    def count(self) -> float:
        """Add one to `step`, where the algorithm keeps it, and return it."""
        steps = self.scalars.get("step")
        if steps is None:
            return 0.0
        steps += 1
        return float(steps[0])

    def constant(self, value: float) -> np.ndarray:
        """`value` in this block's dtype."""
        return constant(float(value), self.dtype)

    def number(self, value: float) -> np.ndarray:
        """As `constant`, for a value that differs at every step and so is not worth keeping."""
        return np.array(value, self.dtype)

    def regularised(
        self, p: np.ndarray, g: np.ndarray, scratch: np.ndarray, group: dict[str, Any]
    ) -> np.ndarray:
        """The gradient with the group's `maximize` and `weight_decay`; in `scratch` where it differs.

        Decoupled weight decay shrinks the parameters themselves instead.
        """
        shrink = None
        if group.get("decoupled_weight_decay") and group["weight_decay"]:
            shrink = self.constant(1 - float(group["lr"]) * group["weight_decay"])
        calls = self.regularising(p, g, scratch, group, shrink)
        while True:
            try:
                function, args = next(calls)
            except StopIteration as end:
                return end.value
            function(*args)

    def regularising(
        self, p: np.ndarray, g: np.ndarray, scratch: np.ndarray, group: dict[str, Any],
        shrink: np.ndarray | None,
    ) -> Generator[Call, None, np.ndarray]:
        """The calls of `regularised`, and then the gradient; decoupled decay multiplies by `shrink`."""
        decay = group["weight_decay"]
        if group["maximize"]:
            yield np.negative, (g, scratch)
            g = scratch
        if not decay:
            return g
        if shrink is not None:
            yield np.multiply, (p, shrink, p)
            return g
        if g is scratch:    # the product needs room of its own
            product = np.empty_like(p)
            yield np.multiply, (p, self.constant(decay), product)
            yield np.add, (g, product, scratch)
        else:
            yield np.multiply, (p, self.constant(decay), scratch)
            yield np.add, (scratch, g, scratch)
        return scratch

    def collect(self) -> None:
        """Take the gradients to where updates read them."""
        for param, slot in self.slots:
            array = param._grad._array      # type: ignore[union-attr]
            if array is not slot:
                slot[...] = array

    def source(self) -> np.ndarray:
        """Where updates read the gradients from."""
        if not self.direct:
            return self.gradient
        gradient: np.ndarray = self.params[0]._grad._array      # type: ignore[union-attr]
        return gradient if self.value.ndim == gradient.ndim else gradient.reshape(self.value.shape)

    def columns(self, first: float, second: float) -> np.ndarray:
        """Two numbers, each for a row of `stacked` values, in full: broadcasting takes longer."""
        both = np.empty((2, self.value.size), self.dtype)
        both[0], both[1] = first, second
        return both

    def pieces(self, *names: str) -> Iterator[tuple[np.ndarray, ...]]:
        """(values, gradients, scratch, scratch, *state) in pieces that fit the cache.

        The gradients are to be read only: they may be the tensors that the user sees.
        """
        gradient = self.given
        if gradient is None:
            gradient = self.source()
            self.collect()
        states = [self.state[name] for name in names]
        if self.room is None:
            self.room = self._rows(2, self.length)
        a, b = self.room
        if len(self._slices) == 1:
            yield (self.value, gradient, a, b, *states)
            return
        for part in self._slices:
            length = min(part.stop, len(self.value)) - part.start
            yield (self.value[part], gradient[part], a[:length], b[:length], *(s[part] for s in states))


def _adopt(state: State, name: str, place: np.ndarray) -> None:
    """Make `state[name]` live at `place`, keeping its numbers and its identity where it has them."""
    tensor = state.get(name)
    if tensor is None:
        state[name] = wrap(place)
    elif isinstance(tensor, Tensor):
        np.copyto(place, tensor._array)
        tensor._array = place
        changed()
    else:
        place[...] = tensor
        state[name] = wrap(place)
