"""Whole derivatives of functions: Jacobians, Hessians and their products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.creation import ones_like, zeros_like
from engine.grad_mode import enable_grad
from engine.gradients import grad
from engine.ops.join import stack
from engine.tensor import Tensor

Tensors = tuple[Tensor, ...]


def _run(func: Callable[..., Any], inputs: Any, create_graph: bool) -> tuple[Tensors, Any]:
    """Inputs that want gradients, and what the function makes of them."""
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    leaves = tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_() for x in given
    )
    with enable_grad():
        return leaves, func(*leaves)


def _alone(found: Tensors, wanted: Any) -> Any:
    return found if isinstance(wanted, tuple) else found[0]


def _rows(output: Tensor, leaves: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The gradients of each element of ``output``, one below the other, for every input."""
    rows: list[list[Tensor]] = [[] for _ in leaves]
    for element in output.reshape(-1):
        unused: tuple[Tensor | None, ...] = (None,) * len(leaves)
        if element.requires_grad:
            unused = grad(element, leaves, retain_graph=True, create_graph=create_graph, allow_unused=True)
        for i, (found, leaf) in enumerate(zip(unused, leaves, strict=True)):
            if found is None and strict:
                raise RuntimeError(f"Output of the function is independent of input {i}.")
            rows[i].append(zeros_like(leaf) if found is None else found)
    return tuple(
        stack(row, 0).reshape(tuple(output.shape) + tuple(leaf.shape))
        if row else leaf.new_zeros(tuple(output.shape) + tuple(leaf.shape))
        for row, leaf in zip(rows, leaves, strict=True)
    )


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False,
) -> Any:
    """How each element of ``func(*inputs)`` changes with each element of each input.

    Returns:
        A tensor of the output's shape followed by the input's; a tuple of them for a tuple of inputs, and a
        tuple of those for a tuple of outputs.
    """
    leaves, outputs = _run(func, inputs, create_graph)
    found = tuple(
        _alone(_rows(out, leaves, create_graph, strict), inputs)
        for out in (outputs if isinstance(outputs, tuple) else (outputs,))
    )
    return found if isinstance(outputs, tuple) else found[0]


def hessian(
    func: Callable[..., Tensor], inputs: Any, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False,
) -> Any:
    """The second derivatives of a function with one number as its value."""

    def slopes(*leaves: Tensor) -> Any:
        value = func(*leaves)
        if value.numel() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single element"
            )
        found = grad(value.reshape(()), leaves, create_graph=True, materialize_grads=True)
        return _alone(tuple(g for g in found if g is not None), inputs)

    return jacobian(slopes, inputs, create_graph, strict)


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The function's value, and the product of ``v`` with its Jacobian."""
    leaves, outputs = _run(func, inputs, create_graph)
    found = grad(
        outputs, leaves, v, create_graph=create_graph, allow_unused=not strict, materialize_grads=not strict
    )
    values = tuple(out if create_graph else out.detach() for out in _as_tuple(outputs))
    return _alone(values, outputs), _alone(tuple(g for g in found if g is not None), inputs)


def hvp(func: Callable[..., Tensor], inputs: Any, v: Any = None, create_graph: bool = False) -> Any:
    """The function's value, and the product of its Hessian with ``v``."""
    leaves, value = _run(func, inputs, create_graph)
    slopes = grad(value, leaves, create_graph=True, materialize_grads=True)
    found = grad(slopes, leaves, v, create_graph=create_graph, materialize_grads=True)
    result = value if create_graph else value.detach()
    return result, _alone(tuple(g for g in found if g is not None), inputs)


def vhp(
    func: Callable[..., Tensor], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> Any:
    """The function's value, and the product of ``v`` with its Hessian, which is symmetric."""
    return hvp(func, inputs, v, create_graph)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The function's value, and the product of its Jacobian with ``v``: how it changes along ``v``.

    By two walks back: the gradient is linear in what it starts from, and its slope by that is the answer.
    """
    leaves, outputs = _run(func, inputs, create_graph=True)
    if v is None and (len(leaves) != 1 or leaves[0].numel() != 1):
        raise RuntimeError(
            "The vector v can only be None if the input to the user-provided function is a single Tensor "
            "with a single element."
        )
    values = _as_tuple(outputs)
    start = tuple(zeros_like(out).requires_grad_() for out in values)
    with enable_grad():
        back = grad(
            outputs, leaves, start, create_graph=True, allow_unused=not strict, materialize_grads=True
        )
        found = grad(
            back, start, _as_tuple(v) if v is not None else tuple(ones_like(x) for x in leaves),
            create_graph=create_graph, allow_unused=not strict, materialize_grads=True,
        )
    return (
        _alone(tuple(out if create_graph else out.detach() for out in values), outputs),
        _alone(tuple(g for g in found if g is not None), outputs),
    )


def _as_tuple(value: Any) -> Tensors:
    return value if isinstance(value, tuple) else (value,)
