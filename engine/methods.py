"""Gives Tensor its operations: methods and operators from the registry, and the in-place forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import creation, dtypes, gradients, inplace, legacy, memory, queries, sampling, storage
from engine.op import REGISTRY, Op
from engine.ops import (  # those not named below fill the registry
    activation,  # noqa: F401
    also,  # noqa: F401
    arrange,  # noqa: F401
    bessel,  # noqa: F401
    bits,
    blend,  # noqa: F401
    bounds,  # noqa: F401
    change,  # noqa: F401
    compare,
    contract,  # noqa: F401
    conv,  # noqa: F401
    convert,
    count,  # noqa: F401
    ctc,  # noqa: F401
    distance,  # noqa: F401
    elementwise,
    embedding,  # noqa: F401
    extreme,  # noqa: F401
    factor,  # noqa: F401
    flatten,  # noqa: F401
    gather,
    index,
    linalg,
    linear,  # noqa: F401
    losses,  # noqa: F401
    matrix,  # noqa: F401
    more_gamma,  # noqa: F401
    norm,  # noqa: F401
    normal,  # noqa: F401
    order,  # noqa: F401
    parts,  # noqa: F401
    plus_product,
    polynomials,  # noqa: F401
    pool,  # noqa: F401
    pseudo_inverse,  # noqa: F401
    scan,  # noqa: F401
    scatter,
    shape,
    special,
    update,
)
from engine.out import accepting_out, takes_out
from engine.placing import placed
from engine.random import Generator
from engine.repeat import compute
from engine.tensor import Tensor

OPERATORS: dict[str, Op] = {
    "add": elementwise.add, "sub": elementwise.sub, "mul": elementwise.mul, "truediv": elementwise.div,
    "pow": elementwise.pow, "floordiv": elementwise.floor_divide, "mod": elementwise.remainder,
    "and": bits.bitwise_and, "or": bits.bitwise_or, "xor": bits.bitwise_xor,
    "lshift": bits.bitwise_left_shift, "rshift": bits.bitwise_right_shift,
}

ALIASES = {
    "abs": "absolute",
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "cat": "concat concatenate",
    "clamp": "clip",
    "div": "divide true_divide",
    "ge": "greater_equal",
    "gt": "greater",
    "le": "less_equal",
    "lt": "less",
    "movedim": "moveaxis",
    "mul": "multiply",
    "ne": "not_equal",
    "neg": "negative",
    "outer": "ger",
    "sub": "subtract",
    "transpose": "swapaxes swapdims",
    "trapezoid": "trapz",
    "trunc": "fix",
    "vstack": "row_stack",
}


def _reflected(made: Op) -> Callable[..., Any]:
    call = made.operator()
    return lambda self, other: call(other, self)


def _attach_operators() -> None:
    for name, made in OPERATORS.items():
        setattr(Tensor, f"__{name}__", made.operator())
        setattr(Tensor, f"__r{name}__", _reflected(made))
        setattr(Tensor, f"__i{name}__", inplace.inplace_form(made))
    for made in (compare.eq, compare.ne, compare.lt, compare.le, compare.gt, compare.ge):
        setattr(Tensor, f"__{made.name}__", made.operator())
    setattr(Tensor, "__rsub__", elementwise.rsub.operator())  # noqa: B010 - not an attribute that mypy knows
    table: dict[str, Any] = {
        "__neg__": elementwise.neg.call, "__abs__": elementwise.abs.call, "__invert__": bits.invert,
        "__matmul__": linalg.matmul, "__rmatmul__": lambda self, other: linalg.matmul(other, self),
        "__getitem__": index.getitem, "__setitem__": index.setitem, "__pos__": lambda self: self,
        "backward": gradients.backward_from,
    }
    for name, function in table.items():
        setattr(Tensor, name, function)


def _scaled(made: Op) -> Callable[..., Tensor]:
    """``add_`` and ``sub_``, which take the factor ``alpha``."""

    def method(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
        scaled = other if alpha == 1 and alpha is not True else elementwise.times(alpha, other, self)
        return inplace.write(self, made, (self, scaled))

    method.__doc__ = f"In place: {made.doc}, other times alpha."
    return method


def _div_(self: Tensor, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """In place: input / other."""
    made = {None: elementwise.div, "floor": elementwise.divide_down, "trunc": elementwise.trunc_divide}
    return inplace.write(self, made[rounding_mode], (self, other))


def attach_registry() -> None:
    """Make every op of the registry that is meant as one a method, and give it its in-place form."""
    for first, made in REGISTRY.items():
        for name in (first, *ALIASES.get(first, "").split()):
            if made.method and name not in Tensor.__dict__:
                setattr(Tensor, name, made.public)
            if made.inplace and not made.internal and f"{name}_" not in Tensor.__dict__:
                setattr(Tensor, f"{name}_", inplace.inplace_form(made))


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the registry under each of its names in PyTorch."""
    return {
        name: accepting_out(made.public, name) if takes_out(first, made.family) else made.public
        for first, made in REGISTRY.items()
        if not made.internal
        for name in (first, *ALIASES.get(first, "").split())
    }


