"""Many elements to fewer: sums, means, products, spreads."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import cast_dtype, dtype, from_numpy_dtype
from engine.layout import in_rows
from engine.op import Array, composite, op
from engine.ops.compare import where
from engine.ops.elementwise import abs as abs_
from engine.ops.elementwise import exp, sign
from engine.ops.scan import exclusive_product, summable
from engine.ops.shape import expand, reshape

Dims = Any  # None, one int or a sequence of them

# numpy's type stubs want ``keepdims`` written out as True or False.
add_up: Any = np.add.reduce
multiply_up: Any = np.multiply.reduce
largest: Any = np.maximum.reduce
smallest: Any = np.minimum.reduce


def axes(dim: Dims, ndim: int) -> tuple[int, ...] | None:
    """numpy's axes for PyTorch's ``dim``: checked, not negative; None for all."""
    if dim is None:
        return None
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if not dims:
        return None
    limit = ndim or 1
    for d in dims:
        if not -limit <= d < limit:
            raise errors.dim_range(d, ndim)
    found = tuple([d % limit for d in dims])
    if len(set(found)) != len(found):
        raise RuntimeError(f"dim {found[0]} appears multiple times in the list of dims")
    return found if ndim else ()


def restore(g: Array, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Array:
    """A reduced gradient or result stretched back over the dimensions that were reduced."""
    if not shape:
        return g
    if not keepdim:
        kept = list(shape)
        for d in axes(dim, len(shape)) or range(len(shape)):
            kept[d] = 1
        g = reshape(g, kept)
    return expand(g, shape)


def count(shape: tuple[int, ...], dim: Dims) -> int:
    """How many elements each result is made of."""
    found = axes(dim, len(shape))
    number = 1
    for d in range(len(shape)) if found is None else found:
        number *= shape[d]
    return number


def _numbered(name: str) -> Any:
    """Node names that differ with and without ``dim``, as in PyTorch."""
    return lambda node: f"{name}Backward{int(node.statics[0] is not None)}"


@op(family="reduce", doc="sum of the elements", node=_numbered("Sum"))
def sum(input: Array, dim: Dims = None, keepdim: bool = False, dtype: dtype | None = None) -> Array:
    if dim is None and not keepdim and dtype is None and input.dtype.kind == "f":
        return add_up(input, None)
    input = summable(input, dtype)
    return in_rows(add_up(input, axis=axes(dim, input.ndim), dtype=input.dtype, keepdims=keepdim))


@sum.vjp
def sum_vjp(g: Array, input_shape: Any, dim: Any, keepdim: Any) -> Array:
    return restore(g, input_shape, dim, keepdim)


@op(family="reduce", doc="mean of the elements", node=_numbered("Mean"))
def mean(input: Array, dim: Dims = None, keepdim: bool = False, dtype: dtype | None = None) -> Array:
    if dtype is not None:
        input = cast_dtype(dtype, input)
    if input.dtype.kind != "f":
        kind = from_numpy_dtype(input.dtype).tensor_type[6:-6]
        which = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {which} dtype must be either a floating point or complex "
            f"dtype. Got: {kind}"
        )
    total = in_rows(add_up(input, axis=axes(dim, input.ndim), keepdims=keepdim))
    return total / input.dtype.type(count(input.shape, dim))


@mean.vjp
def mean_vjp(g: Array, input_shape: Any, dim: Any, keepdim: Any) -> Array:
    return restore(g / (count(input_shape, dim) or 1), input_shape, dim, keepdim)


@composite(family="reduce", doc="sum of the elements, NaN taken as 0")
def nansum(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: dtype | None = None) -> Array:
    return sum(where(input != input, 0, input), dim, keepdim, dtype)


@composite(family="reduce", doc="mean of the elements that are not NaN")
def nanmean(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: dtype | None = None) -> Array:
    return nansum(input, dim, keepdim, dtype=dtype) / sum(input == input, dim, keepdim)


@op(family="reduce", doc="product of the elements", node=_numbered("Prod"))
def prod(input: Array, dim: Any = None, keepdim: bool = False, dtype: dtype | None = None) -> Array:
    input = summable(input, dtype)
    return in_rows(multiply_up(input, axis=axes(dim, input.ndim), dtype=input.dtype, keepdims=keepdim))


@prod.vjp
def prod_vjp(g: Array, input: Array, dim: Any, keepdim: Any) -> Array:
    if dim is None:
        return g * reshape(exclusive_product(reshape(input, (-1,)), 0), input.shape)
    return restore(g, input.shape, dim, keepdim) * exclusive_product(input, dim)


# ---- spread ----


@op(family="reduce", doc="variance of the elements", node="VarBackward0")
def var(input: Array, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> Array:
    return _variance(input, dim, correction, keepdim)


def _variance(input: Any, dim: Dims, correction: float, keepdim: bool) -> Any:
    if input.dtype.kind != "f":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    where_ = axes(dim, input.ndim)
    number = count(input.shape, dim)
    centred = input - add_up(input, axis=where_, keepdims=True) / input.dtype.type(number)
    total = in_rows(add_up(centred * centred, axis=where_, keepdims=keepdim))
    return total / input.dtype.type(max(number - correction, 0))


@var.vjp
def var_vjp(g: Array, input: Array, dim: Any, correction: Any, keepdim: Any) -> Array:
    left = count(input.shape, dim) - correction
    scale = 2 / left if left > 0 else float("nan")
    return restore(g, input.shape, dim, keepdim) * ((input - mean(input, dim, True, None)) * scale)


@op(family="reduce", doc="standard deviation of the elements", node="StdBackward0")
def std(input: Array, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> Array:
    return np.sqrt(_variance(input, dim, correction, keepdim))


@std.vjp
def std_vjp(g: Array, input: Array, out: Array, dim: Any, correction: Any, keepdim: Any) -> Array:
    return var_vjp(where(out == 0, 0.0, g / (2 * out)), input, dim, correction, keepdim)


def _spread(made: Any) -> None:
    """PyTorch's three ways to call var and std: by ``correction``, by ``unbiased``, and with no dim."""

    @made.front
    def front(
        input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None,
        axis: Any = None, keepdims: bool = False,
    ) -> Array:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        if correction is None:
            correction = 1 if unbiased is None else int(unbiased)
        dim = axis if dim is None else dim
        if count(input.shape, dim) <= correction:
            warnings.warn(
                f"{made.name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
                "reduction factor (input numel divided by output numel).", UserWarning, stacklevel=2,
            )
        return made.call(input, dim, correction, keepdim or keepdims)


