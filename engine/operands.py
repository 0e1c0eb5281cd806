"""The operands of an op brought to one type, as PyTorch promotes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import get_default_dtype, result_numpy

_ndarray = np.ndarray


def promoted(name: str, rule: str, arrays: list[Any]) -> list[Any]:
    """The arrays in their common type; a Python number stays one next to floats.

    ``rule`` is an op's ``promote``, ``name`` the op's for the TypeError about what is neither.
    """
    shared = arrays[0].dtype if isinstance(arrays[0], _ndarray) else None
    if shared is not None and (rule != "float" or shared.kind == "f"):
        for a in arrays:
            if not isinstance(a, _ndarray) or a.dtype is not shared:
                break
        else:
            return arrays
    if rule == "choice":
        return [arrays[0], *_as_arrays(_common(name, rule, arrays[1:]))]
    return _common(name, rule, arrays)


def _common(name: str, rule: str, arrays: list[Any]) -> list[Any]:
    known, numbers = [], []
    for a in arrays:
        if isinstance(a, _ndarray):
            known.append(a)
        elif isinstance(a, np.generic):
            numbers.append(a.item())
        elif isinstance(a, (int, float)):
            numbers.append(a)
        elif a is not None:
            raise TypeError(f"{name}(): arguments must be Tensor or Number, not {type(a).__name__}")
    target = result_numpy(known, numbers)
    if rule == "float" and target.kind != "f":
        target = get_default_dtype().numpy
    return [_in_type(a, target) for a in arrays]


def _as_arrays(values: list[Any]) -> list[Any]:
    """Python numbers, where nothing else decides their type, in the default one."""
    if any(isinstance(v, _ndarray) for v in values):
        return values
    target = result_numpy((), values)
    return [np.asarray(v, target) for v in values]


def _in_type(value: Any, target: np.dtype[Any]) -> Any:
    """An array, number or None as an operand of type ``target``."""
    if isinstance(value, _ndarray):
        return value if value.dtype == target else value.astype(target)
    if value is None or (target.kind == "f" and not isinstance(value, np.generic)):
        return value
    return np.array(value).astype(target)
