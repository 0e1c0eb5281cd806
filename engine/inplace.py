"""Writing into a tensor: what PyTorch allows, the version counter, and the graph behind it.

The tensor keeps its memory and gets a new place in the graph. A write through a view also gives its base a
new place: the base is then the old base with that region replaced (``CopySlices``), and every other view
finds its place again from the base when it is next used (``Tensor._refresh``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import castable, from_numpy_dtype, refuse_overflow
from engine.grad_mode import is_grad_enabled, is_inference_mode_enabled
from engine.node import Node, edge_to
from engine.op import Array, Op, op
from engine.ops.shape import broadcast_shape
from engine.ops.table import zeros_as
from engine.overlap import refuse_inner, refuse_partial, writable
from engine.recording import watcher, watchers
from engine.room import constant
from engine.tensor import Tensor, wrap


@op(
    family="index", doc="input with a region replaced by value", node="torch::autograd::CopySlices",
    internal=True,
)
def copy_slices(input: Array, value: Array, region: Any) -> Array:
    out = np.array(input)       # a 0-d result of numpy's is a number, of which there is no view
    writable(region(out))[...] = value
    return out


@copy_slices.vjp
def copy_slices_vjp(g: Array, region: Any) -> tuple[Array, Array]:
    return copy_slices(g, 0, region), region(g)


def check_writable(tensor: Tensor) -> None:
    """RuntimeError where autograd forbids a write: to a leaf that wants a gradient, or a view of one."""
    if tensor._inference and not is_inference_mode_enabled():
        raise errors.outside_inference("Inplace update to", (
            "You can make a clone to get a normal tensor before doing inplace update."
            "See https://github.com/pytorch/rfcs/pull/17 for more details."
        ))
    if not is_grad_enabled():
        return
    if not tensor.requires_grad:
        view = tensor._view
        if view is not None and tensor._array.dtype.kind == "f" and view.base.requires_grad:
            raise errors.view_of_no_grad()
        return
    if tensor._view is not None and tensor._view.base._node is None:
        raise errors.leaf_inplace(is_view=True)
    if tensor._node is None:
        raise errors.leaf_inplace(is_view=False)


def write(tensor: Tensor, made: Op, args: tuple[Any, ...], any_type: bool = False) -> Tensor:
    """Put the result of an op into its first argument's memory, and record it as its new value."""
    check_writable(tensor)
    inputs = args[: made.n_tensors]
    wants, target = False, tensor._array
    if made is not copy or isinstance(args[1], Tensor):     # one number may go to one place many times
        refuse_inner(target)
    arrays = []
    for x in inputs:
        if isinstance(x, Tensor):
            wants = x.requires_grad or wants
            if (made.promote or made is copy) and (tensor._view is not None or x._view is not None):
                refuse_partial(target, x._array)
            x = x._array
        arrays.append(x)
    if made.promote:
        arrays = made.promoted(arrays)
    try:
        result = np.asarray(made.forward(*arrays, *args[made.n_tensors :]))
    except ValueError as problem:
        raise made.explain(problem, arrays) from None
    recording = watcher() if watchers else None
    if recording is not None:
        recording.forward(made, inputs, arrays, args[made.n_tensors :], result)
    if made.family == "linalg" and result.shape != target.shape:
        raise RuntimeError(
            f"Bad in-place call: input tensor size {list(target.shape)} and output tensor size "
            f"{list(result.shape)} should match"
        )
    check_fits(result, target, any_type)
    if made.nondiff and wants:      # the new value is a constant
        made, inputs = copy, (tensor, wrap(result))
        args = inputs
    node = made.record(inputs, args, target) if wants and is_grad_enabled() else None
    if node is not None:
        _keep_old_value(node, tensor)
    _spare(tensor)
    if recording is not None:
        recording.store(tensor, result)
    np.copyto(writable(target), result, casting="unsafe")
    tensor._counter[0] += 1
    if node is not None:
        if made.out_at is not None:
            node.counter, node.version = tensor._counter, tensor._counter[0]
        _rebase(tensor, node)
    return tensor


def check_fits(
    result: np.ndarray[Any, Any], target: np.ndarray[Any, Any], any_type: bool = False
) -> None:
    """RuntimeError where a result has not the shape or the category of type of the memory it is for."""
    if result.shape != target.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(result.shape)}"
        )
    if not any_type and not castable(result.dtype, target.dtype):
        kinds = [from_numpy_dtype(a.dtype).tensor_type[6:-6] for a in (result, target)]
        raise RuntimeError(f"result type {kinds[0]} can't be cast to the desired output type {kinds[1]}")


