"""Images and volumes looked up at any places, as functions of tensors (Jaderberg et al., 2015)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from engine.ops.compare import where
from engine.ops.join import stack
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor, wrap

PADDINGS = ("zeros", "border", "reflection")
CUBIC = -0.75       # the parameter of Keys' cubic convolution that PyTorch has


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Where each place of an output (N, C, H, W) looks: (N, H, W, 2), by matrices (N, 2, 3); or in volumes.

    Places are (x, y) from −1 to 1, which are the centres of the corner pixels with `align_corners`, else
    their outer edges.
    """
    sizes = tuple(int(n) for n in size)[2:]
    if theta.shape[1:] != (len(sizes), len(sizes) + 1):
        raise ValueError(
            f"Expected a batch of {len(sizes)}D affine matrices of shape Nx{len(sizes)}x{len(sizes) + 1} "
            f"for size {list(size)}. Got {theta.shape}."
        )
    if align_corners is None:
        _warn_of_default("affine_grid")
    steps = [_steps(n, bool(align_corners)) for n in sizes]
    places = np.stack([*reversed(np.meshgrid(*steps, indexing="ij")), np.ones(sizes)], -1)
    flat = wrap(constant(places.reshape(-1, len(sizes) + 1).astype(theta._array.dtype)))
    return (flat @ theta.transpose(1, 2)).reshape(theta.shape[0], *sizes, len(sizes))


def _steps(size: int, align_corners: bool) -> np.ndarray:
    if size <= 1:
        return np.zeros(size)
    ends = np.linspace(-1, 1, size)
    return ends if align_corners else ends * (size - 1) / size


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """(N, C, H, W) at the places (N, H', W', 2) of `grid` → (N, C, H', W'); or volumes.

    `mode` is "bilinear", "nearest" or, for images, "bicubic"; places outside see zeros, the border or the
    reflected image.
    """
    sizes = tuple(input.shape[2:])
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: "
            f"'{mode}'"
        )
    if padding_mode not in PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', "
            f"but got: '{padding_mode}'"
        )
    if align_corners is None:
        _warn_of_default("grid_sample")
    if grid.shape[-1] != len(sizes) or grid.shape[0] != input.shape[0]:
        raise RuntimeError(
            "grid_sampler(): expected grid to have the input's batch size and size "
            f"{len(sizes)} in the last dimension, but got input with sizes {list(input.shape)} and grid with "
            f"sizes {list(grid.shape)}"
        )
    if mode == "bicubic" and len(sizes) != 2:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    align = bool(align_corners)
    places = [_pixels(grid[..., -1 - dim], n, align) for dim, n in enumerate(sizes)]

    def inside(place: Tensor, dim: int) -> Tensor:
        return _inside(place, sizes[dim], padding_mode, align)

    if mode == "bicubic":
        corners = _rows_and_columns(places, inside)
    else:
        corners = _corners([inside(place, dim) for dim, place in enumerate(places)], mode)
    total: Any = None
    for corner, share in corners:
        part = _looked_up(input, corner, sizes) * share.unsqueeze(1)
        total = part if total is None else total + part
    return total


def _pixels(place: Tensor, size: int, align_corners: bool) -> Tensor:
    """From −1 … 1 to pixel numbers."""
    return (place + 1) * ((size - 1) / 2) if align_corners else ((place + 1) * size - 1) / 2


def _inside(place: Tensor, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Places outside moved to where the padding is taken from."""
    if padding_mode == "zeros":
        return place
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if span == 0:
            return place * 0
        away = (place - low).abs()
        turns = derived(np.floor_divide, away, span)
        rest = away - turns * span
        odd = turns % 2
        place = rest * (1 - odd) + (span - rest) * odd + low
    return place.clamp(0, size - 1)


def _corners(places: list[Tensor], mode: str) -> Iterator[tuple[list[Tensor], Tensor]]:
    """The pixels around each place, and how much each counts."""
    if mode == "nearest":
        never = wrap(constant(np.zeros(places[0].shape, bool)))       # a whole share, whose slope is 0
        yield [derived(np.rint, place) for place in places], where(never, places[0], 1.0)
        return
    below = [derived(np.floor, place) for place in places]
    ahead = [place - low for place, low in zip(places, below, strict=True)]
    for steps in product((0, 1), repeat=len(places)):
        share: Any = None
        for part, step in zip(ahead, steps, strict=True):
            factor = part if step else 1 - part
            share = factor if share is None else share * factor
        yield [low + step for low, step in zip(below, steps, strict=True)], share


def _rows_and_columns(
    places: list[Tensor], inside: Callable[[Tensor, int], Tensor]
) -> Iterator[tuple[list[Tensor], Tensor]]:
    """The 4 × 4 pixels around each place, each moved inside by itself, and how much each counts."""
    below = [derived(np.floor, place) for place in places]
    ahead = [place - low for place, low in zip(places, below, strict=True)]
    shares = [[_keys(part, shift) for shift in (-1, 0, 1, 2)] for part in ahead]
    for steps in product(range(4), repeat=2):
        corner = [inside(below[dim] + (step - 1), dim) for dim, step in enumerate(steps)]
        yield corner, shares[0][steps[0]] * shares[1][steps[1]]


def _keys(share: Tensor, shift: int) -> Tensor:
    """How much the pixel `shift` from the one below counts, by Keys' cubic convolution (1981)."""
    distance = share - shift if shift <= 0 else shift - share
    if shift in (0, 1):
        return ((CUBIC + 2) * distance - (CUBIC + 3)) * distance * distance + 1
    return ((CUBIC * distance - 5 * CUBIC) * distance + 8 * CUBIC) * distance - 4 * CUBIC


def _looked_up(input: Tensor, corner: list[Tensor], sizes: tuple[int, ...]) -> Tensor:
    """(N, C, *places): the pixels at whole-numbered places, zeros outside."""
    numbers = derived(_numbers, sizes, *corner)
    outside = derived(_is_outside, sizes, *corner)
    pixels = input.flatten(2)
    rows = [pixels[sample].index_select(1, numbers[sample]) for sample in range(len(numbers))]
    seen = stack(rows).reshape(*input.shape[:2], *outside.shape[1:])
    return seen.masked_fill(outside.unsqueeze(1), 0.0)


def _numbers(sizes: tuple[int, ...], *corner: np.ndarray) -> np.ndarray:
    """(N, places): which pixel of a flattened image each place is, 0 in a dimension where it is outside."""
    flat = np.zeros(corner[0].shape, np.int64)
    for place, n in zip(corner, sizes, strict=True):
        flat = flat * n + np.where((place >= 0) & (place < n), place, 0).astype(np.int64)
    return flat.reshape(len(flat), -1)


def _is_outside(sizes: tuple[int, ...], *corner: np.ndarray) -> np.ndarray:
    within = np.ones(corner[0].shape, bool)
    for place, n in zip(corner, sizes, strict=True):
        within &= (place >= 0) & (place < n)
    return ~within


def _warn_of_default(name: str) -> None:
    warnings.warn(
        "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
        f"specify align_corners=True if the old behavior is desired. See the documentation of {name} for "
        "details.",
        stacklevel=3,
    )
