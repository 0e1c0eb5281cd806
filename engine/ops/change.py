"""Differences and sums of neighbours along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.elementwise import exp, log
from engine.ops.join import cat
from engine.ops.shape import flip, narrow, wrap_dim
from engine.tensor import Tensor


@composite(family="scan", doc="differences of neighbours, n times over")
def diff(
    input: Array, n: int = 1, dim: int = -1, prepend: Array | None = None, append: Array | None = None
) -> Array:
    if not input.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
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
    return np.logaddexp.accumulate(input, wrap_dim(dim, input.ndim)) if input.ndim else input.copy()


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
def gradient(input: Array, *, spacing: float = 1, dim: Any = None, edge_order: int = 1) -> tuple[Array, ...]:
    if edge_order != 1 or isinstance(spacing, (Tensor, list, tuple)):
        raise NotImplementedError("gradient(): only a number as spacing and edge_order=1 are supported")
    dims = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    found = []
    for d in dims:
        size = input.shape[d]
        if size < 2:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
        inner = (narrow(input, d, 2, size - 2) - narrow(input, d, 0, size - 2)) / (2 * spacing)
        first = (narrow(input, d, 1, 1) - narrow(input, d, 0, 1)) / spacing
        last = (narrow(input, d, size - 1, 1) - narrow(input, d, size - 2, 1)) / spacing
        found.append(cat([first, inner, last], d))
    return tuple(found)
