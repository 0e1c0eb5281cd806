"""autograd.Function: a forward and a backward of the user's own, as one node of the graph."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import errors
from engine.grad_mode import enable_grad, is_grad_enabled, no_grad
from engine.node import Node, edge_to
from engine.tensor import Tensor, wrap

_NO_ARRAY = np.empty(0, np.float32)     # in the place of the array of an output that is no tensor


class FunctionContext:
    """What ``forward`` leaves for ``backward``: saved tensors, and any attribute set on it."""

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.materialize_grads = True
        self._saved: list[tuple[Tensor | None, int]] | None = []
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._plain: frozenset[int] = frozenset()  # outputs that are no tensors

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs; a later write into one is noticed when it is used."""
        self._saved = [(t, t._counter[0] if t is not None else 0) for t in tensors]

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors saved, as they were."""
        if self._saved is None:
            raise errors.second_backward()
        for tensor, version in self._saved:
            if tensor is not None and tensor._counter[0] != version:
                kind = tensor.dtype.tensor_type
                raise errors.modified(kind, tensor.shape, "", 0, tensor._counter[0], version)
        return tuple(tensor for tensor, _ in self._saved)

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs ``forward`` wrote into."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` is given zeros, rather than None, for outputs that nothing used."""
        self.materialize_grads = value


class FunctionNode(Node):
    """The node of one call of a Function."""

    __slots__ = ("context", "function")

    context: FunctionContext
    function: type[Function]

    def name(self) -> str:
        """The Function's name with ``Backward`` after it."""
        return f"{self.function.__name__}Backward"

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{self.name()} object at {hex(id(self))}>"

    def release(self) -> None:
        """Drop what was saved; a second backward then says so."""
        if self.context._saved:
            self.context._saved = None

    def apply(self, grads: Any, needs: list[bool] | None, create_graph: bool) -> tuple[Any, ...]:
        """The user's backward, on tensors."""
        given = [g if g is None or isinstance(g, Tensor) else wrap(g) for g in grads]
        for nr in self.context._plain:
            given[nr] = None
        with enable_grad() if create_graph else no_grad():
            found = self.function.backward(self.context, *given)
        results = found if isinstance(found, tuple) else (found,)
        while len(results) > len(self.edges) and results[-1] is None:
            results = results[:-1]
        if len(results) != len(self.edges):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected "
                f"{len(self.edges)}, got "
                f"{len(results)})"
            )
        for number, (result, edge) in enumerate(zip(results, self.edges, strict=True)):
            if result is not None and edge is not None:
                self._check_shape(number, tuple(result.shape), edge[2])
        return results if create_graph else tuple(r if r is None else r._array for r in results)


    def _check_shape(self, number: int, got: tuple[int, ...], wanted: tuple[int, ...]) -> None:
        """A gradient may be as large as what its input was broadcast to, and nothing else."""
        added = len(got) - len(wanted)
        if added < 0 or any(w not in (1, g) for w, g in zip(wanted, got[added:], strict=True)):
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {number} - got {list(got)} "
                f"but expected shape compatible with {list(wanted)}"
            )


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A `backward` that is not itself recorded: its gradients have no gradient."""

    @functools.wraps(backward)
    def unrecorded(ctx: Any, *grads: Any) -> Any:
        with no_grad():
            found = backward(ctx, *grads)
        if is_grad_enabled() and any(isinstance(g, Tensor) and g.requires_grad for g in grads):
            results = found if isinstance(found, tuple) else (found,)
            made = tuple(_Undifferentiable.apply(r, *grads) if isinstance(r, Tensor) else r for r in results)
            return made if isinstance(found, tuple) else made[0]
        return found

    return unrecorded


class Function:
    """Base class: write static methods ``forward(ctx, …)`` and ``backward(ctx, *grads)``; call ``apply``.

    ``forward`` may also do without ``ctx`` where ``setup_context(ctx, inputs, output)`` is written.
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """From inputs to outputs; nothing inside is recorded."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what ``backward`` needs, where ``forward`` takes no ``ctx``."""

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """One gradient for each argument of ``forward``, None for what has none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with backward mode AD."
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """RuntimeError: the class itself is used, by ``apply``."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style "
            "autograd function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call the forward and record it as one node."""
        context = FunctionContext()
        wants = [isinstance(x, Tensor) and x.requires_grad for x in args]
        context.needs_input_grad = tuple(wants)
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(context, args, result)
            else:
                result = cls.forward(context, *args)
        if not (any(wants) and is_grad_enabled()):
            return result
        node = FunctionNode(
            None,
            [edge_to(x) if want else None for x, want in zip(args, wants, strict=True)], [], {}, (),
        )
        node.context, node.function = context, cls
        outputs = result if isinstance(result, tuple) else (result,)
        arrays = [out._array if isinstance(out, Tensor) else _NO_ARRAY for out in outputs]
        context._plain = frozenset(nr for nr, array in enumerate(arrays) if array is _NO_ARRAY)
        node.out_meta = [(array.shape, array.dtype) for array in arrays]
        node.special = True
        node.materialize = context.materialize_grads
        linked = tuple(cls._link(out, node, nr, args, context) for nr, out in enumerate(outputs))
        return linked if isinstance(result, tuple) else linked[0]

    @staticmethod
    def _link(out: Any, node: Node, nr: int, args: tuple[Any, ...], context: FunctionContext) -> Any:
        """An output with its place in the graph; an input handed through gets a name of its own."""
        if not isinstance(out, Tensor) or out._array.dtype.kind != "f":
            return out
        if any(out is t for t in context._constant):
            return out
        if any(out is t for t in args) and not any(out is t for t in context._dirty):
            same = wrap(out._array)
            same._counter = out._counter
            out = same
        out._node, out._nr, out._requires_grad = node, nr, True
        return out


class _Undifferentiable(Function):
    """Hands a tensor through, and refuses the gradient of what `once_differentiable` marks."""

    @staticmethod
    def forward(ctx: Any, found: Tensor, *_: Any) -> Tensor:
        return found.clone()

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )
