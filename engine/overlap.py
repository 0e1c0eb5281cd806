"""What a write may not do: several elements into one place of memory, or over what it has still to read."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def writable(target: Array) -> Array:
    """``target``, or the same elements by a way that numpy lets us write through.

    numpy hands some views out read-only though each of their elements has a place of its own.
    """
    if target.flags.writeable:
        return target
    owner = target
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if not owner.flags.writeable:
        raise RuntimeError("the written-to tensor's memory is read-only: clone() it and write to the copy")
    at = target.ctypes.data - owner.ctypes.data
    return np.ndarray(target.shape, target.dtype, owner.reshape(-1, order="A"), at, target.strides)


def refuse_inner(target: Array) -> None:
    """RuntimeError where two elements of ``target`` are in one place."""
    if not target.flags.forc and _meets_itself(target):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )


def _meets_itself(array: Array) -> bool:
    """Whether two elements share memory; each is looked at only where the steps alone do not tell."""
    steps = [(abs(step), n) for step, n in zip(array.strides, array.shape, strict=True) if n != 1]
    reach = array.itemsize
    for step, n in sorted(steps):
        if step < reach:
            break
        reach += step * (n - 1)
    else:
        return False
    if not all(step for step, _ in steps):
        return array.size > 0
    places = np.zeros((), np.intp)
    for step, n in steps:
        places = np.add.outer(places, np.arange(n) * step)
    return np.unique(places).size < places.size


def refuse_partial(target: Array, source: Array) -> None:
    """RuntimeError where ``source`` is some of what is written to, or all of it in another order."""
    if target is source or not np.may_share_memory(target, source) or not (_dense(target) and _dense(source)):
        return
    places = ((a.ctypes.data, a.shape, a.strides) for a in (target, source))
    if next(places) != next(places):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )


def _dense(array: Array) -> bool:
    """Whether the elements fill a stretch of memory without gaps, in some order of the dimensions."""
    if array.flags.forc:
        return True
    wanted = array.itemsize
    for step, n in sorted(zip(array.strides, array.shape, strict=True)):
        if n != 1:
            if step != wanted:
                return False
            wanted *= n
    return True
