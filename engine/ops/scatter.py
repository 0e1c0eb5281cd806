"""Values put, added or multiplied in at an index of positions along one dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.inplace import write
from engine.op import Array, composite, op
from engine.ops.gather import places_along, take_at
from engine.ops.shape import wrap_dim
from engine.tensor import Tensor


def _scatter(name: str, place: Any) -> Any:
    def forward(input: Array, src: Array, index: Array, dim: int) -> Array:
        out = input.copy()
        if not index.size:
            return out
        if not out.ndim:
            out, index = out.reshape(1), np.reshape(index, 1)
        at = places_along(index, wrap_dim(dim, out.ndim), out.shape[dim])
        if isinstance(src, np.ndarray) and src.ndim:
            src = src[tuple(slice(0, n) for n in index.shape)]
        place(out, at, src)
        return out.reshape(input.shape)

    return op(
        family="index", doc="input with src placed at index", name=name, internal=True,
        node=f"{'ScatterAdd' if 'add' in name else 'Scatter'}Backward0",
    )(forward)


_put = _scatter("put_values", lambda out, at, src: out.__setitem__(at, src))
_add = _scatter("add_values", np.add.at)


@_put.vjp
def put_values_vjp(g: Array, index: Array, dim: int) -> tuple[Array, Array, None]:
    return _put(g, 0, index, dim), take_at(g, index, dim), None


@_add.vjp
def add_values_vjp(g: Array, index: Array, dim: int) -> tuple[Array, Array, None]:
    return g, take_at(g, index, dim), None
_times = _scatter("times_values", np.multiply.at)


@_times.vjp
def times_values_vjp(g: Array) -> tuple[Array, Array, None]:
    raise RuntimeError("derivative for aten::scatter is not implemented")


_COMBINE = {"": _put, "add": _add, "multiply": _times}


def _checked(input: Any, dim: int, index: Any, src: Any) -> Any:
    """PyTorch's rules for index and source of a scatter; a source larger than the index is cut."""
    wrap_dim(dim, input.ndim)
    if index._array.dtype not in (np.int64, np.int32):
        raise RuntimeError("scatter(): Expected dtype int32/int64 for index")
    given = src if isinstance(src, Tensor) else None
    if given is not None and given.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if index.numel():
        check_scatter(input, dim, index, given)
    if given is None:
        return src if input._array.dtype.kind == "f" else np.asarray(src).astype(input._array.dtype).item()
    if given.shape != index.shape and given.ndim:
        return given[tuple(slice(0, n) for n in index.shape)]
    return given


def check_scatter(input: Any, dim: int, index: Any, src: Any) -> None:
    """RuntimeError for an index that does not fit the input or, where it is a tensor, the source."""
    own = [tuple(t.shape) or (1,) for t in (index, input, *([] if src is None else [src]))]
    for name, other in zip(("self", "src"), own[1:], strict=False):
        if len(other) != len(own[0]):
            raise RuntimeError(f"Index tensor must have the same number of dimensions as {name} tensor")
    at = wrap_dim(dim, input.ndim)
    wide = any(d != at and n > m for d, (n, m) in enumerate(zip(own[0], own[1], strict=True)))
    if wide or (src is not None and any(n > m for n, m in zip(own[0], own[2], strict=True))):
        beyond = "" if src is None else f" and to be no larger size than src {list(src.shape)}"
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart from "
            f"dimension {at}{beyond}"
        )


def _combining(reduce: str) -> Any:
    if reduce not in _COMBINE:
        raise RuntimeError("reduce argument must be either add or multiply.")
    return _COMBINE[reduce]


@composite(family="index", doc="input with src put, added or multiplied in at index along dim")
def scatter(
    input: Array, dim: int, index: Array, src: Array = None, *, value: Any = None, reduce: str = ""
) -> Array:
    return _combining(reduce)(input, _checked(input, dim, index, value if src is None else src), index, dim)


@composite(family="index", doc="input with src added at index along dim")
def scatter_add(input: Array, dim: int, index: Array, src: Array) -> Array:
    return _add(input, _checked(input, dim, index, src), index, dim)


def scatter_(
    self: Tensor, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str = ""
) -> Tensor:
    """In place: put ``src`` at ``index`` along ``dim``, or add it, or multiply by it."""
    source = _checked(self, dim, index, value if src is None else src)
    return write(self, _combining(reduce), (self, source, index, dim))


def scatter_add_(self: Tensor, dim: int, index: Any, src: Any) -> Tensor:
    """In place: add ``src`` at ``index`` along ``dim``."""
    return write(self, _add, (self, _checked(self, dim, index, src), index, dim))
