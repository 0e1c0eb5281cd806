"""``out=``: the result of a function put into a tensor that is given."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine.grad_mode import is_grad_enabled
from engine.inplace import check_fits, copy_
from engine.memory import resize_
from engine.op import REGISTRY
from engine.overlap import refuse_inner, refuse_partial
from engine.tensor import Tensor

_FAMILIES = frozenset(
    ["elementwise", "compare", "bits", "reduce", "extreme", "linalg", "scan", "order", "join", "index"]
)
_MORE = frozenset(["diag", "log_softmax", "sigmoid", "softmax", "tril", "triu"])


def takes_out(name: str, family: str) -> bool:
    """Whether the function of an op has the keyword ``out``."""
    return family in _FAMILIES or name in _MORE


def accepting_out(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function with the keyword ``out``: a tensor, or as many as it has results."""

    @functools.wraps(function)
    def call(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None:
            return function(*args, **kwargs)
        outs = (out,) if isinstance(out, Tensor) else tuple(out)
        if is_grad_enabled() and any(t.requires_grad for t in (*_tensors(args), *outs)):
            raise RuntimeError(
                f"{name}(): functions with out=... arguments don't support automatic differentiation, but "
                "one of the arguments requires grad."
            )
        for target in outs:
            _refuse_overlap(target, args if getattr(REGISTRY.get(name), "promote", "") else ())
        result = function(*args, **kwargs)
        made = result if isinstance(result, tuple) else (result,)
        for target, value in zip(outs, made, strict=True):
            _fill(target, value)
        return out if isinstance(out, Tensor) else type(result)(*outs)

    return call


def creating_out(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function that makes a tensor, with the keyword ``out``, whose dtype is then the default."""
    filled = accepting_out(function, name)

    @functools.wraps(function)
    def call(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None:
            return function(*args, **kwargs)
        kwargs.setdefault("dtype", out.dtype)
        return filled(*args, out=out, **kwargs)

    return call


def _tensors(args: tuple[Any, ...]) -> list[Tensor]:
    found: list[Tensor] = []
    for each in args:
        if isinstance(each, Tensor):
            found.append(each)
        elif isinstance(each, (list, tuple)):
            found += [t for t in each if isinstance(t, Tensor)]
    return found


def _refuse_overlap(target: Tensor, args: tuple[Any, ...]) -> None:
    refuse_inner(target._array)
    for source in _tensors(args):
        refuse_partial(target._array, source._array)


def _fill(target: Tensor, value: Tensor) -> None:
    if target.shape != value.shape:
        if target.numel():
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(target.shape)}, "
                f"which does not match the required output shape {list(value.shape)}. This behavior is "
                "deprecated, and in a future PyTorch release outputs will not be resized unless they have "
                "zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
                "elements with t.resize_(0).",
                stacklevel=3,
            )
        resize_(target, tuple(value.shape))
    check_fits(value._array, target._array)
    copy_(target, value)
