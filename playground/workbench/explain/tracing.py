"""Ops that only move elements, followed by their positions; and any other by its derivative."""

from typing import Any

import numpy as np

import engine
from playground.workbench.explain.call import Explained, Index, Question, source
from playground.workbench.explain.writing import joined, number
from playground.workbench.program import tensors_in

FIRST_POSITION = 2**40
"""Positions count from here: no number of a program is likely to be mistaken for one."""


LOOKUPS = frozenset({"embedding", "Embedding"})


def moved(question: Question) -> Explained | None:
    """The one element that was put here: the op is run again on the numbers of the positions."""
    inputs = question.inputs
    chosen = [at for at, array in enumerate(inputs) if _holds_values(question, at, array)]
    start, starts, tensors = FIRST_POSITION, {}, []
    for at, array in enumerate(inputs):
        if at in chosen:
            starts[at] = start
            positions = np.arange(start, start + array.size, dtype=np.float64).reshape(array.shape)
            tensors.append(engine.from_numpy(positions))
            start += array.size
        else:
            tensors.append(engine.from_numpy(array.copy()))
    outputs = list(tensors_in(_written_or_returned(question, tensors), 1))
    if question.output >= len(outputs) or outputs[question.output].shape != question.result.shape:
        return None
    position = float(outputs[question.output]._array[question.element])
    for at in chosen:
        place = position - starts[at]
        if place == int(place) and 0 <= place < inputs[at].size:
            found = tuple(int(i) for i in np.unravel_index(int(place), inputs[at].shape))
            name = question.call.inputs[at].name or "input"
            index = f"[{', '.join(map(str, found))}]"
            return Explained(
                f"{question.op}: the element itself", f"{name}{index} = {number(question.value)}",
                [source(at, [found])],
            )  # fmt: skip
    text = f"{number(question.value)} was put here by {question.op}: it comes from no input element"
    return Explained(question.op, text, [])


def looked_up(question: Question) -> Explained | None:
    """An element of the row of a table that an index names."""
    if question.op not in LOOKUPS:
        return None
    ids, rows = sorted(range(2), key=lambda at: question.inputs[at].dtype.kind == "f")
    at, column = question.element[:-1], question.element[-1]
    place = (int(question.inputs[ids][at]), column)
    name = question.call.inputs[rows].name or "weight"
    return Explained(
        "weight[input[…], k]", f"{name}[{place[0]}, {column}] = {number(question.value)}",
        [source(ids, [at]), source(rows, [place])],
    )  # fmt: skip


def _holds_values(question: Question, at: int, array: Any) -> bool:
    """Whether an input is moved, rather than saying where to: positions and masks are not."""
    if question.op == "setitem":
        positions = len(list(tensors_in(question.call.args[1])))
        return at == 0 or at > positions
    return at == 0 or question.call.kind == "join" or array.dtype.kind == "f"


def _written_or_returned(question: Question, tensors: list[engine.Tensor]) -> Any:
    with engine.no_grad():
        result = question.again(tensors)
    return tensors[0] if result is None else result


def sensitive(question: Question) -> Explained | None:
    """The input elements on which this one depends, by its derivative."""
    leaves = [
        engine.from_numpy(array.copy()).requires_grad_()
        if array.dtype.kind == "f"
        else engine.from_numpy(array)
        for array in question.inputs
    ]
    with engine.enable_grad():
        outputs = list(tensors_in(question.again(leaves), 1))
        if question.output >= len(outputs) or not outputs[question.output].requires_grad:
            return None
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        slopes = engine.autograd.grad(outputs[question.output][question.element], wanted, allow_unused=True)
    sources, words = [], []
    by_leaf = dict(zip(map(id, wanted), slopes, strict=True))
    for at, leaf in enumerate(leaves):
        slope = by_leaf.get(id(leaf))
        if slope is None:
            continue
        places: list[Index] = [tuple(map(int, place)) for place in np.argwhere(slope._array != 0)]
        if places:
            sources.append(source(at, places))
            words += [number(leaf._array[place].item()) for place in places]
    text = f"{question.op}({joined(words, ', ')}) = {number(question.value)}"
    return Explained(f"{question.op}: found by its derivative", text, sources)


def everything(question: Question) -> Explained:
    """Nothing more is known than that it comes from all elements."""
    sources = [
        source(at, [tuple(map(int, i)) for i in np.ndindex(*array.shape)] if array.size <= 4096 else [])
        for at, array in enumerate(question.inputs)
    ]
    words = [number(value) for array in question.inputs for value in array.ravel()[:100].tolist()]
    text = f"{question.op}({joined(words, ', ')}) = {number(question.value)}"
    return Explained(question.op, text, sources)
