"""Max-pooling over windows whose steps are drawn between whole numbers (Graham, 2014), as functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import errors
from engine.nn.functional.conv_checks import IntOrSizes, must_be_tensor, sizes_of
from engine.ops.gather import gather
from engine.ops.second import alias
from engine.recording import refuse
from engine.sampling import rand
from engine.tensor import Tensor, wrap

Ratio = float | Sequence[float]
_LENGTHS = ("time", "height", "width")


def fractional_max_pool2d(
    input: Tensor, kernel_size: IntOrSizes, output_size: IntOrSizes | None = None,
    output_ratio: Ratio | None = None, return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:
    """The largest number of each of H' × W' windows, at drawn places, of (N, C, H, W) or (C, H, W)."""
    return _pool(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    input: Tensor, kernel_size: IntOrSizes, output_size: IntOrSizes | None = None,
    output_ratio: Ratio | None = None, return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:
    """The largest number of each of T' × H' × W' windows of (N, C, T, H, W) or (C, T, H, W)."""
    return _pool(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def _pool(
    ndim: int, input: Tensor, kernel_size: IntOrSizes, output_size: IntOrSizes | None,
    output_ratio: Ratio | None, return_indices: bool, samples: Tensor | None,
) -> Any:
    name = f"fractional_max_pool{ndim}d"
    must_be_tensor(name, input)
    kernel, out = sizes_of(kernel_size, ndim), _output_sizes(name, ndim, input, output_size, output_ratio)
    if input.ndim < ndim + 1:
        raise errors.dim_range(-ndim - 1, input.ndim)
    if not input.is_floating_point():
        kind = input.dtype.tensor_type[6:-6]
        raise NotImplementedError(f'"check_uniform_bounds" not implemented for \'{kind}\'')
    batched = input if input.ndim == ndim + 2 else input.unsqueeze(0)
    _check(name, ndim, batched, kernel, out)
    if samples is None:
        samples = rand(*batched.shape[:2], ndim, dtype=input.dtype)
    refuse("the places of the windows are drawn")
    where = wrap(_places(batched._array, samples._array, kernel, out))
    found = gather(alias(batched).flatten(2), 2, where.flatten(2)).reshape(where.shape)
    if input.ndim < ndim + 2:
        found, where = found.squeeze(0), where.squeeze(0)
    return (found, where) if return_indices else found


def _output_sizes(
    name: str, ndim: int, input: Tensor, output_size: IntOrSizes | None, output_ratio: Ratio | None
) -> tuple[int, ...]:
    if output_size is not None:
        return sizes_of(output_size, ndim)
    if output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    ratios = (output_ratio,) * ndim if isinstance(output_ratio, (int, float)) else output_ratio
    return tuple(int(n * ratio) for n, ratio in zip(input.shape[-ndim:], ratios, strict=True))


def _check(name: str, ndim: int, batched: Tensor, kernel: Sequence[int], out: Sequence[int]) -> None:
    for dim, n in enumerate(batched.shape[1:], 1):
        if not n:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got"
                f"{list(batched.shape)} with dimension {dim} being empty."
            )
    for word, n, k, m in zip(_LENGTHS[-ndim:], batched.shape[2:], kernel, out, strict=True):
        if m + k - 1 > n:
            shown = name if ndim == 2 else f"{name}_out"
            raise RuntimeError(f"{shown}(): pool {word} {k} too large relative to input {word} {n}")


def _begins(sample: np.ndarray, size: int, kernel: int, out: int) -> np.ndarray:
    """(N, C) draws → (N, C, out): where windows begin; the last ends with the input."""
    begins = np.empty((*sample.shape, out), np.int64)
    if out > 1:
        step = sample.dtype.type((size - kernel) / (out - 1))
        at = np.arange(out - 1).astype(sample.dtype)
        begins[..., :-1] = np.trunc((at + sample[..., None]) * step) - np.trunc(sample[..., None] * step)
    if out:
        begins[..., -1] = size - kernel
    return begins


def _places(
    x: np.ndarray, samples: Any, kernel: Sequence[int], out: Sequence[int]
) -> np.ndarray:
    """(N, C, *out): where in its image, rows one after the other, each window has its maximum."""
    sizes: tuple[int, ...] = x.shape[2:]
    ndim = len(kernel)
    order = range(ndim) if ndim == 3 else (1, 0)        # in an image the first draw is for the width
    flat = np.zeros((*x.shape[:2], *(1,) * (2 * ndim)), np.int64)
    for dim, draw in enumerate(order):
        begins = _begins(samples[..., draw], sizes[dim], kernel[dim], out[dim])
        inside = begins[..., None] + np.arange(kernel[dim])
        shape: list[int] = [*x.shape[:2], *(1,) * (2 * ndim)]
        shape[2 + dim], shape[2 + ndim + dim] = out[dim], kernel[dim]
        flat = flat * sizes[dim] + inside.reshape(shape)
    flat = flat.reshape(*x.shape[:2], *out, -1)
    rows = x.reshape(*x.shape[:2], -1)
    values = np.take_along_axis(rows, flat.reshape(*x.shape[:2], -1), 2).reshape(flat.shape)
    best = values.argmax(-1)
    nan = np.isnan(values)
    if nan.any():                                       # of several NaN the last counts
        last = math.prod(kernel) - 1 - nan[..., ::-1].argmax(-1)
        best = np.where(nan.any(-1), last, best)
    return np.take_along_axis(flat, best[..., None], -1)[..., 0]
