"""Signals, images and volumes of another size, as functions of tensors, one dimension after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.nn.functional.activation import refuse_integers
from engine.nn.functional.pooling import adaptive_avg_pool
from engine.recording import constant
from engine.tensor import Tensor, wrap

Taps = list[tuple[np.ndarray, np.ndarray | None]]      # where each output looks, and how much that counts
SMOOTH = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
NEAREST = ("nearest", "nearest-exact")
CUBIC = -0.75       # the parameter of Keys' cubic convolution that PyTorch has


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:
    """(N, C, …) with other sizes: `size`, or the input's times `scale_factor`.

    With `align_corners` first and last places stay where they are; else places are centres of cells.
    """
    if mode not in SMOOTH and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic "
            "| trilinear"
        )
    if antialias:
        raise NotImplementedError("antialias=True is not available: pool before you shrink")
    ndim = input.ndim - 2
    sizes, factors = _sizes(input, size, scale_factor, ndim)
    if recompute_scale_factor:
        if size is not None:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        factors = [None] * ndim
    if 3 <= input.ndim <= 5 and mode == "area":
        return adaptive_avg_pool(ndim, input, sizes)
    if not (3 <= input.ndim <= 5 and (mode in NEAREST or SMOOTH.get(mode) == input.ndim)):
        raise NotImplementedError(_unfit(input.ndim, mode))
    if not (mode in NEAREST and input._array.dtype == np.uint8):
        refuse_integers(input, f"upsample_{mode}{ndim}d")
    _check_positive(input.shape[2:], sizes)
    for number in range(ndim):
        dim = number + 2
        if sizes[number] != input.shape[dim] or factors[number] not in (None, 1.0):
            taps = _taps(mode, input.shape[dim], sizes[number], factors[number], bool(align_corners))
            input = _gathered(input, dim, taps)
    return input


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """`interpolate` under its old name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by the nearest place."""
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` of images, corners kept."""
    return interpolate(input, size, scale_factor, "bilinear", True)


def _sizes(
    input: Tensor, size: Any, scale_factor: Any, ndim: int
) -> tuple[list[int], list[float | None]]:
    """The wanted sizes, and the factors they came from."""
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    given = size if size is not None else scale_factor
    word = "output" if size is not None else "scale"
    if isinstance(given, Sequence):
        if len(given) != ndim:
            raise ValueError(_lengths(input, word, given))
        each = list(given)
    else:
        each = [given] * ndim
    if size is not None:
        return [int(n) for n in each], [None] * ndim
    factors: list[float | None] = [float(factor) for factor in each]
    return [math.floor(n * f) for n, f in zip(input.shape[2:], each, strict=True)], factors


def _check_positive(old: Sequence[int], new: Sequence[int]) -> None:
    if all(n > 0 for n in (*old, *new)):
        return
    shown = [
        "(" + ", ".join(f"{name}: {n}" for name, n in zip("DHW"[-len(old):], sizes, strict=True)) + ")"
        for sizes in (old, new)
    ]
    between = " and output " if len(old) == 1 else " output "
    raise RuntimeError(
        f"Input and output sizes should be greater than 0, but got input {between.join(shown)}"
    )


def _lengths(input: Tensor, word: str, given: Any) -> str:
    if word == "output":
        return (
            f"Input and output must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {list(input.shape[2:])} and output size of {given}. Please provide input tensor "
            "in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
        )
    return (
        "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
        f"dimensions of {list(input.shape[2:])} and scale_factor of shape {given}. Please provide input "
        "tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
    )


def _unfit(ndim: int, mode: str) -> str:
    if ndim in (3, 4, 5) and mode in ("linear", "bilinear", "trilinear"):
        return f"Got {ndim}D input, but {mode} mode needs {SMOOTH[mode]}D input"
    return (
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: nearest | "
        f"linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def _taps(mode: str, old: int, new: int, factor: float | None, align: bool) -> Taps:
    if mode in NEAREST:
        step = np.float32(old / new if factor is None else 1 / factor)
        places = np.arange(new, dtype=np.float32) + np.float32(0.5 if mode == "nearest-exact" else 0)
        return [(np.minimum((places * step).astype(np.int64), old - 1), None)]
    if align:
        places = np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    else:
        places = (np.arange(new) + 0.5) * (old / new if factor is None else 1 / factor) - 0.5
    if mode == "bicubic":
        before = np.floor(places)
        share = places - before
        return [
            ((before + shift).clip(0, old - 1).astype(np.int64), _keys(abs(share - shift)))
            for shift in (-1, 0, 1, 2)
        ]
    places = places.clip(0, None)
    before = np.minimum(places.astype(np.int64), old - 1)
    share = places - before
    return [(before, 1 - share), (np.minimum(before + 1, old - 1), share)]


def _keys(distance: np.ndarray) -> np.ndarray:
    """How much a place at that distance counts, by Keys' cubic convolution (1981)."""
    near = ((CUBIC + 2) * distance - (CUBIC + 3)) * distance**2 + 1
    far = ((distance - 5) * distance + 8) * distance * CUBIC - 4 * CUBIC
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _gathered(input: Tensor, dim: int, taps: Taps) -> Tensor:
    total: Any = None
    for places, share in taps:
        part = input.index_select(dim, wrap(constant(places)))
        if share is not None:
            weight = share.astype(input._array.dtype).reshape((-1, *(1,) * (input.ndim - dim - 1)))
            part = part * wrap(constant(weight))
        total = part if total is None else total + part
    return total
