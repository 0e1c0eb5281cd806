"""Normalisation: over a batch, a sample or a group of channels, all by one op on a suitable view."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops import second
from engine.ops.elementwise import sqrt

Axes = tuple[int, ...]
Shape = tuple[int, ...]
_NAMES = {"batch": "NativeBatchNormBackward0", "layer": "NativeLayerNormBackward0",
          "group": "NativeGroupNormBackward0"}


@op(family="norm", doc="mean 0 and variance 1 over some dimensions, then weight and bias", internal=True,
    node=lambda node: _NAMES[node.statics[0]],
    second=lambda node, results: results if node.statics[0] == "group" else second.jointly(node, results))
def normalize_over(
    input: Array, weight: Array | None, bias: Array | None, kind: str, view: Shape, axes: Axes, affine: Shape,
    eps: float,
) -> tuple[Array, Array, Array]:
    """Normalises `input` seen as `view` over `axes`; weight and bias are seen as `affine`, which broadcasts.

    Gives the result in the input's shape, and mean and variance (not corrected) with kept dimensions.
    """
    x = input.reshape(view)
    size = x.dtype.type(_count(view, axes))
    mean = np.add.reduce(x, axes, keepdims=True) / size
    out = x - mean
    variance = np.add.reduce(out * out, axes, keepdims=True) / size
    out *= 1 / np.sqrt(variance + eps)
    if weight is not None:
        out *= weight.reshape(affine)
    if bias is not None:
        out += bias.reshape(affine)
    return out.reshape(input.shape), mean, variance


@normalize_over.vjp
def normalize_over_vjp(
    g: Array, input: Array, weight: Array | None, bias: Array | None, out: Array, view: Shape, axes: Axes,
    affine: Shape, eps: float, needs: Any,
) -> tuple[Array | None, ...]:
    grad, x = g[0].reshape(view), input.reshape(view)
    if isinstance(x, np.ndarray):
        _, mean, variance = out
    else:       # under create_graph the statistics are part of what is differentiated
        mean = x.mean(axes, keepdim=True)
        variance = ((x - mean) * (x - mean)).mean(axes, keepdim=True)
    scale = 1 / sqrt(variance + eps)
    unit = (x - mean) * scale
    others = tuple(d for d, n in enumerate(affine) if n == 1)
    to_input = to_weight = to_bias = None
    if needs[1] and weight is not None:
        to_weight = _kept_sum(grad * unit, others).reshape(weight.shape)
    if needs[2] and bias is not None:
        to_bias = _kept_sum(grad, others).reshape(bias.shape)
    if needs[0]:
        inner = grad if weight is None else grad * weight.reshape(affine)
        size = _count(view, axes)
        slope = inner - _kept_sum(inner, axes) / size - unit * (_kept_sum(inner * unit, axes) / size)
        to_input = (slope * scale).reshape(input.shape)
    return to_input, to_weight, to_bias


@op(family="norm", doc="by a mean and a variance for each channel, then weight and bias", internal=True,
    node="NativeBatchNormBackward0", second=second.jointly)
def normalize_by(
    input: Array, mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float
) -> Array:
    """(N, C, …): each channel less its mean, over the root of its variance."""
    scale = 1 / np.sqrt(variance + variance.dtype.type(eps))
    scale = scale if weight is None else scale * weight
    shift = -mean * scale
    shift = shift if bias is None else shift + bias
    along = (-1, *(1,) * (input.ndim - 2))
    return input * scale.reshape(along) + shift.reshape(along)


@normalize_by.vjp
def normalize_by_vjp(
    g: Array, input: Array, mean: Array, variance: Array, weight: Array | None, bias: Array | None,
    eps: float, needs: Any,
) -> tuple[Array | None, ...]:
    along = (-1, *(1,) * (len(input.shape) - 2))
    others = (0, *range(2, len(input.shape)))
    spread = 1 / sqrt(variance + eps)
    to_input = to_weight = None
    if needs[0]:
        to_input = g * (spread if weight is None else spread * weight).reshape(along)
    if needs[3]:
        unit = (input - mean.reshape(along)) * spread.reshape(along)
        to_weight = _kept_sum(g * unit, others).reshape(spread.shape)
    to_bias = _kept_sum(g, others).reshape(spread.shape) if needs[4] else None
    return to_input, None, None, to_weight, to_bias


def _kept_sum(x: Array, axes: Axes) -> Array:
    if isinstance(x, np.ndarray):
        return np.add.reduce(x, axes, keepdims=True)
    return x.sum(axes, keepdim=True) if axes else x


def _count(view: Shape, axes: Axes) -> int:
    size = 1
    for axis in axes:
        size *= view[axis]
    return size
