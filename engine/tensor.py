"""Tensor: a numpy array with a place in the autograd graph. Its operations come from the op registry.

Storage is ``_array``. A view shares its base's memory and its version counter, a list of one number that
every in-place write raises, so that backward can tell when a saved value was overwritten.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, printing

if TYPE_CHECKING:
    from engine.node import Node


_EMPTY: np.ndarray[Any, Any] = np.empty(0, np.float32)


class Size(tuple[int, ...]):
    """A shape: a tuple that prints as PyTorch's and can count its elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        count = 1
        for n in self:
            count *= n
        return count

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        return Size, (tuple(self),)


class View:
    """How a view came from its base: ``replay`` makes it again from what the base is now."""

    __slots__ = ("base", "replay", "version")

    def __init__(self, base: Tensor, replay: Callable[[Any], Any], version: int) -> None:
        self.base = base
        self.replay = replay
        self.version = version


class Tensor:
    """An n-dimensional array that remembers how it was computed, so that gradients can flow back.

    Made by ``tensor``, ``zeros``, ``rand`` and the other creation functions.
    """

    __slots__ = ("__dict__", "__weakref__", "_array", "_counter", "_node", "_requires_grad", "_view")

    # Rarely set, so kept out of the slots: an instance that sets one has it in its __dict__.
    _grad: Tensor | None = None
    _nr: int = 0
    _hooks: dict[int, Callable[[Tensor], Any]] | None = None
    _accumulated_hooks: dict[int, Callable[[Tensor], Any]] | None = None
    _retains: bool = False
    __array_priority__ = 1000

    _array: np.ndarray[Any, Any]
    _counter: list[int]
    _node: Node | None
    _requires_grad: bool
    _view: View | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Tensor:
        made = object.__new__(cls)
        made._array = _EMPTY
        made._counter = [0]
        made._node = None
        made._requires_grad = False
        made._view = None
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

    # ---- shape and type ----

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return Size(self._array.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length of one dimension."""
        return Size(self._array.shape) if dim is None else self._array.shape[dim]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.from_numpy_dtype(self._array.dtype)

    def element_size(self) -> int:
        """Bytes of one element."""
        return self._array.itemsize

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._array.nbytes

    @property
    def device(self) -> str:
        """Always the CPU."""
        return "cpu"

    def is_floating_point(self) -> bool:
        """Whether the elements are floating point numbers."""
        return self._array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Always False: complex numbers are not supported."""
        return False

    def is_signed(self) -> bool:
        """Whether the element type has negative numbers."""
        return self._array.dtype.kind in "fi"

    def stride(self, dim: int | None = None) -> Any:
        """Steps, in elements, from one entry to the next along each dimension."""
        strides = tuple(s // self._array.itemsize for s in self._array.strides)
        return strides if dim is None else strides[dim]

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in row-major order."""
        return self._array.flags.c_contiguous

    def data_ptr(self) -> int:
        """The memory address of the first element."""
        return int(self._array.ctypes.data)

    def storage_offset(self) -> int:
        """Elements between the start of the shared memory and this tensor's first element."""
        owner = self._array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        return (int(self._array.ctypes.data) - int(owner.ctypes.data)) // self._array.itemsize

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
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                    "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
                )
            return
        if value and self._array.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
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
        if self._grad is None and self._node is not None and not self._retains:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
                "attribute won't be populated during autograd.backward(). If you indeed want the .grad field "
                "to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you "
                "access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value._array.shape != self._array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
                    f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if value._array.dtype != self._array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with grad_dtype "
                    f"'{self.dtype}'. The gradient must match the tensor's grad_dtype"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this tensor to the ``grad`` of every leaf it was computed from.

        ``gradient`` may be left out for a single element. The graph is freed unless ``retain_graph``.
        """
        from engine import walk

        walk.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

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

    def detach(self) -> Tensor:
        """The same memory outside the graph; shares the version counter."""
        alias = Tensor.__new__(Tensor)
        alias._array = self._array
        alias._counter = self._counter
        return alias

    def detach_(self) -> Tensor:
        """Cut this tensor itself out of the graph."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        self._nr = 0
        self._requires_grad = False
        return self

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph, with a version counter of its own: writes go unnoticed."""
        alias = Tensor.__new__(Tensor)
        alias._array = self._array
        return alias

    @data.setter
    def data(self, value: Tensor) -> None:
        self._array = value._array

    # ---- to Python and numpy ----

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """The numpy array itself: memory is shared."""
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def item(self) -> Any:
        """The Python number in a tensor of one element."""
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        return self._array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self._array.tolist()

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter([self[i] for i in range(self._array.shape[0])])

    def __bool__(self) -> bool:
        if self._array.size != 1:
            problem = "more than one value" if self._array.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {problem} is ambiguous")
        return bool(self._array.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind == "f":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    def __contains__(self, value: Any) -> bool:
        return bool((self._array == (value._array if isinstance(value, Tensor) else value)).any())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        return printing.tensor_repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else format(str(self), spec)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment. If you were attempting to deepcopy a module, this may be because of a torch.nn.utils."
                "weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) in memo:
            return memo[id(self)]
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        made._array = self._array.copy()
        made._requires_grad = self._requires_grad
        made.__dict__.update(copy.deepcopy({k: v for k, v in self.__dict__.items() if k != "_hooks"}, memo))
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not "
                "support crossing process boundaries. If you just want to transfer the data, call detach() on "
                "the tensor before serializing (e.g., putting it on the queue)."
            )
        extra = {k: v for k, v in self.__dict__.items() if not k.endswith("_hooks")}
        return _rebuild, (type(self), self._array, self._requires_grad, extra)


def _rebuild(cls: type[Tensor], array: np.ndarray[Any, Any], requires_grad: bool, extra: dict[str, Any]) -> Tensor:
    made = cls.__new__(cls)
    made._array = array
    made._requires_grad = requires_grad
    made.__dict__.update(extra)
    return made


def wrap(array: Any) -> Tensor:
    """A new leaf on ``array``'s own memory."""
    made = Tensor.__new__(Tensor)
    made._array = array if type(array) is np.ndarray else np.asarray(array)
    return made
