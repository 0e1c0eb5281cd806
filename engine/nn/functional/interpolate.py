"""Signals, images and volumes of another size, as functions of tensors, one dimension after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.nn.functional.activation import refuse_integers
from engine.nn.functional.pooling import adaptive_avg_pool
from engine.nn.functional.resample import NEAREST, resampled
from engine.tensor import Tensor

IMAGES = ("bilinear", "bicubic", "lanczos")
SMOOTH = {"linear": 3, **dict.fromkeys(IMAGES, 4), "trilinear": 5}


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:
    """(N, C, …) with other sizes: `size`, or the input's times `scale_factor`.

    With `align_corners` first and last places stay where they are; else places are centres of cells. With
    `antialias` each place of a smaller image is a mean of all that it covers.
    """
    if mode not in SMOOTH and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic "
            "| trilinear"
        )
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
    if antialias and not (mode in IMAGES and ndim == 2):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D "
            "tensor as input"
        )
    if mode == "lanczos" and not antialias:
        raise ValueError("Lanczos mode requires antialias=True")
    if mode == "lanczos" and align_corners:
        raise ValueError("Lanczos mode does not support align_corners=True")
    if not (mode in (*NEAREST, *IMAGES) and input._array.dtype == np.uint8):
        refuse_integers(input, f"upsample_{mode}{ndim}d")
    _check_positive(input.shape[2:], sizes)
    for number in reversed(range(ndim)):
        dim = number + 2
        if sizes[number] != input.shape[dim] or factors[number] not in (None, 1.0):
            input = resampled(
                input, dim, mode, sizes[number], factors[number], bool(align_corners), antialias
            )
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
