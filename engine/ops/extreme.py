"""The largest and the smallest, and where they are. Ties: a whole-tensor or multi-dim extreme shares its
gradient evenly among them, ``max(dim)`` gives it to one, and ``maximum`` halves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import return_types
from engine.layout import in_rows
from engine.op import Array, Op, composite, op
from engine.ops.compare import where
from engine.ops.gather import put_at
from engine.ops.reduce import Dims, axes, restore, sum
from engine.ops.shape import unsqueeze, wrap_dim
from engine.ops.table import binary
from engine.tensor import Tensor


def _tie_rule(g: Array, input: Array, other: Array, better: Any) -> tuple[Array, Array]:
    shared = where(input == other, g / 2, g)     # next to NaN neither is better, and both get all
    return where(better(other, input), 0.0, shared), where(better(input, other), 0.0, shared)


maximum = binary(
    "maximum", np.maximum, lambda g, input, other: _tie_rule(g, input, other, lambda a, b: a > b),
    "the larger of two, element by element", numbers="none",
)
minimum = binary(
    "minimum", np.minimum, lambda g, input, other: _tie_rule(g, input, other, lambda a, b: a < b),
    "the smaller of two, element by element", numbers="none",
)
fmax = binary(
    "fmax",
    np.fmax,
    lambda g, input, other: (
        where((input >= other) | (other != other), g, 0.0),
        where((input >= other) | (other != other), 0.0, g),
    ),
    "the larger of two, where one is NaN the other", numbers="none",
)
fmin = binary(
    "fmin",
    np.fmin,
    lambda g, input, other: (
        where((input <= other) | (other != other), g, 0.0),
        where((input <= other) | (other != other), 0.0, g),
    ),
    "the smaller of two, where one is NaN the other", numbers="none",
)


def _checked(input: Any, dim: Dims, name: str) -> Any:
    where_ = axes(dim, input.ndim)
    shape = input.shape
    if 0 in [shape[d] for d in (range(len(shape)) if where_ is None else where_)]:
        if dim is None:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                "reduction dim with the 'dim' argument."
            )
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    return where_


def _shared(g: Array, input: Array, out: Array, dim: Any, keepdim: Any) -> Array:
    """The gradient of an extreme, split evenly over the elements that reach it."""
    shape = input.shape
    hit = input == restore(out, shape, dim, keepdim)
    ties = sum(hit, dim, True, None)
    return where(hit, restore(g, shape, dim, keepdim) / ties, 0.0)


def _extreme(name: str, reduce: Any, doc: str, node: str) -> Any:
    def forward(input: Array, dim: Dims = None, keepdim: bool = False) -> Array:
        return reduce(input, axis=_checked(input, dim, name.split("_")[0]), keepdims=keepdim)

    made = op(family="extreme", doc=doc, name=name, node=node, internal="_" in name)(forward)
    made.vjp(_shared)
    return made


amax = _extreme("amax", np.maximum.reduce, "the largest over some dimensions", "AmaxBackward0")
amin = _extreme("amin", np.minimum.reduce, "the smallest over some dimensions", "AminBackward0")
_max_all = _extreme("max_all", np.maximum.reduce, "the largest element", "MaxBackward1")
_min_all = _extreme("min_all", np.minimum.reduce, "the smallest element", "MinBackward1")


def _along(name: str, find: Any, doc: str) -> Any:
    def forward(input: Array, dim: int, keepdim: bool = False) -> Any:
        if not input.ndim:
            wrap_dim(dim, 0)
            return input.copy(), np.zeros((), np.int64)
        at = wrap_dim(dim, input.ndim)
        _checked(input, dim, name.split("_")[0])
        where_ = find(input, axis=at, keepdims=True)
        values = np.take_along_axis(input, where_, at)
        return (values, where_) if keepdim else (values.squeeze(at), where_.squeeze(at))

    made = op(
        family="extreme",
        doc=doc,
        name=name,
        internal=True,
        node=f"{name.split('_')[0].capitalize()}Backward0",
    )(forward)

    def rule(g: Any, out: Any, input_shape: Any, dim: int, keepdim: bool) -> Array:
        if not input_shape:
            return g[0]
        grad, where_ = (g[0], out[1]) if keepdim else (unsqueeze(g[0], dim), unsqueeze(out[1], dim))
        return put_at(grad, where_, dim, input_shape)

    made.vjp(rule)
    return made


max_along = _along("max_along", np.argmax, "largest along a dimension, and where")
min_along = _along("min_along", np.argmin, "smallest along a dimension, and where")


def _front(name: str, whole: Any, along: Any, pairwise: Any, doc: str) -> None:
    """PyTorch's three functions of one name: of all, along a dimension, of two tensors."""
    kind = getattr(return_types, name)

    def function(
        input: Array, dim: Any = None, keepdim: bool = False, *, other: Any = None, axis: Any = None
    ) -> Any:
        other = dim if isinstance(dim, Tensor) else other
        if other is not None:
            return pairwise.call(input, other)
        dim = axis if dim is None else dim
        return whole.call(input, None, False) if dim is None else kind(*along.call(input, dim, keepdim))

    function.__name__ = name
    composite(family="extreme", doc=doc)(function)


