"""Rows of numbers counted evenly: by a step, or by how many there are to be."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from engine.creation import finish, numpy_dtype
from engine.device import require_cpu
from engine.dtypes import as_numpy_dtype
from engine.tensor import Tensor


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` (0) up to, not including, ``end``; integers if all three are."""
    require_cpu(device)
    if end is None:
        start, end = None, start
    if end is None:
        raise TypeError("arange() received an invalid combination of arguments - got ()")
    start = 0 if start is None else start
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if not all(map(np.isfinite, (start, end))):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    whole = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
    kind = as_numpy_dtype(dtype) if dtype is not None else np.dtype(np.int64) if whole else numpy_dtype(None)
    _refuse_bool("arange", kind)
    if kind.kind in "iu" and not whole:     # integers count from whole numbers by whole steps
        if kind == np.int64:
            start, end, step = int(start), int(end), int(step)
            if not step:
                raise ValueError("step must be nonzero")
        count = max(int(np.ceil((end - start) / step)), 0)
        return finish((int(start) + np.arange(count) * int(step)).astype(kind), requires_grad)
    count = -(-(end - start) // step) if whole else int(np.ceil((end - start) / step))
    return finish((start + np.arange(count) * step).astype(kind), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers, evenly from ``start`` to ``end``, both included."""
    require_cpu(device)
    kind, first, last = _ends("linspace", start, end, steps, dtype)
    return finish(np.linspace(first, last, steps).astype(kind), requires_grad)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``base ** start`` to ``base ** end``, evenly in the exponent."""
    require_cpu(device)
    kind, first, last = _ends("logspace", start, end, steps, dtype)
    return finish(np.power(float(base), np.linspace(first, last, steps)).astype(kind), requires_grad)


def _ends(name: str, start: Any, end: Any, steps: Any, dtype: Any) -> tuple[np.dtype[Any], Any, Any]:
    """The type of the row, and its ends in it. Raises PyTorch's errors for what are no ends and no count."""
    if not isinstance(steps, (int, np.integer)):
        given = [type(x).__name__ for x in (start, end, steps)]
        raise TypeError(f"{name}() received an invalid combination of arguments - got ({', '.join(given)})")
    ranks = [x.ndim if isinstance(x, Tensor) else 0 for x in (start, end)]
    if any(ranks):
        raise RuntimeError(
            f"{name} only supports 0-dimensional start and end tensors, but got start with {ranks[0]} "
            f"dimension(s) and end with {ranks[1]} dimension(s)."
        )
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = numpy_dtype(dtype)
    _refuse_bool(name, kind)
    first, last = (int(x) if kind.kind in "iu" else float(x) for x in (start, end))
    return kind, first, last


def _refuse_bool(name: str, kind: np.dtype[Any]) -> None:
    if kind.kind == "b":
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")


def range(
    start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` (0) up to and including ``end``, in the default dtype."""
    require_cpu(device)
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in "
        "[start, end).",
        stacklevel=2,
    )
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    kind = numpy_dtype(dtype)
    _refuse_bool("range", kind)
    count = int((end - start) / step + 1)
    return finish((start + np.arange(count) * step).astype(kind), requires_grad)
