"""``torch.testing``: whether two results are the same but for rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.creation import as_tensor
from engine.dtypes import promote_types
from engine.tensor import Tensor

__all__ = ["assert_close"]

_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None,
    atol: float | None = None, equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True,
    check_layout: bool = True, check_stride: bool = False, msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless |actual − expected| ≤ atol + rtol · |expected|, for tensors, numbers and nests.

    The tolerances depend on the dtype unless both are given: 1.3e-6 and 1e-5 for float32.
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            f"rtol and atol must both be specified or both be omitted, but got rtol={rtol} and atol={atol}."
        )
    problem = _problem(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    if problem:
        raise AssertionError(msg(problem) if callable(msg) else msg or problem)


def _problem(
    actual: Any, expected: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str
) -> str:
    rest = (rtol, atol, equal_nan, check_dtype)
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if set(actual) != set(expected):
            return f"The keys of the mappings do not match:\nMissing keys in the actual mapping: " \
                   f"{sorted(set(expected) - set(actual))}\nAdditional keys in the actual mapping: " \
                   f"{sorted(set(actual) - set(expected))}"
        pairs = [(key, actual[key], expected[key]) for key in actual]
    elif _listed(actual) and _listed(expected):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}"
        pairs = [(i, *both) for i, both in enumerate(zip(actual, expected, strict=True))]
    else:
        found = _apart(actual, expected, *rest)
        return found + (f"\n\nThe failure occurred for item {at}" if found and at else "")
    return next(filter(None, (_problem(a, b, *rest, f"{at}[{key!r}]") for key, a, b in pairs)), "")


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _apart(actual: Any, expected: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool) -> str:
    numbers = not isinstance(actual, Tensor) and not isinstance(expected, Tensor)
    if not numbers and type(actual) is not type(expected) and not (
        isinstance(actual, Tensor) and isinstance(expected, Tensor)
    ):
        return f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
    a, b = as_tensor(actual).detach(), as_tensor(expected).detach()
    if a.shape != b.shape:
        return f"The values for attribute 'shape' do not match: {a.shape} != {b.shape}."
    if check_dtype and a.dtype != b.dtype and not numbers:
        return f"The values for attribute 'dtype' do not match: {a.dtype} != {b.dtype}."
    if rtol is None:
        kinds = [_TOLERANCES.get(t.dtype.name, (0.0, 0.0)) for t in (a, b)]
        rtol, atol = (max(pair) for pair in zip(*kinds, strict=True))
    kind = promote_types(a.dtype, b.dtype).numpy
    wide = np.float64 if kind.kind == "f" else kind
    x, y = a._array.astype(wide), b._array.astype(wide)
    wrong = ~np.isclose(x, y, rtol, atol, equal_nan)
    if not wrong.any():
        return ""
    gap = np.abs(x.astype(np.float64) - y)
    share = gap / np.abs(y)
    if numbers or not a.ndim:
        what = "Scalars" if numbers or not a.ndim else "Tensor-likes"
        return (
            f"{what} are not {'close' if rtol or atol else 'equal'}!\n\nExpected {y.item()} but got "
            f"{x.item()}.\nAbsolute difference: {gap.item()} (up to {atol} allowed)\n"
            f"Relative difference: {share.item()} (up to {rtol} allowed)"
        )
    worst, most = (tuple(map(int, np.unravel_index(np.nanargmax(v), v.shape))) for v in (gap, share))
    return (
        f"Tensor-likes are not {'close' if rtol or atol else 'equal'}!\n\nMismatched elements: "
        f"{int(wrong.sum())} / {wrong.size} ({100 * wrong.mean():.1f}%)\n"
        f"Greatest absolute difference: {gap[worst]} at index {worst} (up to {atol} allowed)\n"
        f"Greatest relative difference: {share[most]} at index {most} (up to {rtol} allowed)"
    )
