"""``backward`` and ``grad``: where a walk back over the tape starts, and what becomes of what it finds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.grad_mode import switch, switch_back
from engine.recording import constant, watcher, watchers
from engine.tensor import Tensor, wrap
from engine.walk import Start, Walk, accumulate


def _as_sequence(value: Any) -> tuple[Any, ...]:
    return (value,) if value is None or isinstance(value, Tensor) else tuple(value)


def _target(tensor: Tensor) -> tuple[Any, int]:
    node = tensor.grad_fn
    return (tensor, 0) if node is None else (node, tensor._nr)


def _start(i: int, tensor: Tensor, given: Tensor | None, create_graph: bool) -> Start:
    """Where a walk starts for tensor number ``i``, and with what gradient: 1 for a single element."""
    if not tensor.requires_grad:
        raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
    array, node = tensor._array, tensor._node
    target, nr = tensor if node is None else node, tensor._nr
    if given is None:
        if array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        ones = np.empty(array.shape, array.dtype)  # np.ones takes twice as long
        ones.fill(1)
        constant(ones)
        return target, nr, wrap(ones) if create_graph else ones
    if given._array.shape != array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {given.shape} and output[{i}] has a "
            f"shape of {tensor.shape}."
        )
    return target, nr, given if create_graph else given._array


def _starts(tensors: Sequence[Tensor], grads: Sequence[Tensor | None], create_graph: bool) -> list[Start]:
    pairs = enumerate(zip(tensors, grads, strict=True))
    return [_start(i, *pair, create_graph) for i, pair in pairs]


def _walk(keep: bool, create_graph: bool, wanted: Any) -> Walk:
    recording = watcher() if watchers else None
    if recording is None:
        return Walk(keep, create_graph, wanted)
    return recording.walk(keep, create_graph, wanted)


def _run(starts: Sequence[Start], keep: bool | None, create_graph: bool, wanted: Any) -> Walk:
    walk = _walk(create_graph if keep is None else keep, create_graph, wanted)
    mode = switch(create_graph)
    try:
        walk.run(starts)
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
        _run([_start(0, self, gradient, create_graph)], retain_graph, create_graph, None)
    else:
        backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of ``tensors`` to the ``grad`` of the leaves, or of ``inputs`` only.

    ``grad_variables`` is an old name of ``grad_tensors``.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. "
                "Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    roots = _as_sequence(tensors)
    grads = (None,) * len(roots) if grad_tensors is None else _as_sequence(grad_tensors)
    if inputs is None:
        _run(_starts(roots, grads, create_graph), retain_graph, create_graph, None)
        return
    only = _as_sequence(inputs)
    if not only:
        raise RuntimeError("`inputs` argument to `backward` cannot be empty.")
    targets = [_target(t) for t in only]
    walk = _run(_starts(roots, grads, create_graph), retain_graph, create_graph, targets)
    for tensor, target in zip(only, targets, strict=True):
        grad = walk.captured.get(target)
        if grad is not None and not tensor._retains:    # which has kept it already
            accumulate(tensor, grad if create_graph else np.array(grad), create_graph)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of ``outputs`` with respect to each of ``inputs``; no ``grad`` is touched.

    With ``is_grads_batched``, the first dimension of ``grad_outputs`` numbers gradients to start from, and
    that of the results what each leads to.
    """
    if is_grads_batched:
        return _batched(
            outputs, inputs, _as_sequence(grad_outputs), retain_graph, create_graph, only_inputs,
            allow_unused, materialize_grads,
        )
    roots, only = _as_sequence(outputs), _as_sequence(inputs)
    grads = (None,) * len(roots) if grad_outputs is None else _as_sequence(grad_outputs)
    for tensor in only:
        if not tensor.requires_grad:
            _starts(roots, grads, create_graph)     # what is wrong with these comes first
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    targets = [_target(t) for t in only]
    walk = _run(_starts(roots, grads, create_graph), retain_graph, create_graph, targets)
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


def _batched(
    outputs: Any, inputs: Any, starts: Any, retain_graph: Any, create_graph: bool, only_inputs: bool,
    allow_unused: Any, materialize_grads: bool,
) -> tuple[Tensor | None, ...]:
    from engine.ops.join import stack  # recorded on what is made here

    count = len(starts[0])
    rows = [
        grad(
            outputs, inputs, [start[i] for start in starts], True if i < count - 1 else retain_graph,
            create_graph, only_inputs, allow_unused, False, materialize_grads,
        )
        for i in range(count)
    ]
    return tuple(
        None if column[0] is None else stack([g for g in column if g is not None], 0)
        for column in zip(*rows, strict=True)
    )
