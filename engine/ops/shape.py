"""Other shapes of the same elements. What PyTorch makes as a view shares memory here too."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import from_numpy_dtype
from engine.op import Array, Ints, composite, op
from engine.recording import constant
from engine.tensor import Tensor, wrap


def wrap_dim(dim: int, ndim: int) -> int:
    """``dim`` counted from the front; IndexError where the tensor has no such dimension."""
    limit = ndim or 1
    if not -limit <= dim < limit:
        raise errors.dim_range(dim, ndim)
    return dim % limit


def ones_as(x: Array) -> Array:
    """Ones in the shape and type of an array or a tensor."""
    return wrap(constant(np.ones_like(x._array))) if isinstance(x, Tensor) else np.ones_like(x)


def infer(shape: Any, size: int) -> tuple[int, ...]:
    """The shape with its one -1 worked out; RuntimeError where it does not hold ``size`` elements."""
    try:
        shape = (int(shape),) if isinstance(shape, int) else tuple([operator.index(n) for n in shape])
    except TypeError:
        kind = next(type(n).__name__ for n in shape if not hasattr(n, "__index__"))
        raise TypeError(f"type must be tuple of ints,but got {kind}") from None
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
        if known == 0 and size == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
                "dimension size -1 can be any value and is ambiguous"
            )
        if known == 0 or size % known:
            raise errors.invalid_view(shape, size)
        return (*shape[:unknown], size // known, *shape[unknown + 1 :])
    if known != size:
        raise errors.invalid_view(shape, size)
    return shape


def broadcast_shape(a: Any, b: Any) -> tuple[int, ...]:
    """The shape two shapes broadcast to, in PyTorch's words where they do not."""
    try:
        return np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        raise errors.broadcast(a, b) from None


# ---- the elements in another shape ----


@op(family="shape", doc="the same memory in another shape", view=True)
def view(input: Array, shape: Ints) -> Array:
    other = input.reshape(infer(shape, input.size))
    if not input.flags.c_contiguous and input.size and not np.may_share_memory(other, input):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans "
            "across two contiguous subspaces). Use .reshape(...) instead."
        )
    return other


@view.vjp
def view_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@view.front
def view_front(input: Array, *shape: Any, size: Any = None) -> Array:
    if len(shape) == 1 and not (isinstance(shape[0], (tuple, list)) or hasattr(shape[0], "__index__")):
        raise TypeError(f"view(): argument 'size' must be a shape, not {type(shape[0]).__name__}")
    return view.call(input, *(shape if size is None else (size,)))


def _reshape_node(node: Any) -> str:
    return "UnsafeViewBackward0" if node.copied else "ViewBackward0"


@op(
    family="shape", doc="the same elements in another shape; shares memory where it can", view="maybe",
    node=_reshape_node,
)
def reshape(input: Array, shape: Ints) -> Array:
    return input.reshape(infer(shape, input.size))


@reshape.vjp
def reshape_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(family="shape", doc="a result just made, in another shape", internal=True)
def unsafe_view(input: Array, shape: Any) -> Array:
    return input.reshape(shape)


@unsafe_view.vjp
def unsafe_view_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(family="shape", doc="a new dimension of length 1", view=True)
def unsqueeze(input: Array, dim: int) -> Array:
    return np.expand_dims(input, wrap_dim(dim, input.ndim + 1))


@unsqueeze.vjp
def unsqueeze_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


@op(
    family="shape",
    doc="without its dimensions of length 1, or without those named",
    view=True,
    inplace=False,
    node=lambda node: f"SqueezeBackward{_dims_given(node.statics[0])}",
)
def squeeze(input: Array, dim: Any = None) -> Array:
    shape = input.shape
    if dim is None:
        gone = [i for i, n in enumerate(shape) if n == 1]
    else:
        dims = (dim,) if isinstance(dim, int) else dim
        gone = [d for d in {wrap_dim(d, len(shape)) for d in dims} if shape and shape[d] == 1]
    return input.squeeze(tuple(gone))


def _dims_given(dim: Any) -> int:
    """PyTorch's suffix: 0 for none, 1 for one, 2 for several given as a tuple."""
    return 0 if dim is None else 1 if isinstance(dim, int) else 2


@squeeze.vjp
def squeeze_vjp(g: Array, input_shape: Any) -> Array:
    return reshape(g, input_shape)


# ---- dimensions in another order ----


@op(family="shape", doc="two dimensions swapped", view=True)
def transpose(input: Array, dim0: int, dim1: int) -> Array:
    if not input.ndim:
        wrap_dim(dim0, 0), wrap_dim(dim1, 0)
        return np.asarray(input)
    return input.swapaxes(wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim))


@transpose.vjp
def transpose_vjp(g: Array, dim0: int, dim1: int) -> Array:
    return transpose(g, dim0, dim1)


