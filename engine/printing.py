"""How a tensor prints: as PyTorch does.

One format serves a whole tensor. Whole numbers print as ``1.``; a wide range of sizes switches to scientific
notation; more than 1000 elements are summarised by their edges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import dtypes


@dataclass(frozen=True)
class Options:
    """What ``set_printoptions`` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=math.inf),
}
_options = Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set digits, when to summarise, how many edge items, line width; or a profile: default, short, full."""
    global _options
    if profile is not None:
        _options = _PROFILES[profile]
    given: dict[str, Any] = {
        "precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth
    }
    _options = replace(_options, sci_mode=sci_mode, **{k: v for k, v in given.items() if v is not None})


class _Format:
    """The one format of all elements of a tensor: how they are written, and how wide."""

    def __init__(self, values: np.ndarray[Any, Any]) -> None:
        self.floating = values.dtype.kind == "f"
        self.whole, self.scientific, self.width = True, False, 1
        if not self.floating:
            self.width = max([1] + [len(str(v)) for v in values.ravel().tolist()])
            return
        wide = values.astype(np.float64).ravel()
        shown = wide[np.isfinite(wide) & (wide != 0)]
        if not shown.size:
            return
        sizes = np.abs(shown)
        low, high = float(sizes.min()), float(sizes.max())
        self.whole = bool((shown == np.ceil(shown)).all())
        self.scientific = high / low > 1000.0 or high > 1e8 or (not self.whole and low < 1e-4)
        if _options.sci_mode is not None:
            self.scientific = _options.sci_mode
        self.width = max(len(self.plain(v)) for v in shown.tolist())

    def plain(self, value: float) -> str:
        """A number without padding."""
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{_options.precision}f}"

    def __call__(self, value: Any) -> str:
        return (self.plain(value) if self.floating else str(value)).rjust(self.width)


def _edges(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Only the elements that a summary shows."""
    n = _options.edgeitems
    for axis, length in enumerate(array.shape):
        if length > 2 * n:
            array = np.take(array, [*range(n), *range(length - n, length)], axis)
    return array


def _vector(array: np.ndarray[Any, Any], indent: int, summarize: bool, form: _Format) -> str:
    n = _options.edgeitems
    if summarize and len(array) > 2 * n:
        words = [form(v) for v in array[:n].tolist()] + [" ..."] + [form(v) for v in array[-n:].tolist()]
    else:
        words = [form(v) for v in array.tolist()]
    per_line = max(1, (_options.linewidth - indent) // (form.width + 2))
    lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _nested(array: np.ndarray[Any, Any], indent: int, summarize: bool, form: _Format) -> str:
    if array.ndim == 0:
        return form(array.item())
    if array.ndim == 1:
        return _vector(array, indent, summarize, form)
    n = _options.edgeitems
    if summarize and len(array) > 2 * n:
        parts = [_nested(a, indent + 1, summarize, form) for a in array[:n]]
        parts += ["..."] + [_nested(a, indent + 1, summarize, form) for a in array[-n:]]
    else:
        parts = [_nested(a, indent + 1, summarize, form) for a in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    """Facts after the elements, on a new line where they do not fit."""
    last = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            last = indent + len(suffix)
        else:
            text += ", " + suffix
            last += len(suffix) + 2
    return text + ")"


def tensor_repr(tensor: Any) -> str:
    """The text of ``repr(tensor)``."""
    prefix = "tensor("
    array, kind = tensor._array, tensor.dtype
    suffixes = []
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={array.shape}")
        if kind is not dtypes.get_default_dtype():
            suffixes.append(f"dtype={kind}")
        text = "[]"
    else:
        if kind not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_):
            suffixes.append(f"dtype={kind}")
        summarize = array.size > _options.threshold
        form = _Format(_edges(array) if summarize else array)
        text = _nested(array, len(prefix), summarize, form)
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return _with_suffixes(prefix + text, suffixes, len(prefix))
