"""A border around the last dimensions, of one number or of the input's own elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.windows import Pads, padded


@op(
    family="shape", doc="a border of value around the last dimensions; negative widths cut off", internal=True
)
def constant_pad_nd(input: Array, pads: Pads, value: float = 0.0) -> Array:
    """`pads` is (before, after) for each of the last dimensions, in their order."""
    result = padded(input, pads, value)
    return result.copy() if result is input else result


@constant_pad_nd.vjp
def constant_pad_nd_vjp(g: Array, pads: Pads) -> Array:
    return constant_pad_nd(g, tuple((-low, -high) for low, high in pads), 0.0)


def border_indices(size: int, low: int, high: int, mode: str) -> np.ndarray:
    """Which element of a dimension stands at each place of the padded one. ValueError for an unknown mode."""
    places = np.arange(-low, size + high)
    if mode == "replicate":
        return places.clip(0, size - 1)
    if mode == "circular":      # cut first, then wrapped around what is left
        kept = np.arange(max(-low, 0), size - max(-high, 0))
        return kept[np.arange(-max(low, 0), len(kept) + max(high, 0)) % len(kept)]
    if mode == "reflect":
        period = max(2 * (size - 1), 1)
        within = np.abs(places) % period
        return np.minimum(within, period - within) if size > 1 else within * 0
    raise NotImplementedError(f"Unrecognised padding mode {mode}")


def check_border(size: int, low: int, high: int, mode: str, where: Any) -> None:
    """PyTorch's limits: reflection cannot reach beyond the far edge, nor wrapping around more than once."""
    if mode == "reflect" and (low >= size or high >= size):
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, "
            f"but got: padding ({low}, {high}) at dimension {where}"
        )
    if mode == "circular" and (low > size or high > size):
        raise RuntimeError("Padding value causes wrapping around more than once.")
