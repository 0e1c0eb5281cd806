"""Gives Tensor its operations: methods and operators from the registry, and the in-place forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import creation, inplace
from engine.op import REGISTRY, Op
from engine.ops import bits, compare, convert, elementwise, extreme, gather, index, linalg, reduce  # noqa: F401
from engine.random import Generator
from engine.tensor import Tensor, wrap

OPERATORS: dict[str, Op] = {
    "add": elementwise.add, "sub": elementwise.sub, "mul": elementwise.mul, "truediv": elementwise.div,
    "pow": elementwise.pow, "floordiv": elementwise.floor_divide, "mod": elementwise.remainder,
    "and": bits.bitwise_and, "or": bits.bitwise_or, "xor": bits.bitwise_xor,
    "lshift": bits.bitwise_left_shift, "rshift": bits.bitwise_right_shift,
}
COMPARISONS = {name: REGISTRY[name] for name in ("eq", "ne", "lt", "le", "gt", "ge")}


def _reflected(made: Op) -> Callable[..., Any]:
    call = made.call
    return lambda self, other: call(other, self)


def _attach_operators() -> None:
    for name, made in OPERATORS.items():
        setattr(Tensor, f"__{name}__", made.call)
        setattr(Tensor, f"__r{name}__", _reflected(made))
        setattr(Tensor, f"__i{name}__", inplace.inplace_form(made))
    for name, made in COMPARISONS.items():
        setattr(Tensor, f"__{name}__", made.call)
    table: dict[str, Any] = {
        "__neg__": elementwise.neg.call, "__abs__": elementwise.abs.call, "__invert__": bits.bitwise_not.call,
        "__matmul__": linalg.matmul, "__rmatmul__": lambda self, other: linalg.matmul(other, self),
        "__getitem__": index.getitem, "__setitem__": index.setitem, "__pos__": lambda self: self,
    }
    for name, function in table.items():
        setattr(Tensor, name, function)


def attach_registry() -> None:
    """Make every op of the registry that is meant as one a method, and give it its in-place form."""
    for name, made in REGISTRY.items():
        if made.method and name not in Tensor.__dict__:
            setattr(Tensor, name, made.public)
        if made.inplace and not made.internal and f"{name}_" not in Tensor.__dict__:
            setattr(Tensor, f"{name}_", inplace.inplace_form(made))


def _random(draw: Callable[..., Any]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, generator: Generator | None = None, **kwargs: Any) -> Tensor:
        return inplace.copy_(self, wrap(draw(self._array, *args, generator=generator, **kwargs)))

    method.__doc__ = draw.__doc__
    return method


def _attach_rest() -> None:
    for function in (
        inplace.copy_, inplace.fill_, inplace.zero_, gather.scatter_, gather.scatter_add_, gather.masked_fill_,
    ):
        setattr(Tensor, function.__name__, function)
    for name, draw in creation.IN_PLACE.items():
        setattr(Tensor, name, _random(draw))
    for like in ("zeros", "ones", "empty"):
        setattr(Tensor, f"new_{like}", _new(getattr(creation, like)))
    setattr(Tensor, "new_tensor", _new(creation.tensor))  # noqa: B010
    setattr(Tensor, "new_full", _new(creation.full))  # noqa: B010


def _new(create: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return create(*args, dtype=dtype or self.dtype, **kwargs)

    method.__doc__ = f"{create.__doc__} In this tensor's dtype unless another is given."
    return method


_attach_operators()
_attach_rest()
attach_registry()
