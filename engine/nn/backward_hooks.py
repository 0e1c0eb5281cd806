"""Backward hooks of a module: functions that see, and may replace, the gradients that pass through it.

A module with such hooks gets a gate before it and one behind it: nodes that pass gradients on and show them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.autograd import Function
from engine.tensor import Tensor

Hook = Callable[..., Any]


class Passage:
    """One call of a module with backward hooks, from the gradients of its results to those of its inputs."""

    def __init__(self, module: Any, before: list[Hook], after: list[Hook]) -> None:
        self.module = module
        self.before = before
        self.after = after
        self.grad_output: tuple[Any, ...] = ()
        self.entered = False

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments behind the first gate."""
        self.entered = any(isinstance(arg, Tensor) and arg.requires_grad for arg in args)
        return self._through(_Entry, args) if self.entered else args

    def leave(self, result: Any) -> Any:
        """The results behind the last gate."""
        if isinstance(result, Tensor):
            return self._through(_Exit, (result,))[0]
        return type(result)(self._through(_Exit, tuple(result))) if type(result) in (tuple, list) else result

    def _through(self, gate: type[Function], values: tuple[Any, ...]) -> tuple[Any, ...]:
        tensors = [value for value in values if isinstance(value, Tensor)]
        if not any(tensor.requires_grad for tensor in tensors):
            return values
        passed = iter(gate.apply(self, *tensors))
        return tuple(next(passed) if isinstance(value, Tensor) else value for value in values)

    def arrived(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        """Gradients of the results are here: the hooks before the module's backward see them."""
        for hook in self.before:
            grads = _replaced(hook(self.module, grads), grads)
        self.grad_output = grads
        if not self.entered:
            for hook in self.after:
                hook(self.module, (None,), grads)
        return grads

    def passed(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        """Gradients of the inputs are here: the hooks behind see both."""
        for hook in self.after:
            grads = _replaced(hook(self.module, grads, self.grad_output), grads)
        return grads


class _Gate(Function):
    """Hands tensors through unchanged."""

    @staticmethod
    def forward(ctx: Any, passage: Passage, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.passage = passage
        return tuple(tensor.view_as(tensor) for tensor in tensors)


class _Entry(_Gate):
    """Before the module; its backward comes last."""

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return (None, *ctx.passage.passed(grads))


class _Exit(_Gate):
    """Behind the module; its backward comes first."""

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return (None, *ctx.passage.arrived(grads))


def _replaced(given: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    if given is None:
        return grads
    given = given if isinstance(given, tuple) else (given,)
    if len(given) != len(grads):
        raise RuntimeError(
            f"Backward hook returned an invalid number of grad_input, got {len(given)}, "
            f"but expected {len(grads)}"
        )
    return given
