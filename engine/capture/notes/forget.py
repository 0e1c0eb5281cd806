"""A recording that waits for another one like it, without the numbers of the arrays that the step has made.

All arrays of a step at once take several times the memory that a step needs. To be held against another
recording it is enough to know which array was which, and how it lay in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.capture.form import mapped
from engine.capture.notes.recorder import Recorder
from engine.capture.notes.trace import Gone, owner

_LARGE = 1 << 22  # bytes from which it is worth the time


def forget_numbers(recorder: Recorder) -> None:
    """Put a `Gone` in the place of each array that the step has made, if they are large together."""
    if sum([_size(note[3]) for note in recorder.notes]) < _LARGE:
        return
    places = _Places(recorder)
    notes = [
        (read, what, places.of(given), places.of(result, True), places.of(stand_in, True), None)
        for read, what, given, result, stand_in, _ in recorder.notes
    ]
    recorder.outputs = places.of(recorder.outputs)
    recorder.notes, recorder.consumed = notes, set()  # nodes hold arrays too


def _size(result: Any) -> int:
    """The bytes of what came out of a call, or of the first of several arrays."""
    first = result[0] if type(result) is tuple and result else result
    return first.nbytes if type(first) is np.ndarray else 0


class _Places:
    """Which arrays are forgotten: those in memory that first comes up as a result."""

    def __init__(self, recorder: Recorder) -> None:
        self._outside = {id(owner(array)) for array in recorder.arguments}
        self._made: set[int] = set()  # by id of the array that has the memory
        self._gone: dict[int, Gone] = {}

    def of(self, value: Any, is_result: bool = False) -> Any:
        """A value with a `Gone` for each array that is forgotten."""
        return mapped(value, lambda part: self._array(part, is_result) if type(part) is np.ndarray else part)

    def _array(self, array: np.ndarray, is_result: bool) -> Any:
        found = self._gone.get(id(array))
        if found is not None:
            return found
        root = owner(array)
        if id(root) not in self._made:
            if not is_result or id(root) in self._outside:
                self._outside.add(id(root))
                return array
            self._made.add(id(root))
        base = None if root is array else self._array(root, True)
        found = self._gone[id(array)] = Gone(array, base)
        return found
