"""Parameters and buffers whose shape is not known yet, and modules that find it out when first called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from engine.dtypes import get_default_dtype
from engine.nn.meta_mode import allocate
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.nn.state import StateDict
from engine.tensor import Tensor

UNKNOWN = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
    "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call "
    "`forward` to initialize the parameters before accessing their attributes."
)


class UninitializedTensorMixin:
    """What parameters and buffers without a shape share; `materialize` makes them ordinary ones."""

    __slots__ = ()
    becomes: ClassVar[type[Tensor]]
    _array: np.ndarray

    def materialize(self, shape: Sequence[int], device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary tensor of `shape`, to be initialised."""
        self._array = allocate(tuple(shape), self._array.dtype if dtype is None else dtype.numpy, None)   # type: ignore[misc]
        self.__class__ = self.becomes       # type: ignore[assignment]

    @property
    def shape(self) -> Any:
        raise RuntimeError(UNKNOWN)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):      # type: ignore[misc]
    """A parameter without a shape."""

    __slots__ = ()
    becomes = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: Any = None, dtype: Any = None
    ) -> UninitializedParameter:
        made = Parameter.__new__(cls, None, requires_grad)
        made._array = np.empty(0, (dtype or get_default_dtype()).numpy)
        return made     # type: ignore[return-value]

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        """All is done in `__new__`."""


class UninitializedBuffer(UninitializedTensorMixin, Tensor):        # type: ignore[misc]
    """A buffer without a shape."""

    __slots__ = ()
    becomes = Tensor

    def __new__(cls, device: Any = None, dtype: Any = None) -> Any:
        made = Tensor.__new__(cls)
        made._array = np.empty(0, (dtype or get_default_dtype()).numpy)
        return made

    def __init__(self, device: Any = None, dtype: Any = None) -> None:
        """All is done in `__new__`."""


def is_lazy(value: Any) -> bool:
    """Whether the tensor's shape is still unknown."""
    return isinstance(value, UninitializedTensorMixin)


class LazyModuleMixin(Module):
    """A module that learns its input's sizes when it is first called, and then is an ordinary one.

    Subclasses define `initialize_parameters(input)`; afterwards they become `cls_to_become`, if given.
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def has_uninitialized_params(self) -> bool:
        """Whether a shape is still unknown."""
        return any(is_lazy(value) for value in (*self._parameters.values(), *self._buffers.values()))

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give all parameters their shapes, which follow from the input."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.has_uninitialized_params() and self.cls_to_become is None:
            return super().__call__(*args, **kwargs)
        self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        if self.cls_to_become is None:
            return super().__call__(*args, **kwargs)
        self.__class__ = self.cls_to_become     # type: ignore[assignment]
        return self(*args, **kwargs)

    def _save_to_state_dict(self, destination: StateDict, prefix: str, keep_vars: bool) -> None:
        for name, value in self._own_state().items():
            destination[prefix + name] = value if keep_vars or is_lazy(value) else value.detach()

    def _load_from_state_dict(
        self, state_dict: Mapping[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        for name, own in self._own_state().items():
            given = state_dict.get(prefix + name)
            if is_lazy(own) and isinstance(given, Tensor) and not is_lazy(given):
                own.materialize(given.shape)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)