def _keep_old_value(node: Node, tensor: Tensor) -> None:
    """Where the rule needs the value about to be overwritten, it gets a copy."""
    at = node.op.first_at
    if at is not None and node.saved is not None and node.saved[at] is tensor:
        node.saved[at] = _old_value(tensor)
        node.versions[at] = 0


def _spare(tensor: Tensor) -> None:
    """Leave a copy of the numbers about to be overwritten to the node that made them, if it needs one."""
    base = tensor if tensor._view is None else tensor._view.base
    maker = base._node
    if maker is None or maker.op is None or not maker.op.spared or maker.saved is None:
        return
    if maker.counter is None or maker.counter[0] != maker.version:
        return
    copied = maker.saved[maker.op.out_at] = base._array.copy()
    maker.counter = None
    if watchers and (recording := watcher()) is not None:
        recording.copy(base._array, copied)


def _old_value(tensor: Tensor) -> Tensor:
    """What the tensor is now, with memory that the coming write does not touch."""
    old = tensor.detach()
    old._array, old._counter = tensor._array.copy(), [0]
    if watchers:
        recording = watcher()
        if recording is not None:
            recording.copy(tensor._array, old._array)
    old._node, old._nr, old._requires_grad = tensor._node, tensor._nr, tensor._requires_grad
    return old


def _rebase(tensor: Tensor, node: Node) -> None:
    """Make ``node`` the origin of ``tensor``; through a view, of that region of its base."""
    view = tensor._view
    if view is None:
        tensor._node, tensor._nr, tensor._requires_grad = node, 0, True
        tensor._hooks = None
        return
    base = view.base
    edge = edge_to(base) if base.requires_grad else None
    value = (node, 0, tensor._array.shape, tensor._array.dtype)
    base._node = Node(copy_slices, (edge, value), [view.replay], {}, ())
    base._nr, base._requires_grad = 0, True


def inplace_form(made: Any) -> Callable[..., Tensor]:
    """The method that ends in an underscore."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if isinstance(made, Op):
            return write(self, made, made.signature.bind((self, *args), kwargs))
        check_writable(self)
        result = made.call(_old_value(self), *args, **kwargs)
        check_fits(result._array, self._array)
        return copy_(self, result)

    method.__name__ = method.__qualname__ = f"{made.name}_"
    method.__doc__ = f"In place: {made.doc}."
    return method


@op(
    family="index",
    doc="the values of src in the shape and type of input",
    node="torch::autograd::CopyBackwards",
    internal=True,
)
def copy(input: Array, src: Array) -> Array:
    try:
        return np.broadcast_to(src, input.shape)
    except ValueError:
        together = broadcast_shape(input.shape, src.shape)
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(together)}"
        ) from None


@copy.vjp
def copy_vjp(g: Array, needs: Any) -> tuple[Array | None, Array]:
    return (zeros_as(g) if needs[0] else None), g


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """In place: take the values of ``src``, broadcast and cast."""
    if not isinstance(src, (Tensor, int, float, np.generic)):
        raise errors.no_tensor("copy_", "other", 1, src)
    return write(self, copy, (self, src), any_type=True)


def fill_(self: Tensor, value: Any) -> Tensor:
    """In place: every element becomes ``value``."""
    if not isinstance(value, (Tensor, int, float, np.generic)):
        raise TypeError(
            "fill_() received an invalid combination of arguments - got "
            f"({type(value).__name__}), but expected a number or a Tensor without dimensions"
        )
    if not isinstance(value, Tensor):
        refuse_overflow(value, self._array.dtype)
    graph = is_grad_enabled() and self.requires_grad
    if graph or isinstance(value, Tensor) or self._array.dtype.kind != "f":
        return write(self, copy, (self, value), any_type=True)
    check_writable(self)
    number = constant(value, self._array.dtype)
    recording = watcher() if watchers else None
    if recording is not None:
        recording.constant(number)
        recording.store(self, number)
    writable(self._array)[...] = number
    self._counter[0] += 1
    return self


def zero_(self: Tensor) -> Tensor:
    """In place: every element becomes 0."""
    return fill_(self, 0)
