"""Parametrizations: a module's tensor computed from others whenever it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from engine.grad_mode import no_grad
from engine.nn.containers import ModuleDict, ModuleList
from engine.nn.module import Module
from engine.nn.parameter import Buffer, Parameter
from engine.tensor import Tensor

M = TypeVar("M", bound=Module)
_cache: ContextVar[dict[tuple[int, str], Tensor] | None] = ContextVar("parametrized", default=None)


@contextmanager
def cached() -> Iterator[None]:
    """Inside, each parametrized tensor is computed once."""
    token = _cache.set({} if _cache.get() is None else _cache.get())
    try:
        yield
    finally:
        _cache.reset(token)


class ParametrizationList(ModuleList):
    """The chain of modules that computes one tensor, and the tensors that it starts from.

    These are `original`, or `original0`, `original1` … where the first `right_inverse` gives several.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        with no_grad():
            try:
                start = self._inverse(original)
            except NotImplementedError:     # it starts from the tensor as it is
                start = original
        self.is_tensor = isinstance(start, Tensor)
        parts = [start] if self.is_tensor else list(start)
        self.ntensors = len(parts)
        for number, part in enumerate(parts):
            name = "original" if self.is_tensor else f"original{number}"
            kept: Any = original if part is original else part.detach()
            if isinstance(original, Parameter):
                kept = kept if isinstance(kept, Parameter) else Parameter(kept, original.requires_grad)
                self.register_parameter(name, kept)
            else:
                self.register_buffer(name, kept)

    def _inverse(self, value: Tensor) -> Any:
        found: Any = value
        for each in reversed(list(self)):
            inverse = getattr(each, "right_inverse", None)
            if inverse is not None:
                found = inverse(found)
        return found

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the chain gives `value`."""
        with no_grad():
            found = self._inverse(value)
            if self.is_tensor:
                self.original.data = found.detach()
                return
            for number, part in enumerate(found):
                getattr(self, f"original{number}").data = part.detach()

    def forward(self) -> Tensor:
        """The tensor that the originals stand for."""
        first, *others = list(self)
        given = [self.original] if self.is_tensor else [
            getattr(self, f"original{number}") for number in range(self.ntensors)
        ]
        value = first(*given)
        for each in others:
            value = each(value)
        return value


def _computed(name: str) -> property:
    def read(self: Any) -> Tensor:
        kept = _cache.get()
        if kept is None:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in kept:
            kept[key] = self.parametrizations[name]()
        return kept[key]

    def write(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(read, write)


def register_parametrization(
    module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> M:
    """Let `parametrization` compute a tensor of `module` from what it was; several form a chain."""
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        chain: Any = module.parametrizations[tensor_name]
        if not unsafe:
            _check(parametrization, getattr(module, tensor_name))
        inverse = getattr(parametrization, "right_inverse", None)
        value = getattr(module, tensor_name)
        chain.append(parametrization)
        if inverse is not None:
            chain.right_inverse(value)
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    original = getattr(module, tensor_name)
    if not unsafe and getattr(parametrization, "right_inverse", None) is None:
        _check(parametrization, original)
    chain = ParametrizationList([parametrization], original, unsafe)
    module._parameters.pop(tensor_name, None)
    module._buffers.pop(tensor_name, None)
    if not is_parametrized(module):
        _own_class(module)
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = chain
    setattr(type(module), tensor_name, _computed(tensor_name))
    return module


def _own_class(module: Module) -> None:
    kind = type(module)
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), {"parametrized_from": kind})


def _check(parametrization: Module, given: Tensor) -> None:
    with no_grad():
        made = parametrization(given)
    if not isinstance(made, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(made).__name__}.")
    if made.dtype != given.dtype or made.shape != given.shape:
        raise ValueError(
            "Registering a parametrization may not change the dtype or the shape of the tensor, unless the "
            f"`unsafe` flag is enabled.\nmodule dtype and shape: {given.dtype}, {given.shape}\n"
            f"parametrized: {made.dtype}, {made.shape}"
        )


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a tensor of the module, or any, is computed by a parametrization."""
    found = module._modules.get("parametrizations")
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Put the tensor back: as it is computed now, or as the original is."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    chain: Any = module.parametrizations[tensor_name]
    if not leave_parametrized and not chain.is_tensor:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in "
            "terms of a sequence of tensors."
        )
    value = chain().detach() if leave_parametrized else chain.original
    trained = any(True for _ in chain.parameters(recurse=False))
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if not len(module.parametrizations):
        kept: Any = type(module)
        del module._modules["parametrizations"]
        module.__class__ = kept.parametrized_from
    if trained:
        module.register_parameter(tensor_name, value if isinstance(value, Parameter) else Parameter(value))
    else:
        module.register_buffer(tensor_name, value.data if isinstance(value, Buffer) else value)
    return module