_spread(var)
_spread(std)


@composite(family="reduce", doc="variance and mean", method=False)
def var_mean(
    input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Any:
    over = None if isinstance(dim, bool) else dim
    spread = var.public(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, over, keepdim, None)


@composite(family="reduce", doc="standard deviation and mean", method=False)
def std_mean(
    input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Any:
    over = None if isinstance(dim, bool) else dim
    spread = std.public(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, over, keepdim, None)


# ---- logarithm of a sum, norms ----


@op(family="reduce", doc="log of the sum of the exponentials, without overflow", promote="float")
def logsumexp(input: Array, dim: Dims, keepdim: bool = False) -> Array:
    where_ = axes(dim, input.ndim)
    top = largest(input, axis=where_, keepdims=True) if input.size else np.zeros(1, input.dtype)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(add_up(np.exp(input - top), axis=where_, keepdims=True)) + top
    return total if keepdim else total.reshape(add_up(np.empty_like(input), axis=where_).shape)


@logsumexp.vjp
def logsumexp_vjp(g: Array, input: Array, out: Array, dim: Any, keepdim: Any) -> Array:
    shape = input.shape
    return restore(g, shape, dim, keepdim) * exp(input - restore(out, shape, dim, keepdim))


@op(family="reduce", doc="length: (Σ|x|ᵖ)^(1/p), over the elements", internal=True,
    node="LinalgVectorNormBackward0")
def vector_norm(input: Array, p: float, dim: Dims = None, keepdim: bool = False) -> Array:
    if input.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            f"{from_numpy_dtype(input.dtype).tensor_type[6:-6]}"
        )
    if input.dtype == np.float16:      # the powers can be too large for it
        return vector_norm(input.astype(np.float32), p, dim, keepdim).astype(np.float16)
    where_ = axes(dim, input.ndim)
    size = np.abs(input)
    if p == np.inf:
        return largest(size, axis=where_, keepdims=keepdim)
    if p == -np.inf:
        return smallest(size, axis=where_, keepdims=keepdim)
    if p == 0:
        return add_up((size != 0).astype(input.dtype), axis=where_, keepdims=keepdim)
    if p == 2:
        return np.sqrt(add_up(size * size, axis=where_, keepdims=keepdim))
    return add_up(size**p, axis=where_, keepdims=keepdim) ** (1 / p)


@vector_norm.vjp
def vector_norm_vjp(g: Array, input: Array, out: Array, p: Any, dim: Any, keepdim: Any) -> Array | None:
    if p == 0:
        return None
    shape = input.shape
    g, out = restore(g, shape, dim, keepdim), restore(out, shape, dim, keepdim)
    if p == 1:
        return g * sign(input)
    if p in (np.inf, -np.inf):
        hit = abs_(input) == out
        ties = restore(sum(hit, dim, True, None), shape, dim, True)
        return where(hit, g * sign(input) / ties, 0.0)
    flat = out == 0
    if p == 2:
        return g * where(flat, 0.0, input / out)
    if p < 2:  # the power of 0 is infinite there
        share = where(input == 0, 0.0, abs_(input) ** (p - 1)) / out ** (p - 1)
    else:
        share = abs_(input) ** (p - 1) / where(flat, 1.0, out) ** (p - 1)
    return g * where(flat, 0.0, sign(input) * share)


@composite(family="reduce", doc="length of a vector, or of the elements of a matrix")
def norm(input: Array, p: Any = "fro", dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Array:
    if dtype is not None:
        input = input.to(dtype)
    if p == "nuc":
        from engine.ops.matrix import matrix_norm  # made of reductions itself

        return matrix_norm(input, p, (-2, -1) if dim is None else dim, keepdim)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)


# ---- truth ----


def _truth(name: str, reduce: Any, doc: str) -> None:
    def forward(input: Array, dim: Dims = None, keepdim: bool = False) -> Array:
        over = () if dim in ((), []) else axes(dim, input.ndim)     # over no dimension, not over all
        found = reduce(input, axis=over, keepdims=keepdim, dtype=np.bool_)
        return found.astype(np.uint8) if input.dtype == np.uint8 else found

    op(family="reduce", doc=doc, nondiff=True, name=name)(forward)


_truth("all", np.logical_and.reduce, "whether every element is nonzero")
_truth("any", np.logical_or.reduce, "whether any element is nonzero")


@op(family="reduce", doc="how many elements are not zero", nondiff=True)
def count_nonzero(input: Array, dim: Dims = None) -> Array:
    return add_up((input != 0).astype(np.int64), axis=axes(dim, input.ndim))