@op(family="shape", doc="the dimensions in a given order", view=True)
def permute(input: Array, dims: Ints) -> Array:
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
            f"desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = "
            f"{len(dims)}"
        )
    order = [wrap_dim(d, input.ndim) for d in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return np.transpose(input, order)


@permute.vjp
def permute_vjp(g: Array, dims: Any) -> Array:
    return permute(g, tuple(int(i) for i in np.argsort([d % len(dims) for d in dims])))


@op(family="shape", doc="a matrix transposed", view=True)
def t(input: Array) -> Array:
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T


@t.vjp
def t_vjp(g: Array) -> Array:
    return t(g)


@composite(family="shape", doc="dimensions moved to other places, the rest in order")
def movedim(input: Array, source: Any, destination: Any) -> Array:
    ndim = input.ndim
    given = [[dims] if isinstance(dims, int) else list(dims) for dims in (source, destination)]
    if len(given[0]) != len(given[1]):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({given[0]} dims) should contain the same "
            f"number of dims as destination ({given[1]} dims)"
        )
    sources, targets = ([wrap_dim(d, ndim) for d in dims] for dims in given)
    for name, dims, found in zip(("source", "destination"), given, (sources, targets), strict=True):
        if len(set(found)) != len(found):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({dims})")
    order = [d for d in range(ndim) if d not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        order.insert(target, moved)
    return permute(input, order if ndim else ())


# ---- stretched, cut ----


@op(family="shape", doc="dimensions of length 1 stretched without copying", view=True)
def expand(input: Array, size: Ints) -> Array:
    size = (size,) if isinstance(size, int) else tuple(size)
    lead = len(size) - input.ndim
    if lead < 0:
        kind = from_numpy_dtype(input.dtype).tensor_type
        raise RuntimeError(
            f"expand({kind}{{{list(input.shape)}}}, size={list(size)}): the number of sizes "
            f"provided ({len(size)}) must be greater or equal to the number of dimensions in the tensor "
            f"({input.ndim})"
        )
    target: list[int] = []
    for i, n in enumerate(size):
        own: Any = input.shape[i - lead] if i >= lead else None
        if n == -1 and own is None:
            kind = from_numpy_dtype(input.dtype).tensor_type
            raise RuntimeError(
                f"expand({kind}{{{list(input.shape)}}}, size={list(size)}): the expanded size of "
                f"the tensor (-1) isn't allowed in a leading, non-existing dimension {i}"
            )
        if own is not None and n not in (-1, own) and own != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({own}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(size)}.  Tensor sizes: "
                f"{list(input.shape)}"
            )
        target.append(own if n == -1 else n)
    return np.broadcast_to(input, target)


@expand.vjp
def expand_vjp(g: Array) -> Array:
    return g  # summed over the stretched dimensions like every broadcast


@composite(family="shape", doc="stretched to the shape of other")
def expand_as(input: Array, other: Array) -> Array:
    return expand(input, other.shape)


@composite(family="shape", doc="stretched to a shape")
def broadcast_to(input: Array, size: Any) -> Array:
    return expand(input, tuple(size))


@op(family="shape", doc="one entry of a dimension, which goes away", view=True, part=True)
def select(input: Array, dim: int, index: int) -> Array:
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    at = wrap_dim(dim, input.ndim)
    if not -input.shape[at] <= index < input.shape[at]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {at}"
        )
    return input[(slice(None),) * at + (index, ...)]


@select.vjp
def select_vjp(g: Array, input_shape: Any, dim: int, index: int) -> Array:
    index %= input_shape[dim]
    return pad_to(unsqueeze(g, dim if dim >= 0 else len(input_shape) + dim), dim, index, input_shape)


@op(family="shape", doc="a stretch of a dimension", view=True, part=True, node="SliceBackward0")
def narrow(input: Array, dim: int, start: int, length: int) -> Array:
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    at = wrap_dim(dim, input.ndim)
    size = input.shape[at]
    if not -size <= start <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got {start})"
        )
    start = start + size if start < 0 else start
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return input[(slice(None),) * at + (slice(start, start + length),)]


@narrow.vjp
def narrow_vjp(g: Array, input_shape: Any, dim: int, start: int) -> Array:
    return pad_to(g, dim, start % (input_shape[dim] or 1), input_shape)


@op(family="shape", doc="zeros of a shape with input placed along one dimension", internal=True)
def pad_to(input: Array, dim: int, start: int, shape: Any) -> Array:
    out = np.zeros(shape, input.dtype)
    at = dim % out.ndim
    out[(slice(None),) * at + (slice(start, start + input.shape[at]),)] = input
    return out


@pad_to.vjp
def pad_to_vjp(g: Array, input_shape: Any, dim: int, start: int) -> Array:
    return narrow(g, dim, start, input_shape[dim])


@op(family="shape", doc="the order along some dimensions reversed")
def flip(input: Array, dims: Ints) -> Array:
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    return np.flip(input, tuple([wrap_dim(d, input.ndim) for d in dims]) if input.ndim else ()).copy()


@flip.vjp
def flip_vjp(g: Array, dims: Any) -> Array:
    return flip(g, dims)
