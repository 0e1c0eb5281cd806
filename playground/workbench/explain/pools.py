"""An element of a pooling: the greatest or the mean of a window."""

import itertools
import math
import re
from collections.abc import Sequence
from typing import Any

from playground.workbench.explain.call import Explained, Index, Question, source
from playground.workbench.explain.writing import bracketed, joined, number

CLOSE = 1e-4
"""Relative: what is further from the result was not made as is supposed here, and is explained otherwise."""


def pooling(question: Question) -> Explained | None:
    """None for a pooling of another kind: with a divisor of its own, or one that draws its windows."""
    name = question.op.lower().replace("_", "")
    found = re.fullmatch(r"(adaptive)?(max|avg)pool([123])d", name)
    if found is None or question.output != 0:
        return None
    adaptive, kind, spatial = bool(found[1]), found[2], int(found[3])
    windows = _adaptive(question, spatial) if adaptive else _fixed(question, spatial)
    lead = question.element[: len(question.element) - spatial]
    places: list[Index] = [(*lead, *place) for place in itertools.product(*windows)]
    values = [question.inputs[0][place].item() for place in places]
    words = [bracketed(value) for value in values]
    made = max(values) if kind == "max" else sum(values) / len(values)
    if not math.isclose(made, question.value, rel_tol=CLOSE, abs_tol=CLOSE):
        return None
    text = f"max({joined(words, ', ')})" if kind == "max" else f"({joined(words)}) / {len(words)}"
    formula = "the greatest of the window" if kind == "max" else "the mean of the window"
    return Explained(formula, f"{text} = {number(question.value)}", [source(0, places)])


def _fixed(question: Question, spatial: int) -> list[Sequence[int]]:
    """The places of the window in each dimension, without those of the padding."""
    kernel = _setting(question, "kernel_size", 1, spatial)
    stride = _setting(question, "stride", 2, spatial) or kernel
    padding = _setting(question, "padding", 3, spatial) or [0] * spatial
    dilated = "max" in question.op.lower()
    dilation = (_setting(question, "dilation", 4, spatial) if dilated else None) or [1] * spatial
    windows: list[Sequence[int]] = []
    for d, at in enumerate(question.element[-spatial:]):
        size = question.inputs[0].shape[d - spatial]
        first = at * stride[d] - padding[d]
        steps = range(first, first + kernel[d] * dilation[d], dilation[d])
        windows.append([place for place in steps if 0 <= place < size])
    return windows


def _adaptive(question: Question, spatial: int) -> list[Sequence[int]]:
    """Windows as equal as they can be: from ⌊i · size / n⌋ to ⌈(i + 1) · size / n⌉."""
    sizes = zip(question.inputs[0].shape[-spatial:], question.result.shape[-spatial:], strict=True)
    return [
        range(at * size // n, -(-(at + 1) * size // n))
        for at, (size, n) in zip(question.element[-spatial:], sizes, strict=True)
    ]


def _setting(question: Question, name: str, place: int, spatial: int) -> list[int]:
    """A setting for each dimension, of the module or as it was given; empty where it was not."""
    owner, call = question.call.function.owner, question.call
    value: Any = getattr(owner, name, None)
    if value is None:
        value = call.options.get(name, call.args[place] if len(call.args) > place else None)
    if value is None:
        return []
    return [value] * spatial if isinstance(value, int) else [int(n) for n in value]
