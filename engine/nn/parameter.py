"""Parameter: a tensor that a Module counts as its own and an optimizer trains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine import dtypes
from engine.nn.meta_mode import allocate
from engine.sizes import sizes
from engine.tensor import Tensor


class Parameter(Tensor):
    """`data` on its own memory, as a leaf that requires grad; assigned to a Module it becomes a parameter."""

    __slots__ = ()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        made = super().__new__(cls)
        if data is not None:
            if not isinstance(data, Tensor):
                raise AttributeError(f"'{type(data).__name__}' object has no attribute 'detach'")
            made._array, made._counter = data._array, data._counter
        if requires_grad:
            if made._array.dtype.kind != "f":
                raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            made._requires_grad = True
        return made     # type: ignore[return-value]

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        """All is done in `__new__`."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """A copy of the numbers; gradients and hooks stay behind."""
        made: Parameter = super().__deepcopy__(memo)
        made._grad = None
        return made

    def __repr__(self) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """`data` on its own memory; assigned to a Module it becomes a buffer, saved if `persistent`."""

    __slots__ = ()

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        made: Any = super().__new__(cls)
        if data is not None:
            made._array, made._counter, made._requires_grad = data._array, data._counter, data.requires_grad
        made.persistent = persistent
        return made

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        """All is done in `__new__`."""


def new_tensor(shape: Sequence[int], dtype: dtypes.dtype | None = None, fill: float | None = None) -> Tensor:
    """A tensor for a module's state; takes no memory inside `nn.meta()`."""
    shape = sizes((shape[0],) if len(shape) == 1 else (tuple(shape),))
    made = Tensor.__new__(Tensor)
    made._array = allocate(shape, (dtype or dtypes.get_default_dtype()).numpy, fill)
    return made


def new_parameter(
    shape: Sequence[int], dtype: dtypes.dtype | None = None, fill: float | None = None, device: Any = None
) -> Parameter:
    """A parameter of `shape`, filled or to be initialised; takes no memory inside `nn.meta()`."""
    if device is not None and str(device) != "cpu":
        raise RuntimeError(f"device '{device}' is not available: this engine computes on the 'cpu' only")
    return Parameter(new_tensor(shape, dtype, fill))
