"""``torch.utils.checkpoint``: a part of a network is computed again in backward instead of being remembered.

The part runs once to find which parameters it leads back to; its graph is dropped at once, and made again
when the gradients arrive. Random numbers are drawn the same the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.function import Function
from engine.grad_mode import enable_grad, is_grad_enabled
from engine.gradients import grad
from engine.node import Node
from engine.random import fork_rng, get_rng_state, set_rng_state
from engine.tensor import Tensor

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None,
    preserve_rng_state: bool = True, **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, remembering only its arguments until backward.

    Args:
        function: What to compute; its result is a tensor or a tuple with tensors.
        args: Its arguments.
        use_reentrant: Taken for PyTorch's sake: both ways are one here.
        preserve_rng_state: Draw the same random numbers again in backward.
        kwargs: More arguments of the function.
    """
    if not is_grad_enabled():
        return function(*args, **kwargs)
    state = get_rng_state() if preserve_rng_state else None
    fresh = [_cut(x) if isinstance(x, Tensor) else x for x in args]
    result = function(*fresh, **kwargs)
    several = isinstance(result, tuple)
    outputs = result if several else (result,)
    leaves = [leaf for leaf in _leaves_of(outputs) if not any(leaf is x for x in fresh)]
    call = _Call(function, args, kwargs, state)
    held = [x for x in args if isinstance(x, Tensor)]
    values = [x.detach() if isinstance(x, Tensor) else x for x in outputs]
    made = Again.apply(call, values, len(held), *held, *leaves)
    return made if several else made[0]


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Modules or functions in a row, in ``segments`` of them of which all but the last are checkpointed."""
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = len(steps) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(_chain(steps[start : start + size]), input, use_reentrant=use_reentrant, **kwargs)
    return _chain(steps[size * (segments - 1) :])(input)


def _chain(steps: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    def run(input: Any) -> Any:
        for step in steps:
            input = step(input)
        return input

    return run


class _Call:
    """What has to be done again, and from which random numbers."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, state: Any) -> None:
        self.function, self.args, self.kwargs, self.state = function, args, kwargs, state

    def again(self, held: Sequence[Tensor]) -> tuple[Any, ...]:
        left = iter(held)
        args = [next(left) if isinstance(x, Tensor) else x for x in self.args]
        with fork_rng(enabled=self.state is not None), enable_grad():
            if self.state is not None:
                set_rng_state(self.state)
            result = self.function(*args, **self.kwargs)
        return result if isinstance(result, tuple) else (result,)


class Again(Function):
    """The node of a checkpointed part: its backward computes the part once more."""

    @staticmethod
    def forward(ctx: Any, call: _Call, values: list[Any], count: int, *tensors: Tensor) -> tuple[Any, ...]:
        ctx.call, ctx.count = call, count
        ctx.save_for_backward(*tensors)
        return tuple(values)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        tensors, count = ctx.saved_tensors, ctx.count
        graph = is_grad_enabled()
        held = [x.view_as(x) if graph and x.requires_grad else _cut(x) for x in tensors[:count]]
        outputs = ctx.call.again(held)
        pairs = [(out, g) for out, g in zip(outputs, grads, strict=True)
                 if isinstance(out, Tensor) and out.requires_grad]
        inputs = [*held, *tensors[count:]]
        wanted = [x for x in inputs if x.requires_grad]
        with enable_grad():
            found = iter(grad(
                [out for out, _ in pairs], wanted, [g for _, g in pairs], create_graph=graph,
                allow_unused=True,
            ))
        return None, None, None, *(next(found) if x.requires_grad else None for x in inputs)


def _cut(x: Tensor) -> Tensor:
    """The same values at the start of a graph of their own."""
    return x.detach().requires_grad_(x.requires_grad)


def _leaves_of(outputs: Sequence[Any]) -> Iterator[Tensor]:
    """The leaves that a graph leads back to, each once."""
    todo: list[Any] = [x._node or x for x in outputs if isinstance(x, Tensor) and x.requires_grad]
    seen: set[int] = set()
    while todo:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, Node):
            todo += [edge[0] for edge in at.edges if edge is not None]
        else:
            yield at