def _random(draw: Callable[..., Any]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, generator: Generator | None = None, **kwargs: Any) -> Tensor:
        return inplace.copy_(self, compute(draw, self, *args, generator=generator, **kwargs))

    method.__doc__ = draw.__doc__
    return method


def _float_power_(self: Tensor, exponent: Any) -> Tensor:
    """In place: to the power of exponent; only in float64, which its result has."""
    if self.dtype is not dtypes.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {self.dtype.tensor_type[6:-6]} but the operation's "
            "result requires dtype Double"
        )
    return inplace.write(self, elementwise.pow, (self, exponent))


def _index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """In place: ``alpha · source`` added to the entries at ``index`` along ``dim``."""
    gather.check_count(index, dim, source, "index_add_")
    gather.check_source(self, dim, source)
    inplace.check_writable(self)
    scaled = source if alpha == 1 else source * alpha
    spread = gather.add_rows(scaled, index, dim, tuple(self.shape))
    return inplace.write(self, elementwise.add, (self, spread))


def _type(self: Tensor, dtype: Any = None) -> Any:
    """The name of the tensor's type, or the tensor in another one: a dtype, ``LongTensor``, or its name."""
    if dtype is None:
        return self.dtype.tensor_type
    if isinstance(dtype, str):
        named = [known for known in dtypes.ALL if known.tensor_type == dtype]
        if not named:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = named[0]
    return convert.to(self, getattr(dtype, "dtype", dtype))


def _where(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """This tensor where ``condition`` holds, else ``other``."""
    return compare.where.call(condition, self, other)


def _polygamma(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of digamma."""
    return special.polygamma(n, self)


def _taking_over(tensor: Tensor) -> Tensor:
    """What a tensor was before it changes its shape: its memory and its place in the graph, for its views."""
    before = tensor.detach()
    before._node, before._nr, before._requires_grad = tensor._node, tensor._nr, True
    return before


def _reshaped(name: str) -> Callable[..., Tensor]:
    """A change of shape in place: the tensor becomes the view."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        inplace.check_writable(self)
        before = self if self._view is not None or not self.requires_grad else _taking_over(self)
        view = getattr(before, name)(*args, **kwargs)
        self._array, self._node, self._nr = view._array, view._node, view._nr
        self._counter[0] += 1
        if view._view is not None and (self._view is not None or before is not self):
            self._view = view._view
            self._view.version = self._counter[0]
        return self

    method.__doc__ = f"In place: {name}."
    return method


def _table() -> dict[str, Any]:
    """What the registry does not give, by name."""
    made: dict[str, Any] = {
        "add_": _scaled(elementwise.add), "sub_": _scaled(elementwise.sub),
        "subtract_": _scaled(elementwise.sub), "div_": _div_, "divide_": _div_,
        "copy_": inplace.copy_, "fill_": inplace.fill_, "zero_": inplace.zero_,
        "scatter_": scatter.scatter_, "scatter_add_": scatter.scatter_add_,
        "masked_fill_": gather.masked_fill_,
        "fill_diagonal_": update.fill_diagonal_, "index_add_": _index_add_, "float_power_": _float_power_,
        "addbmm_": plus_product.addbmm_, "type": _type,
        "where": _where, "polygamma": _polygamma, "new": legacy.new,
        "storage": storage.storage, "untyped_storage": storage.untyped_storage,
        "real": property(memory.itself), "is_nonzero": queries.is_nonzero,
        "new_tensor": _new(creation.tensor), "new_full": _new(creation.full),
    }
    for name in ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims", "as_strided"):
        made[f"{name}_"] = _reshaped(name)
    made.update({f"new_{kind}": _new(getattr(creation, kind)) for kind in ("zeros", "ones", "empty")})
    made.update({name: _turned(name) for name in ("T", "mT", "H", "mH")})
    made.update({name: _random(draw) for name, draw in sampling.IN_PLACE.items()})
    made.update(memory.METHODS)
    made.update({name: getattr(sampling, name) for name in ("bernoulli", "multinomial")})
    return made


def _turned(name: str) -> property:
    matrices = name != "T"

    def of(self: Tensor) -> Tensor:
        """The dimensions in reverse order, or with ``m`` in the name the last two swapped."""
        if matrices:
            if self.ndim == 1:
                raise RuntimeError(
                    f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
                )
            return shape.transpose.call(self, -2, -1) if self.ndim else self
        return shape.permute.call(self, tuple(range(self.ndim))[::-1])

    return property(of)


def _new(create: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return made(*args, dtype=dtype or self.dtype, **kwargs)

    made = placed(create)
    method.__doc__ = f"{create.__doc__} In this tensor's dtype unless another is given."
    return method


_attach_operators()
for _name, _function in _table().items():
    setattr(Tensor, _name, _function)
attach_registry()
