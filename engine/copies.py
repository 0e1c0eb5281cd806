"""The functions that copy what their namesakes only view: ``unsqueeze_copy`` and the like."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from engine import methods
from engine.ops.convert import clone
from engine.ops.join import split
from engine.tensor import Tensor

_UNSAFE = "chunk split split_with_sizes"    # PyTorch keeps no track of these views
_NAMES = (
    "as_strided detach diagonal expand narrow permute select split split_with_sizes squeeze t transpose "
    "unbind unfold unsqueeze view"
)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of pieces of given sizes along a dimension."""
    return split(input, list(split_sizes), dim)


def _copying(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        found = view(*args, **kwargs)
        return clone(found) if isinstance(found, Tensor) else tuple(clone(each) for each in found)

    call.__name__ = call.__qualname__ = name
    return call


def functions() -> dict[str, Callable[..., Any]]:
    """All of them by name."""
    known: dict[str, Any] = {**methods.functions(), "split_with_sizes": split_with_sizes}
    known["detach"] = Tensor.detach
    made = {f"{name}_copy": _copying(known[name], f"{name}_copy") for name in _NAMES.split()}
    unsafe = {f"unsafe_{name}": known[name] for name in _UNSAFE.split()}
    return {**made, **unsafe, "alias_copy": clone.call, "split_with_sizes": split_with_sizes}


METHODS = ("narrow_copy", "split_with_sizes", "unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes")
"""Those that are methods of Tensor too."""
