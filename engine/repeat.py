"""Numpy code outside of ops that a captured step repeats: drawn numbers, running statistics, clipping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

from engine.recording import watcher, watchers
from engine.tensor import Tensor, wrap


def compute(
    function: Callable[..., Any], *args: Any, writes: Sequence[Tensor] = (), **options: Any
) -> Any:
    """``function(*args)`` with arrays in the place of tensors, now and at every replay.

    ``function`` is one of a module, no closure; it may write into the arrays of the tensors in ``writes``.
    What it returns, unless None, is given back as a tensor.
    """
    if options:
        function = partial(function, **options)
    arrays = [_array(arg) for arg in args]
    recording = watcher() if watchers else None
    with nullcontext() if recording is None else recording.pause():
        result = function(*arrays)
    out = None if result is None else wrap(result)
    for tensor in writes:
        tensor._counter[0] += 1
    if recording is not None:
        recording.compute(function, arrays, writes, result, out)
    return out


def derived(function: Callable[..., Any], *args: Any, sized: bool = False) -> Tensor:
    """``function(*args)`` that neither draws nor writes, with arrays in the place of tensors.

    ``sized`` says that the shape of its result depends on numbers.
    """
    arrays = [_array(arg) for arg in args]
    result = np.asarray(function(*arrays))
    recording = watcher() if watchers else None
    if recording is not None:
        recording.add(function, arrays, result, sized)
    return wrap(result)


def check(wrong: Callable[..., Any], kind: type[Exception], words: str, *args: Any) -> None:
    """Raise ``kind(words)`` if ``wrong(*args)``, with arrays in the place of tensors, now or at a replay."""
    compute(_check, wrong, kind, words, *args)


def is_any_negative(array: Any) -> Any:
    """Whether a number is below 0: for `check`."""
    return (array < 0).any()


def is_any_outside(array: Any, first: float, last: float) -> Any:
    """Whether a number is below the first or above the last that there may be: for `check`."""
    return ((array < first) | (array > last)).any()


def is_any_false(array: Any) -> bool:
    """Whether something is not true: for `check`."""
    return not array.all()


def _check(wrong: Callable[..., Any], kind: type[Exception], words: str, *arrays: Any) -> None:
    if wrong(*arrays):
        raise kind(words)


def _array(arg: Any) -> Any:
    if isinstance(arg, Tensor):
        return arg._array
    return [_array(a) for a in arg] if isinstance(arg, list) else arg
