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
    try:
        result = padded(input, pads, value)
    except ValueError:
        raise RuntimeError("narrow(): length must be non-negative.") from None
    return result.copy() if result is input else result


@constant_pad_nd.vjp
def constant_pad_nd_vjp(g: Array, pads: Pads) -> Array:
    return constant_pad_nd(g, tuple((-low, -high) for low, high in pads), 0.0)


def border_indices(size: int, low: int, high: int, mode: str) -> np.ndarray:
    """Which element of a dimension stands at each place of the padded one."""
    places = np.arange(-low, size + high)
    if mode == "replicate":
        return places.clip(0, size - 1)
    if mode == "circular":      # cut first, then wrapped around what is left
        kept = np.arange(max(-low, 0), size - max(-high, 0))
        return kept[np.arange(-max(low, 0), len(kept) + max(high, 0)) % len(kept)]
    period = max(2 * (size - 1), 1)
    within = np.abs(places) % period
    return np.minimum(within, period - within) if size > 1 else within * 0


def check_border(size: int, low: int, high: int, mode: str, where: Any, argument: int = 4) -> None:
    """PyTorch's limits: reflection cannot reach beyond the far edge, nor wrapping around more than once."""
    if mode == "reflect" and (low >= size or high >= size):
        raise RuntimeError(
            f"Argument #{argument}: Padding size should be less than the corresponding input dimension, "
            f"but got: padding ({low}, {high}) at dimension {where}"
        )
    if mode == "circular" and (low > size or high > size):
        raise RuntimeError("Padding value causes wrapping around more than once.")
    if mode == "circular" and size + low + high < 0:
        raise RuntimeError("Negative padding value is resulting in an empty dimension")


def check_borders(shape: tuple[int, ...], pads: Pads, mode: str) -> None:
    """Refuse what PyTorch refuses of a border made of the input's own elements."""
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    rank, dims = len(shape), len(pads)
    if dims not in (1, 2, 3) or rank - dims not in (1, 2):
        raise NotImplementedError(
            f"Padding size {2 * dims} is not supported for {rank}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode != "circular" and 0 in shape[rank - dims - 1:]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size and other "
            f"non-zero dimensions for input, but got: {list(shape)}"
        )
    lead = rank - dims
    for i, (low, high) in reversed(list(enumerate(pads))):
        where = f"{lead + i} of input {list(shape)}"
        check_border(shape[lead + i], low, high, mode, where, argument=2 + 2 * (dims - i))
    made = [n + low + high for n, (low, high) in zip(shape[lead:], pads, strict=True)]
    if max(made) < 1 and mode != "circular":
        names = "DHW"[-dims:]
        sizes = ", ".join(f"{name}: {n}" for name, n in zip(names, shape[lead:], strict=True))
        found = " ".join(f"{name}: {n}" for name, n in zip(names, made, strict=True))
        raise RuntimeError(f"input ({sizes}) is too small. Calculated output {found}")
    if min(made) < 0:
        result = [*shape[:lead], *made]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(made)}: {result}")