_front("max", _max_all, max_along, maximum, "the largest: of all, along a dimension with where, or of two")
_front("min", _min_all, min_along, minimum, "the smallest: of all, along a dimension with where, or of two")


def _position(name: str, find: Any, doc: str) -> Op:
    def forward(input: Array, dim: int | None = None, keepdim: bool = False) -> Array:
        if input.dtype.kind == "b":
            raise RuntimeError(f"{name}(): does not support bool input")
        if dim is None and not input.size:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        where_ = _checked(input, dim, name)
        found = find(input, axis=None if where_ is None or not input.ndim else where_[0], keepdims=keepdim)
        return np.asarray(found, np.int64)

    made: Op = op(family="extreme", doc=doc, nondiff=True, name=name)(forward)
    return made


argmax = _position("argmax", np.argmax, "where the largest is")
argmin = _position("argmin", np.argmin, "where the smallest is")


@composite(family="extreme", doc="the smallest and the largest")
def aminmax(input: Array, *, dim: int | None = None, keepdim: bool = False) -> Any:
    if dim is not None and input.ndim and not input.shape[dim]:
        raise IndexError(f"aminmax: Expected reduction dim {dim} to have non-zero size.")
    if dim is None and not input.numel():
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    return return_types.aminmax(amin.call(input, dim, keepdim), amax.call(input, dim, keepdim))


# ---- so far ----


def _running(name: str, better: Any, doc: str) -> Any:
    def forward(input: Array, dim: int) -> Any:
        if not input.ndim:
            if dim not in (-1, 0):
                raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
            return input.copy(), np.zeros((), np.int64)
        at = wrap_dim(dim, input.ndim)
        x = np.moveaxis(input, at, 0)
        values, places = x.copy(), np.zeros(x.shape, np.int64)
        for i in range(1, len(x)):
            with_it = better(x[i], values[i - 1]) | np.isnan(x[i])
            values[i] = np.where(with_it, x[i], values[i - 1])
            places[i] = np.where(with_it, i, places[i - 1])
        return in_rows(np.moveaxis(values, 0, at)), in_rows(np.moveaxis(places, 0, at))

    node = f"{name.capitalize()}Backward0"
    made = op(family="extreme", doc=doc, name=f"{name}_", internal=True, node=node)(forward)

    def rule(g: Any, out: Any, input_shape: Any, dim: int) -> Array:
        return put_at(g[0], out[1], dim, input_shape)

    made.vjp(rule)

    def function(input: Array, dim: int) -> Any:
        return getattr(return_types, name)(*made.call(input, dim))

    function.__name__ = name
    composite(family="extreme", doc=doc)(function)


_running("cummax", np.greater_equal, "the largest so far along a dimension, and where")
_running("cummin", np.less_equal, "the smallest so far along a dimension, and where")
