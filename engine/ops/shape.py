"""Other shapes of the same elements. Those that PyTorch makes as views share memory here too."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.op import Array, Arrays, Ints, op


def wrap_dim(dim: int, ndim: int) -> int:
    """``dim`` counted from the front; IndexError where the tensor has no such dimension."""
    limit = ndim or 1
    if not -limit <= dim < limit:
        raise errors.dim_range(dim, ndim)
    return dim % limit


def infer(shape: Any, size: int) -> tuple[int, ...]:
    """The shape with its one -1 worked out; RuntimeError where it does not hold ``size`` elements."""
    shape = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    known, unknown = 1, None
    for i, n in enumerate(shape):
        if n == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = i
        elif n < 0:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {list(shape)}")
        else:
            known *= n
    if unknown is not None:
        if known == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension "
                "size -1 can be any value and is ambiguous"
            )
        if size % known:
            raise errors.invalid_view(shape, size)
        return shape[:unknown] + (size // known,) + shape[unknown + 1 :]
    if known != size:
        raise errors.invalid_view(shape, size)
    return shape


def broadcast_shape(a: Any, b: Any) -> tuple[int, ...]:
    """The shape two shapes broadcast to, in PyTorch's words where they do not."""
    try:
        return np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        raise errors.broadcast(a, b) from None


@op(family="shape", doc="the same memory in another shape", view=True)
def view(input: Array, shape: Ints) -> Array:
    other = input.reshape(infer(shape, input.size))
    if not input.flags.c_contiguous and not np.may_share_memory(other, input) and input.size:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans "
            "across two contiguous subspaces). Use .reshape(...) instead."
        )
    return other


@view.vjp
def view_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(family="shape", doc="another shape; a view where the memory allows it", view=True, node="ViewBackward0")
def reshape(input: Array, shape: Ints) -> Array:
    return input.reshape(infer(shape, input.size))


@reshape.vjp
def reshape_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(family="shape", doc="two dimensions swapped", view=True)
def transpose(input: Array, dim0: int, dim1: int) -> Array:
    if not input.ndim:
        return input[()] if isinstance(input, np.generic) else input.view()
    return input.swapaxes(wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim))


@transpose.vjp
def transpose_vjp(g: Array, dim0: int, dim1: int) -> Array:
    return transpose(g, dim0, dim1)


@op(family="shape", doc="a new dimension of length 1", view=True)
def unsqueeze(input: Array, dim: int) -> Array:
    return np.expand_dims(input, wrap_dim(dim, input.ndim + 1))


@unsqueeze.vjp
def unsqueeze_vjp(g: Array, dim: int) -> Array:
    return squeeze(g, dim if dim >= 0 else dim)


@op(family="shape", doc="without dimensions of length 1", view=True)
def squeeze(input: Array, dim: Any = None) -> Array:
    shape = input.shape
    if dim is None:
        kept = [n for n in shape if n != 1]
    else:
        dims = {wrap_dim(d, len(shape)) for d in ((dim,) if isinstance(dim, int) else dim)}
        kept = [n for i, n in enumerate(shape) if i not in dims or n != 1]
    return input.squeeze(tuple(i for i, n in enumerate(shape) if n == 1 and (dim is None or i in dims)))


@squeeze.vjp
def squeeze_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(family="shape", doc="dimensions of length 1 stretched without copying", view=True)
def expand(input: Array, size: Ints) -> Array:
    size = (size,) if isinstance(size, int) else tuple(size)
    lead = len(size) - input.ndim
    target = tuple(input.shape[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(size))
    return np.broadcast_to(input, target)


@expand.vjp
def expand_vjp(g: Array) -> Array:
    return g
