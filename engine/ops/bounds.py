"""Elements held between bounds, and what is no number replaced."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.node import Node
from engine.op import Array, op
from engine.ops.compare import where
from engine.ops.special import isfinite
from engine.ops.table import suffixed
from engine.tensor import Tensor


def _clamped(node: Node) -> str:
    """PyTorch's suffix: 0 for bounds that are tensors."""
    bounds = [node.op.kept_input(node, place) for place in (1, 2)]
    return f"ClampBackward{int(not any(isinstance(bound, Tensor) for bound in bounds))}"


@op(family="elementwise", doc="input, but at least min and at most max", promote="number", inplace=True,
    node=_clamped)
def clamp(input: Array, min: Array | None = None, max: Array | None = None) -> Array:
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    out = input if min is None else np.maximum(input, min)
    return out if max is None else np.minimum(out, max)


@clamp.vjp
def clamp_vjp(
    g: Array, input: Array, min: Any, max: Any, needs: Any
) -> tuple[Array, Array | None, Array | None]:
    to_min = to_max = None
    inside = None
    if min is not None:
        inside = input >= min
        if len(needs) > 1 and needs[1]:
            below = input < min if max is None else (input < min) & (min < max)
            to_min = where(below, g, 0.0)
    if max is not None:
        low = input <= max
        inside = low if inside is None else inside & low
        if len(needs) > 2 and needs[2]:
            above = input > max if min is None else (input > max) | (max < min)
            to_max = where(above, g, 0.0)
    return where(inside, g, 0.0), to_min, to_max


@op(family="elementwise", doc="input, but at least min", promote="number", numbers="other", inplace=True,
    node=suffixed("ClampMin", 1, 0))
def clamp_min(input: Array, min: Array) -> Array:
    return np.maximum(input, min)


@clamp_min.vjp
def clamp_min_vjp(g: Array, input: Array, min: Any, needs: Any) -> tuple[Array, Array | None]:
    return where(input >= min, g, 0.0), where(input < min, g, 0.0) if needs[1] else None


@op(family="elementwise", doc="input, but at most max", promote="number", numbers="other", inplace=True,
    node=suffixed("ClampMax", 1, 0))
def clamp_max(input: Array, max: Array) -> Array:
    return np.minimum(input, max)


@clamp_max.vjp
def clamp_max_vjp(g: Array, input: Array, max: Any, needs: Any) -> tuple[Array, Array | None]:
    return where(input <= max, g, 0.0), where(input > max, g, 0.0) if needs[1] else None


@op(family="elementwise", doc="input with NaN and infinities replaced", inplace=True)
def nan_to_num(
    input: Array, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Array:
    if input.dtype.kind != "f":
        return input.copy()
    return np.nan_to_num(input, nan=nan or 0.0, posinf=posinf, neginf=neginf)


@nan_to_num.vjp
def nan_to_num_vjp(g: Array, input: Array) -> Array:
    return where(isfinite(input), g, 0.0)
