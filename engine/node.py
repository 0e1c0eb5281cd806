"""The tape: a Node for each recorded operation, and the hooks on tensors and nodes.

A tensor points to the Node that made it, a Node to the nodes of its inputs: no cycles, so nothing waits for
the garbage collector.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.recording import changed
from engine.tensor import Tensor, wrap

if TYPE_CHECKING:
    from engine.op import Op

Hooks = dict[int, Callable[..., Any]]


PART = "part"  # in place of ``special``, for an op whose gradient belongs to a part of its input


class Node:
    """One recorded operation: where gradients go next, and what its rule needs to compute them.

    ``edges`` holds, for each tensor input, None or (target, output number, shape, dtype): the target is the
    node that made the input, or the input itself, and the number None, where it is a leaf.
    """

    __slots__ = (
        "__dict__", "__weakref__", "counter", "edges", "op", "saved", "special", "statics", "version",
        "versions",
    )

    # Rarely set, so kept out of the slots; ``special`` is true where any of them is set, or else PART.
    materialize = True  # give the rule zeros, rather than None, for outputs that nothing used
    copied = False  # the result of an op that can be a view, and was not
    trace = ""  # the lines of the forward, in anomaly mode
    out_meta: list[tuple[tuple[int, ...], Any]] | None = None  # shape and dtype of each of several outputs
    pre_hooks: list[tuple[int, Hooks]] | None = None
    before: Hooks | None = None  # called with the gradients that arrived
    hooks: Hooks | None = None
    retained: list[tuple[int, weakref.ref[Tensor]]] | None = None

    def __init__(
        self, op: Op | None, edges: Sequence[Any], saved: list[Any] | None, versions: dict[int, int],
        statics: tuple[Any, ...],
    ) -> None:
        self.op: Any = op
        self.edges = edges
        self.saved = saved
        self.versions = versions  # of each tensor saved, by its place there
        self.counter: list[int] | None = None  # of the result's versions, where the result is saved
        self.version = 0  # of the result
        self.statics = statics
        self.special: bool | str = False

    def name(self) -> str:
        """The name PyTorch gives this node, such as ``MulBackward0``."""
        return self.op.node_name(self)

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes that gradients go to next, each with the number of the output it made."""
        return tuple(
            (None, 0) if e is None else (AccumulateGrad(e[0]), 0) if e[1] is None else e[:2]
            for e in self.edges
        )

    def register_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after this node's rule has run."""
        if self.hooks is None:
            self.hooks = {}
            self.special = True
        return RemovableHandle(self.hooks, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before this node's rule runs; what it returns replaces them."""
        if self.before is None:
            self.before = {}
            self.special = True
        return RemovableHandle(self.before, hook)

    def label(self) -> str:
        """The name without its namespace, as PyTorch shows it."""
        return self.name().rpartition("::")[2]

    def __repr__(self) -> str:
        return f"<{self.label()} object at {hex(id(self))}>"

    def release(self) -> None:
        """Drop the tensors saved, if any; a second backward then says so."""
        if self.versions or self.counter is not None:
            self.saved = None

    def apply(self, grads: Any, needs: list[bool] | None, create_graph: bool) -> tuple[Any, ...]:
        """The gradient of each input, from those of the outputs; ``needs`` says of which, None of all."""
        saved = self.saved
        if saved is None:
            raise errors.second_backward()
        op, modified = self.op, False
        values = saved.copy()
        for at, version in self.versions.items():
            value = values[at]
            values[at] = value._array
            if value._counter[0] != version:
                modified = True
        counter = self.counter
        if modified or (counter is not None and counter[0] != self.version):
            modified = True
            self._mark_modified(values, create_graph)
        if create_graph:
            values = saved.copy()
            if op.out_at is not None:
                values[op.out_at] = self._as_output(saved[op.out_at])
        if needs is not None and op.needs_at is not None:
            values[op.needs_at] = needs
        result = op.rule(grads, *values)
        if type(result) is not tuple:
            result = (result,)
        if modified:
            for value, edge in zip(result, self.edges, strict=True):
                if edge is not None and type(value) is Modified:
                    raise value.error
        return op.second(self, result) if create_graph and op.second else result

    def _mark_modified(self, values: list[Any], create_graph: bool) -> None:
        """Saved values that were written to since: an error where the rule has a use for them, or at once."""
        saved = self.saved or []
        found = [(at, saved[at]._counter[0], version) for at, version in self.versions.items()]
        if self.counter is not None:
            found.append((self.op.out_at, self.counter[0], self.version))
        for at, now, then in found:
            if now != then:
                error = self._modified(at, now, then)
                if create_graph:
                    raise error
                values[at] = Modified(error)

    def _as_output(self, array: Any) -> Any:
        """The saved output again as a tensor of this node."""
        if isinstance(array, tuple):
            return tuple(self._as_output_nr(a, i) for i, a in enumerate(array))
        return self._as_output_nr(array, 0)

    def _as_output_nr(self, array: Any, nr: int) -> Tensor:
        made = wrap(array)
        if made._array.dtype.kind == "f":
            made._node, made._requires_grad = self, True
            if nr:
                made._nr = nr
        return made

    def _modified(self, position: int, now: int, then: int) -> RuntimeError:
        value = (self.saved or [])[position]
        if isinstance(value, Tensor):
            maker, nr, array = value._node, value._nr, value._array
        else:
            maker, nr, array = self, 0, value[0] if isinstance(value, tuple) else value
        kind = wrap(array).dtype.tensor_type
        origin = maker.name().split("Backward")[0] if maker else ""
        return errors.modified(kind, array.shape, origin, nr, now, then)


def edge_to(tensor: Tensor) -> tuple[Any, int | None, tuple[int, ...], Any]:
    """The edge of a node that leads to where a tensor comes from."""
    array, maker = tensor._array, tensor._node
    if maker is None:
        return tensor, None, array.shape, array.dtype
    return maker, tensor._nr, array.shape, array.dtype


class Modified:
    """In place of an array that was written to after it was saved; whatever is computed from it becomes it.

    As a gradient that is wanted it raises the error; so does any use but arithmetic, at once.
    """

    def __init__(self, error: RuntimeError) -> None:
        self.error = error

    def _spread(self, *_: Any, **__: Any) -> Modified:
        return self

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise self.error

    @staticmethod
    def among(values: Sequence[Any]) -> Modified | None:
        """The first of the values that is no more what it was."""
        return next((value for value in values if isinstance(value, Modified)), None)

    __array_ufunc__ = __array_function__ = __getitem__ = __neg__ = __abs__ = __invert__ = _spread
    __eq__ = __ne__ = __and__ = __rand__ = __or__ = __ror__ = __xor__ = _spread  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _spread
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __lt__ = __le__ = __gt__ = __ge__ = _spread
    __getattr__ = __len__ = __iter__ = __bool__ = __float__ = __int__ = __array__ = _fail


class AccumulateGrad:
    """Stands for the end of the graph at a leaf, where gradients are added to ``variable.grad``."""

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.next_functions: tuple[Any, ...] = ()

    def name(self) -> str:
        """Always ``torch::autograd::AccumulateGrad``."""
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {hex(id(self))}>"


# ---- hooks ----


class RemovableHandle:
    """Takes a hook away again: ``handle.remove()``, or at the end of a ``with``."""

    _next_id = 0

    def __init__(self, hooks: Hooks, hook: Callable[..., Any]) -> None:
        changed()
        RemovableHandle._next_id += 1
        self.id = RemovableHandle._next_id
        self._hooks = hooks
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; once is enough."""
        changed()
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


def register_tensor_hook(tensor: Tensor, hook: Callable[[Tensor], Any]) -> RemovableHandle:
    """See ``Tensor.register_hook``."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if tensor._hooks is None:
        tensor._hooks = {}
        if tensor._node is not None:
            if tensor._node.pre_hooks is None:
                tensor._node.pre_hooks = []
                tensor._node.special = True
            tensor._node.pre_hooks.append((tensor._nr, tensor._hooks))
    return RemovableHandle(tensor._hooks, hook)


def register_accumulated_hook(tensor: Tensor, hook: Callable[[Tensor], Any]) -> RemovableHandle:
    """See ``Tensor.register_post_accumulate_grad_hook``."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if tensor.grad_fn is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if tensor._accumulated_hooks is None:
        tensor._accumulated_hooks = {}
    return RemovableHandle(tensor._accumulated_hooks, hook)


def retain_grad(tensor: Tensor) -> None:
    """See ``Tensor.retain_grad``."""
    if not tensor.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    node = tensor._node
    if node is not None and not tensor._retains:
        tensor._retains = True
        if node.retained is None:
            node.retained = []
            node.special = True
        node.retained.append((tensor._nr, weakref.ref(tensor)))


def run_hooks(hooks: Hooks, grad: Any) -> Any:
    """Pass a gradient through a tensor's hooks; each may replace it."""
    as_tensor = isinstance(grad, Tensor)
    value = grad if as_tensor else wrap(grad)
    for hook in list(hooks.values()):
        replaced = hook(value)
        if replaced is not None:
            if replaced._array.shape != value._array.shape:
                raise RuntimeError("hook has changed the size of value")
            value = replaced
    return value if as_tensor else value._array
