"""Methods about the memory of tensors, and those that change their size in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.creation import finish, numpy_dtype
from engine.placing import placed
from engine.recording import changed, refuse
from engine.tensor import Tensor


def resize_(self: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """In place: another shape; elements are kept in order, new ones are not initialised."""
    shape = sizes[0] if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    count = int(np.prod(shape, dtype=np.int64))
    flat = np.empty(count, self._array.dtype)
    kept = min(count, self._array.size)
    flat[:kept] = self._array.reshape(-1)[:kept]
    if count == self._array.size and self._array.flags.c_contiguous:
        flat = self._array.reshape(-1)
    changed()
    self._array = flat.reshape(tuple(shape))
    self._counter[0] += 1
    return self


def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """In place: the shape of another tensor."""
    return resize_(self, tuple(the_template.shape))


def set_(self: Tensor, source: Tensor | None = None) -> Tensor:
    """In place: this tensor uses another's memory, with its shape and strides."""
    changed()
    self._array = np.empty(0, self._array.dtype) if source is None else source._array
    self._counter[0] += 1
    return self


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same memory seen in the same way."""
    a, b = self._array, tensor._array
    return (a.ctypes.data, a.shape, a.strides) == (b.ctypes.data, b.shape, b.strides)


def itself(
    self: Tensor, device: Any = None, dtype: Any = None, *, masked_grad: Any = None
) -> Tensor:
    """The tensor itself: there is nothing to do for a real, dense tensor on the CPU."""
    return self


def never(self: Tensor, *args: Any) -> bool:
    """Always False: tensors are real, dense and in one process's memory."""
    return False


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """In place: a Python function of each element."""
    refuse("it calls a Python function for each element (apply_)")
    flat = [callable(v) for v in self._array.reshape(-1).tolist()]
    self._array[...] = np.array(flat, self._array.dtype).reshape(self._array.shape)
    self._counter[0] += 1
    return self


def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """In place: a Python function of each element and the other tensor's."""
    refuse("it calls a Python function for each element (map_)")
    pairs = np.broadcast_arrays(self._array, tensor._array)
    flat = [callable(a, b) for a, b in zip(*(p.reshape(-1).tolist() for p in pairs), strict=True)]
    self._array[...] = np.array(flat, self._array.dtype).reshape(self._array.shape)
    self._counter[0] += 1
    return self


def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """Summed over what broadcasting from ``size`` to this shape repeated."""
    shape = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    lead = self.ndim - len(shape)
    fits = lead >= 0 and all(n in (1, m) for n, m in zip(shape, self.shape[max(lead, 0) :], strict=True))
    if not fits:
        raise RuntimeError(
            f"size {{{list(shape)}}} is not expandable to size {{{list(self.shape)}}}."
        )
    dims = [*range(lead), *(lead + d for d, n in enumerate(shape) if n == 1 and self.shape[lead + d] != 1)]
    return (self.sum(dims, keepdim=True) if dims else self).reshape(shape)


def new_empty_strided(
    self: Tensor, size: Any, stride: Any, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """An uninitialised tensor with these steps between elements, in this one's dtype."""
    return empty_strided(size, stride, dtype=dtype or self.dtype, requires_grad=requires_grad)


def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """An uninitialised tensor with these steps, in elements, along each dimension."""
    kind = numpy_dtype(dtype)
    if min(stride, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}"
        )
    last = sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if 0 not in size else -1
    flat = np.empty(last + 1, kind)
    strides = tuple(s * kind.itemsize for s in stride)
    return finish(np.lib.stride_tricks.as_strided(flat, tuple(size), strides), requires_grad)


def dim_order(self: Tensor, **options: Any) -> tuple[int, ...]:
    """The dimensions from the one with the largest step to the one with the smallest."""
    return tuple(sorted(range(self.ndim), key=lambda d: -self._array.strides[d]))


METHODS: dict[str, Any] = {
    "resize_": resize_, "resize_as_": resize_as_, "set_": set_, "is_set_to": is_set_to,
    "apply_": apply_, "map_": map_, "sum_to_size": sum_to_size,
    "new_empty_strided": placed(new_empty_strided, "device"),
    "dim_order": dim_order,
    **dict.fromkeys(("share_memory_", "pin_memory", "conj", "resolve_conj", "resolve_neg", "to_dense",
                     "conj_physical"), itself),
    **dict.fromkeys(("is_shared", "is_pinned", "is_conj", "is_neg", "is_distributed"), never),
}  # fmt: skip
"""Methods of Tensor, by name."""
