"""How a tensor meets Python and numpy: numbers, lists, iteration, copies, pickles."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import printing
from engine.recording import refuse, watchers


class Interop:
    """The part of Tensor that turns it into something else."""

    __slots__ = ()

    if TYPE_CHECKING:  # the rest of Tensor
        _array: np.ndarray[Any, Any]
        _grad: Any
        _requires_grad: bool

        @property
        def requires_grad(self) -> bool: ...
        @property
        def is_leaf(self) -> bool: ...
        def __getitem__(self, index: Any) -> Any: ...
        def detach(self) -> Any: ...

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """The numpy array itself: memory is shared."""
        if self.requires_grad and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        if watchers:
            refuse("it reads a tensor's numbers (numpy)")
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """What a numpy function makes of tensors is a tensor."""
        made = self.detach()
        made._array, made._counter = np.asarray(array), [0]
        return made

    def __dlpack__(self, **options: Any) -> Any:
        """The memory for another library, shared."""
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        return self._array.__dlpack_device__()

    def item(self) -> Any:
        """The Python number in a tensor of one element."""
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        if watchers:
            refuse("it reads a tensor's number (item, float, int)")
        return self._array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        if watchers:
            refuse("it reads a tensor's numbers (tolist)")
        return self._array.tolist()

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))     # type: ignore[attr-defined]

    def __reversed__(self) -> Any:
        return self.flip(0) if self._array.ndim else self     # type: ignore[attr-defined]

    def __bool__(self) -> bool:
        if self._array.size != 1:
            problem = "more than one value" if self._array.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {problem} is ambiguous")
        if watchers:
            refuse("it decides by a tensor's value (if, while, and, or)")
        return bool(self._array.item())

    def __int__(self) -> int:
        return int(self._only().item())

    def __float__(self) -> float:
        return float(self._only().item())

    def _only(self) -> Interop:
        """This tensor, if it is one number."""
        if self._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self

    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind == "f":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        if watchers:
            refuse("it uses a tensor's value as a Python index")
        return int(self._array.item())

    def __contains__(self, value: Any) -> bool:
        if watchers:
            refuse("it decides by a tensor's values (in)")
        return bool((self._array == (value._array if isinstance(value, Interop) else value)).any())

    __hash__ = object.__hash__  # by identity, though == compares the elements

    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        if watchers:
            refuse("it prints a tensor")
        return printing.tensor_repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else object.__format__(self, spec)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol "
                "at the moment.  If you were attempting to deepcopy a module, this may be because of a "
                "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) in memo:
            return memo[id(self)]
        made: Any = type(self).__new__(type(self))
        memo[id(self)] = made
        made._array = self._array.copy()
        made._requires_grad = self._requires_grad
        made._grad = copy.deepcopy(self._grad, memo)
        made.__dict__.update(copy.deepcopy({k: v for k, v in self.__dict__.items() if k != "_hooks"}, memo))
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does "
                "not support crossing process boundaries. If you just want to transfer the data, call "
                "detach() on the tensor before serializing (e.g., putting it on the queue)."
            )
        extra = {k: v for k, v in self.__dict__.items() if not k.endswith("_hooks")}
        return _rebuild, (type(self), self._array, self._requires_grad, extra)


def _rebuild(cls: Any, array: np.ndarray[Any, Any], requires_grad: bool, extra: dict[str, Any]) -> Any:
    made = cls.__new__(cls)
    made._array = array
    made._requires_grad = requires_grad
    made.__dict__.update(extra)
    return made
