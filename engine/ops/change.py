"""Differences and sums of neighbours along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.layout import in_rows
from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.elementwise import exp, log
from engine.ops.join import cat
from engine.ops.shape import flip, narrow, ones_as, wrap_dim
from engine.tensor import Tensor


@composite(family="scan", doc="differences of neighbours, n times over")
def diff(
    input: Array, n: int = 1, dim: int = -1, prepend: Array | None = None, append: Array | None = None
) -> Array:
    if not input.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n == 0:
        return input.clone()
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    parts = [part for part in (prepend, input, append) if part is not None]
    out = cat(parts, dim) if len(parts) > 1 else input
    for _ in range(n):
        size = out.shape[dim]
        if size < 2:
            return narrow(out, dim, 0, 0)
        ahead, behind = narrow(out, dim, 1, size - 1), narrow(out, dim, 0, size - 1)
        out = ahead ^ behind if out._array.dtype == np.bool_ else ahead - behind
    return out


def _trapezes(y: Array, x: Any, dx: float, dim: int) -> Array:
    size = y.shape[dim]
    sides = narrow(y, dim, 1, size - 1) + narrow(y, dim, 0, size - 1)
    if x is None:
        return sides * (dx / 2)
    steps = diff(x, 1, dim if x.ndim > 1 else -1)
    if x.ndim == 1:
        steps = steps.reshape([-1 if d == wrap_dim(dim, y.ndim) else 1 for d in range(y.ndim)])
    return sides * steps / 2


@composite(family="scan", doc="the area under points, by the trapezoidal rule", method=False)
def trapezoid(y: Array, x: Array | None = None, *, dx: float = 1, dim: int = -1) -> Array:
    return _trapezes(y, x, dx, dim).sum(dim)


@composite(family="scan", doc="the running area under points, by the trapezoidal rule", method=False)
def cumulative_trapezoid(y: Array, x: Array | None = None, *, dx: float = 1, dim: int = -1) -> Array:
    return _trapezes(y, x, dx, dim).cumsum(dim)


@op(family="scan", doc="log of the running sum of the exponentials, without overflow", promote="float")
def logcumsumexp(input: Array, dim: int) -> Array:
    if not input.ndim:
        return input.copy()
    return in_rows(np.logaddexp.accumulate(input, wrap_dim(dim, input.ndim)))


@logcumsumexp.vjp
def logcumsumexp_vjp(g: Array, input: Array, out: Array, dim: int) -> Array:
    if not input.ndim:
        return g

    def part(weight: Array) -> Array:
        """Σ of the positive weights after each place, times e^(input − out), in logarithms."""
        none = weight <= 0
        logs = where(none, -np.inf, log(where(none, 1.0, weight)) - out)
        return exp(flip(logcumsumexp(flip(logs, (dim,)), dim), (dim,)) + input)

    return part(g) - part(-g)


@composite(family="linalg", doc="sum of the products of two vectors' elements")
def vdot(input: Array, other: Array) -> Array:
    return input.dot(other)


@composite(family="scan", doc="slopes by central differences, one tensor for each dimension", method=False)
def gradient(input: Array, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Array, ...]:
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    dims = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    if len({wrap_dim(d, input.ndim) for d in dims}) != len(dims):
        raise RuntimeError(f"dim {dims[-1]} appears multiple times in the list of dims")
    spacing = 1 if spacing is None else spacing
    spacings = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if len(spacings) != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments "
            f"to have the same length, but got a spacing argument of length {len(spacings)} and a dim "
            f"argument of length {len(dims)}."
        )
    return tuple(_slopes(input, d, h, edge_order) for d, h in zip(dims, spacings, strict=True))


def _slopes(x: Array, dim: int, spacing: Any, edge_order: int) -> Array:
    """The derivative along `dim` of the parabola through each element and its neighbours."""
    size = x.shape[dim]
    if size <= edge_order:
        raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    if isinstance(spacing, Tensor) and spacing.ndim:
        shape = [-1 if d == wrap_dim(dim, x.ndim) else 1 for d in range(x.ndim)]
        steps = diff(spacing).reshape(shape)
    else:
        steps = ones_as(narrow(x, dim, 0, size - 1)) * spacing
    slopes = diff(x, 1, dim) / steps

    def part(values: Array, start: int, length: int) -> Array:
        return narrow(values, dim, start, length)

    before, after = part(steps, 0, size - 2), part(steps, 1, size - 2)
    left, right = part(slopes, 0, size - 2), part(slopes, 1, size - 2)
    inner = (left * after + right * before) / (before + after)
    first, last = part(slopes, 0, 1), part(slopes, size - 2, 1)
    if edge_order == 2:
        bend = (right - left) / (before + after)
        first = first - part(bend, 0, 1) * part(steps, 0, 1)
        last = last + part(bend, size - 3, 1) * part(steps, size - 2, 1)
    return cat([first, inner, last], dim)
