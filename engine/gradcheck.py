"""Derivatives checked against differences: first order, and second order through ``create_graph``.

Central differences in float64: (f(x + eps) − f(x − eps)) / 2 eps. ``fast_mode`` compares one random
direction, vᵀJu, instead of every entry of the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.grad_mode import enable_grad, no_grad
from engine.gradients import grad
from engine.tensor import Tensor, wrap


class GradcheckError(RuntimeError):
    """The derivative a rule gives is not the one that differences give."""


Function = Callable[..., Any]


def _outputs(function: Function, inputs: Sequence[Any]) -> list[Tensor]:
    result = function(*inputs)
    found = [result] if isinstance(result, Tensor) else list(result)
    return [out for out in found if isinstance(out, Tensor) and out.is_floating_point()]


def _differentiable(inputs: Sequence[Any]) -> list[Tensor]:
    found = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    if not found:
        raise ValueError("gradcheck expects at least one input tensor to require gradient")
    for x in found:
        if x._array.dtype != np.float64:
            raise ValueError("gradcheck needs inputs in float64: differences say nothing in less")
    return found


def _difference(function: Function, inputs: Sequence[Any], x: Tensor, step: Any, eps: float) -> list[Any]:
    """The change of each output per unit of ``step`` in the input ``x``."""
    before = x._array.copy()
    sides = []
    try:
        for sign in (1, -1):
            x._array[...] = before + sign * eps * step
            with no_grad():
                sides.append([out._array.copy() for out in _outputs(function, inputs)])
    finally:
        x._array[...] = before
    return [(up - down) / (2 * eps) for up, down in zip(*sides, strict=True)]


def _directions(x: Tensor, fast_mode: bool, rng: np.random.Generator) -> list[Any]:
    if fast_mode:
        return [rng.standard_normal(x._array.shape)]
    units = np.eye(x._array.size)
    return [unit.reshape(x._array.shape) for unit in units]


def gradcheck(
    func: Function,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    fast_mode: bool = False,
) -> bool:
    """Whether the gradients of ``func`` are right at ``inputs``, float64 tensors that require grad.

    Raises GradcheckError with the numbers, or returns False without ``raise_exception``.
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    wanted = _differentiable(inputs)
    rng = np.random.default_rng(0)
    outputs = _outputs(func, inputs)
    weights = [wrap(rng.standard_normal(out._array.shape)) for out in outputs]
    linked = [(out, w) for out, w in zip(outputs, weights, strict=True) if out.requires_grad]
    if not linked:
        raise ValueError("gradcheck: no output requires grad")
    analytic = grad([o for o, _ in linked], wanted, [w for _, w in linked], allow_unused=True)
    for i, (x, found) in enumerate(zip(wanted, analytic, strict=True)):
        slope = np.zeros(x._array.shape) if found is None else found._array
        for step in _directions(x, fast_mode, rng):
            changes = _difference(func, inputs, x, step, eps)
            expected = sum(float((w._array * c).sum()) for w, c in zip(weights, changes, strict=True))
            got = float((slope * step).sum())
            if not abs(got - expected) <= atol + rtol * abs(expected):
                if not raise_exception:
                    return False
                raise GradcheckError(
                    f"Jacobian mismatch with respect to input {i}: the gradient of input {i}, of shape "
                    f"{list(x.shape)}, is {got:.6g} where differences give {expected:.6g}"
                )
    return True


def gradgradcheck(func: Function, inputs: Any, grad_outputs: Any = None, **options: Any) -> bool:
    """As ``gradcheck``, one order higher: checks the gradient of the gradient."""
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    wanted = _differentiable(inputs)
    rng = np.random.default_rng(1)
    if grad_outputs is None:
        shapes = [out._array.shape for out in _outputs(func, inputs) if out.requires_grad]
        grad_outputs = [wrap(rng.standard_normal(shape)).requires_grad_() for shape in shapes]

    def first_order(*both: Any) -> list[Tensor]:
        own, weights = both[: len(inputs)], both[len(inputs) :]
        outputs = [out for out in _outputs(func, own) if out.requires_grad]
        if not outputs:
            return []
        found = grad(outputs, wanted, list(weights), create_graph=True, allow_unused=True)
        return [g for g in found if g is not None]

    def recorded(*both: Any) -> list[Tensor]:
        with enable_grad():
            return first_order(*both)

    both = (*inputs, *grad_outputs)
    if not any(out.requires_grad for out in recorded(*both)):
        return True  # the gradient does not depend on anything: its derivative is 0
    return gradcheck(recorded, both, **options)
