"""``backward`` and ``grad``: where a walk back over the tape starts, and what becomes of what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.grad_mode import switch, switch_back
from engine.recording import watcher, watchers
from engine.tensor import Tensor, wrap
from engine.walk import Walk, accumulate


def _as_sequence(value: Any) -> tuple[Any, ...]:
    return (value,) if value is None or isinstance(value, Tensor) else tuple(value)


def _target(tensor: Tensor) -> tuple[Any, int]:
    node = tensor.grad_fn
    return (tensor, 0) if node is None else (node, tensor._nr)


def _root_grad(i: int, tensor: Tensor, given: Tensor | None, create_graph: bool) -> Any:
    """The gradient to start from at root number ``i``: that given, or 1 for a single element."""
    if not tensor.requires_grad:
        raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
    array = tensor._array
    if given is None:
        if array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        ones = np.empty(array.shape, array.dtype)  # np.ones takes twice as long
        ones.fill(1)
        return wrap(ones) if create_graph else ones
    if given._array.shape != array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {given.shape} and output[{i}] has a "
            f"shape of {tensor.shape}."
        )
    return given if create_graph else given._array


def _walk(keep: bool, create_graph: bool, wanted: Any) -> Walk:
    recording = watcher() if watchers else None
    if recording is None:
        return Walk(keep, create_graph, wanted)
    return recording.walk(keep, create_graph, wanted)


def _run(
    tensors: Sequence[Tensor],
    grads: Sequence[Tensor | None],
    keep: bool | None,
    create_graph: bool,
    wanted: Any,
) -> Walk:
    if len(tensors) == len(grads) == 1:
        start, roots = [_root_grad(0, tensors[0], grads[0], create_graph)], [_target(tensors[0])]
    else:
        pairs = enumerate(zip(tensors, grads, strict=True))
        start = [_root_grad(i, *pair, create_graph) for i, pair in pairs]
        roots = [_target(tensor) for tensor in tensors]
    walk = _walk(create_graph if keep is None else keep, create_graph, wanted)
    mode = switch(create_graph)
    try:
        walk.run(roots, start)
    finally:
        switch_back(mode)
    return walk


def backward_from(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradient of this tensor to the ``grad`` of every leaf it was computed from.

    ``gradient`` may be left out for a single element. The graph is freed unless ``retain_graph``.
    """
    if inputs is None:
        _run((self,), (gradient,), retain_graph, create_graph, None)
    else:
        backward(self, gradient, retain_graph, create_graph, inputs)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of ``tensors`` to the ``grad`` of the leaves, or of ``inputs`` only."""
    roots = _as_sequence(tensors)
    grads = (None,) * len(roots) if grad_tensors is None else _as_sequence(grad_tensors)
    if inputs is None:
        _run(roots, grads, retain_graph, create_graph, None)
        return
    only = _as_sequence(inputs)
    if not only:
        raise RuntimeError("`inputs` argument to `backward` cannot be empty.")
    targets = [_target(t) for t in only]
    walk = _run(roots, grads, retain_graph, create_graph, targets)
    for tensor, target in zip(only, targets, strict=True):
        grad = walk.captured.get(target)
        if grad is not None:
            accumulate(tensor, grad if create_graph else np.array(grad), create_graph)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of ``outputs`` with respect to each of ``inputs``; no ``grad`` is touched."""
    roots, only = _as_sequence(outputs), _as_sequence(inputs)
    grads = (None,) * len(roots) if grad_outputs is None else _as_sequence(grad_outputs)
    for tensor in only:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    targets = [_target(t) for t in only]
    walk = _run(roots, grads, retain_graph, create_graph, targets)
    found: list[Tensor | None] = []
    for number, (tensor, target) in enumerate(zip(only, targets, strict=True)):
        value = walk.captured.get(target)
        if value is None:
            if not (allow_unused or materialize_grads):
                raise RuntimeError(
                    f"The differentiated Tensor at index {number} appears to not have been used in the "
                    "graph. Set allow_unused=True if this is the desired behavior."
                )
            found.append(wrap(np.zeros_like(tensor._array)) if materialize_grads else None)
        else:
            found.append(value if create_graph else wrap(np.array(value)))
    return tuple(found)
