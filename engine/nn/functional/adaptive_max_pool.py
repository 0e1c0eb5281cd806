"""The largest of each of a given number of parts, and the way back from a maximum to its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.creation import zeros
from engine.nn.functional.conv_checks import IntOrSizes
from engine.nn.functional.pool_windows import window_sizes
from engine.nn.functional.pooling import adaptive_sizes, check_adaptive, refuse_empty_adaptive
from engine.ops.second import alias
from engine.ops.windows import Sizes, count
from engine.recording import constant
from engine.repeat import derived
from engine.tensor import Tensor, wrap


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of L' parts of (N, C, L) or (C, L) as equal as can be."""
    return _adaptive_max_pool(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of H' × W' parts of (N, C, H, W) or (C, H, W); None keeps a size."""
    return _adaptive_max_pool(2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of D' × H' × W' parts of (N, C, D, H, W) or (C, D, H, W)."""
    return _adaptive_max_pool(3, input, output_size, return_indices)


def _adaptive_max_pool(ndim: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    check_adaptive("max", ndim, input, output_size)
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(
            f"adaptive_max_pool{ndim}d(): Expected {ndim + 1}D or {ndim + 2}D tensor, but got: "
            f"{list(input.shape)}"
        )
    refuse_empty_adaptive("max", ndim, input)
    sizes = tuple(input.shape[-ndim:])
    wanted = adaptive_sizes(output_size, sizes)
    if any(size < 0 for size in wanted):
        shape = [*input.shape[:-ndim], *((1,) if ndim == 1 else ()), *wanted]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(wanted)}: {shape}")
    places = _part_places(sizes, wanted)
    flat = alias(input).flatten(-ndim)
    parts = flat.index_select(-1, wrap(constant(places.reshape(-1)))).unflatten(-1, places.shape)
    values, which = parts.max(-1)
    out = values.unflatten(-1, wanted)
    if not return_indices:
        return out
    return out, derived(_chosen_places, which, constant(places)).reshape(out.shape)


def _chosen_places(which: np.ndarray, places: np.ndarray) -> np.ndarray:
    return places[np.arange(len(places)), which]


def _part_places(sizes: Sizes, wanted: Sizes) -> np.ndarray:
    """(parts, places): where each part's elements lie in the flattened input; shorter parts repeat one."""
    step = count(sizes)
    flat = np.zeros((1, 1), np.int64)
    for size, parts in zip(sizes, wanted, strict=True):
        step //= size
        begin = np.arange(parts) * size // parts
        length = -(-np.arange(1, parts + 1) * size // parts) - begin
        reach = np.minimum(np.arange(length.max(initial=1)), length[:, None] - 1)
        along = (begin[:, None] + reach) * step
        flat = (flat[:, None, :, None] + along[None, :, None, :]).reshape(
            len(flat) * parts, flat.shape[1] * along.shape[1]
        )
    return flat


# ---- the way back ----


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    padding: IntOrSizes = 0, output_size: Sequence[int] | None = None,
) -> Tensor:
    """Maxima put back to the places `indices`, zeros elsewhere: (N, C, L') → (N, C, L)."""
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    padding: IntOrSizes = 0, output_size: Sequence[int] | None = None,
) -> Tensor:
    """Maxima put back to the places `indices`, zeros elsewhere: (N, C, H', W') → (N, C, H, W)."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None = None,
    padding: IntOrSizes = 0, output_size: Sequence[int] | None = None,
) -> Tensor:
    """Maxima put back to the places `indices`, zeros elsewhere, in volumes."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


def _max_unpool(
    ndim: int, input: Tensor, indices: Tensor, kernel_size: IntOrSizes, stride: IntOrSizes | None,
    padding: IntOrSizes, output_size: Sequence[int] | None,
) -> Tensor:
    kernel, strides, widths = window_sizes(kernel_size, stride, padding, ndim)
    usual = [
        (n - 1) * s + k - 2 * p
        for n, k, s, p in zip(input.shape[-ndim:], kernel, strides, widths, strict=True)
    ]
    sizes = usual if output_size is None else _chosen(output_size, usual, strides)
    if indices.shape != input.shape:
        raise RuntimeError(
            f"Expected shape of indices to be: {list(input.shape)} but got: {list(indices.shape)}"
        )
    lead = tuple(input.shape[:-ndim])
    empty = zeros(*lead, count(sizes), dtype=input.dtype)
    return empty.scatter(-1, indices.flatten(-ndim), input.flatten(-ndim)).unflatten(-1, sizes)


def _chosen(wanted: Sequence[int], usual: list[int], stride: Sizes) -> Sequence[int]:
    """The wanted sizes, if a pooling could have come from them."""
    ndim = len(usual)
    if len(wanted) == ndim + 2:
        wanted = wanted[2:]
    if len(wanted) != ndim:
        raise ValueError(
            f"output_size should be a sequence containing {ndim} or {ndim + 2} elements, but it has a length "
            f"of '{len(wanted)}'"
        )
    for dim, (size, middle, step) in enumerate(zip(wanted, usual, stride, strict=True)):
        if not middle - step < size < middle + step:
            raise ValueError(
                f'invalid output_size "{wanted}" (dim {dim} must be between {middle - step} and '
                f"{middle + step})"
            )
    return wanted
