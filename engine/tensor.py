"""Tensor: a numpy array with a place in the autograd graph. Its operations come from the op registry.

Storage is ``_array``. A view shares its base's memory and its version counter, a list of one number that
every in-place write raises, so that backward can tell when a saved value was overwritten.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, errors, recording
from engine.facts import Facts
from engine.facts import Size as Size  # part of this module's face
from engine.grad_mode import inferring, is_inference_mode_enabled
from engine.interop import Interop

if TYPE_CHECKING:
    from engine.node import Node


_EMPTY: np.ndarray[Any, Any] = np.empty(0, np.float32)
_blank, _ndarray = object.__new__, np.ndarray  # names of the module are found faster than attributes


class View:
    """How a view came from its base: ``replay`` makes it again from what the base is now."""

    __slots__ = ("_base", "replay", "version")

    def __init__(self, base: Tensor, replay: Callable[[Any], Any], version: int) -> None:
        self._base = base
        self.replay = replay
        self.version = version

    @property
    def base(self) -> Tensor:
        """The tensor it is a view of; where that has changed its shape in place, what it was before."""
        base = self._base
        return base if base._view is None else base._view.base


class Tensor(Facts, Interop):
    """An n-dimensional array that remembers how it was computed, so that gradients can flow back.

    Made by ``tensor``, ``zeros``, ``rand`` and the other creation functions.
    """

    __slots__ = (
        "__dict__", "__weakref__", "_array", "_counter", "_grad", "_node", "_nr", "_requires_grad", "_view"
    )

    # Rarely set, so kept out of the slots: an instance that sets one has it in its __dict__.
    _hooks: dict[int, Callable[[Tensor], Any]] | None = None
    _accumulated_hooks: dict[int, Callable[[Tensor], Any]] | None = None
    _retains: bool = False
    _inference: bool = False
    __array_priority__ = 1000

    _array: np.ndarray[Any, Any]
    _counter: list[int]
    _grad: Tensor | None
    _node: Node | None
    _nr: int  # of the node's results it is this one
    _requires_grad: bool
    _view: View | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Tensor:
        made = object.__new__(cls)
        made._array = _EMPTY
        made._counter = [0]
        made._grad = made._node = made._view = None
        made._nr = 0
        made._requires_grad = False
        if inferring and is_inference_mode_enabled():
            made._inference = True
        return made

    def __init__(self, *args: Any) -> None:
        """PyTorch's legacy form: from a list or array in the default dtype, or uninitialised of a size."""
        numpy_dtype = dtypes.get_default_dtype().numpy
        if len(args) == 1 and not isinstance(args[0], int):
            source = args[0]
            self._array = np.array(source._array if isinstance(source, Tensor) else source, numpy_dtype)
        else:
            self._array = np.zeros(args if args else 0, numpy_dtype)

    @classmethod
    def _make_subclass(cls, data: Tensor, requires_grad: bool = False) -> Any:
        """A leaf of this class on the same memory as ``data``."""
        made = cls.__new__(cls)
        made._array = data._array
        made._counter = data._counter
        if requires_grad:
            made.requires_grad = True
        return made

    if TYPE_CHECKING:  # the operations are attached from the registry

        def __getattr__(self, name: str) -> Any: ...
        def backward(
            self, gradient: Tensor | None = None, retain_graph: bool | None = None,
            create_graph: bool = False, inputs: Any = None,
        ) -> None: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __floordiv__(self, other: Any) -> Tensor: ...
        def __mod__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __invert__(self) -> Tensor: ...
        def __and__(self, other: Any) -> Tensor: ...
        def __or__(self, other: Any) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...

    # ---- autograd ----

    @property
    def grad_fn(self) -> Node | None:
        """The graph node that made this tensor; None for a leaf."""
        if self._view is not None:
            self._refresh()
        return self._node

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to or through this tensor."""
        if self._view is not None:
            self._refresh()
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._node is not None:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a "
                    "computed variable in a subgraph that doesn't require differentiation use var_no_grad = "
                    "var.detach()."
                )
            return
        if value and self._array.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if value and self._inference and not is_inference_mode_enabled():
            raise errors.outside_inference("Setting requires_grad=True on")
        if self._requires_grad is not value:
            recording.changed()
        self._requires_grad = bool(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for, or decline, a gradient; returns the tensor itself."""
        self.requires_grad = requires_grad
        return self

    def _refresh(self) -> None:
        """A view whose base was written since takes its place in the graph of what the base is now."""
        view = self._view
        if view is not None and view.version != self._counter[0]:
            view.version = self._counter[0]
            if view.base.requires_grad:
                again = view.replay(view.base)
                self._node, self._nr, self._requires_grad = again._node, again._nr, again._requires_grad

    @property
    def is_leaf(self) -> bool:
        """Whether the user made it, rather than a recorded operation."""
        return self.grad_fn is None

    @property
    def _base(self) -> Tensor | None:
        """The tensor whose memory this one is a view of."""
        return self._view.base if self._view is not None else None

    def _is_view(self) -> bool:
        return self._view is not None

    @property
    def _version(self) -> int:
        """How often the shared memory was written in place."""
        return self._counter[0]

    @property
    def output_nr(self) -> int:
        """Which output of its ``grad_fn`` this is."""
        return self._nr

    @property
    def grad(self) -> Tensor | None:
        """The accumulated gradient, or None before the first ``backward``."""
        if recording.watchers:
            recording.look_at_gradient(self)
        if self._grad is None and self._node is not None and not self._retains:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
                "attribute won't be populated during autograd.backward(). If you indeed want the .grad field "
                "to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you "
                "access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
                "github.com/pytorch/pytorch/pull/30531 for more informations.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(
                    "assigned grad expected to be a Tensor or None but got grad of type "
                    f"{type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value._array.shape != self._array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
                    f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if value._array.dtype != self._array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype.c_name}' to a tensor with "
                    f"grad_dtype '{self.dtype.tensor_type[6:-6]}'. The gradient must match the tensor's "
                    "grad_dtype (defaults to the tensor's dtype)."
                )
            if recording.watchers:
                recording.refuse("it assigns a gradient; write into the one there is (p.grad.copy_)")
        elif recording.watchers:
            self._note_cleared()
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        if recording.watchers:
            self._note_cleared()
        self._grad = None

    def _note_cleared(self) -> None:
        """Show a recording that the gradient is forgotten."""
        watcher = recording.watcher()
        if watcher is not None:
            watcher.clear([self])

    def register_hook(self, hook: Callable[[Tensor], Any]) -> Any:
        """Call ``hook(grad)`` when this tensor's gradient is known; what it returns replaces the gradient."""
        from engine import node

        return node.register_tensor_hook(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], Any]) -> Any:
        """Call ``hook(tensor)`` each time a gradient was added to this leaf's ``grad``."""
        from engine import node

        return node.register_accumulated_hook(self, hook)

    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in ``grad`` although it is no leaf."""
        from engine import node

        node.retain_grad(self)

    @property
    def retains_grad(self) -> bool:
        """Whether ``retain_grad`` was asked for on a tensor that is no leaf."""
        return self._retains

    def is_inference(self) -> bool:
        """Whether it was made in inference mode: it can be no part of a graph then."""
        return self._inference

    def detach(self) -> Tensor:
        """The same memory outside the graph; shares the version counter."""
        if recording.watchers:
            recording.look_through(self)
        alias = Tensor.__new__(Tensor)
        alias._array, alias._inference = self._array, self._inference
        alias._counter = self._counter
        return alias

    def detach_(self) -> Tensor:
        """Cut this tensor itself out of the graph."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        if self._node is None and self._requires_grad:
            recording.changed()
        self._node = None
        self._nr = 0
        self._requires_grad = False
        return self

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph, with a version counter of its own: writes go unnoticed."""
        if recording.watchers:
            recording.look_through(self)
        alias = Tensor.__new__(Tensor)
        alias._array = self._array
        return alias

    @data.setter
    def data(self, value: Tensor) -> None:
        if recording.watchers and value._array is not self._array:
            recording.refuse("it replaces the data of a tensor; write into it instead (copy_)")
        recording.changed()
        self._array = value._array


def wrap(array: Any, node: Node | None = None) -> Tensor:
    """A new tensor on ``array``'s own memory: a leaf, or what ``node`` made."""
    made: Tensor = _blank(Tensor)
    made._array = array if type(array) is _ndarray else np.asarray(array)
    made._counter = [0]
    made._grad = made._view = None
    made._node = node
    made._nr = 0
    made._requires_grad = node is not None
    if inferring and is_inference_mode_enabled():
        made._inference = True
    return made
