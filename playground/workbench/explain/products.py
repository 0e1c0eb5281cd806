"""Matrix products of all ranks and convolutions, written out."""

import itertools
from typing import Any

from playground.workbench.explain.arithmetic import stretched
from playground.workbench.explain.call import Explained, Index, Question, source
from playground.workbench.explain.writing import bracketed, joined, number
from playground.workbench.windows import Array


def product(question: Question) -> Explained | None:
    """One element of `a @ b`: a row of one times a column of the other."""
    inputs, op, element = question.inputs, question.op, question.element
    if op in ("linear", "Linear"):
        return _linear(question)
    if op in ("outer", "ger"):
        i, j = element
        return _summed(question, [((i,), (j,))], [])
    if op not in ("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner") or len(inputs) != 2:
        return None
    a, b = inputs
    if op == "inner" and (a.ndim > 1 or b.ndim > 1):
        return None
    batch = question.result.shape[: question.result.ndim - (a.ndim > 1) - (b.ndim > 1)]
    rest = element[len(batch) :]
    row = (rest[0],) if a.ndim > 1 else ()
    column = (rest[-1],) if b.ndim > 1 else ()
    before_a = stretched(a.shape[:-2], element[: len(batch)]) if a.ndim > 2 else ()
    before_b = stretched(b.shape[:-2], element[: len(batch)]) if b.ndim > 2 else ()
    pairs = [((*before_a, *row, k), (*before_b, k, *column)) for k in range(a.shape[-1])]
    return _summed(question, pairs, [])


def _linear(question: Question) -> Explained | None:
    inputs = question.inputs
    if len(inputs) < 2 or inputs[1].ndim != 2:
        return None
    *before, unit = question.element
    pairs: list[tuple[Index, Index]] = [((*before, k), (unit, k)) for k in range(inputs[1].shape[1])]
    return _summed(question, pairs, [(unit,)] if len(inputs) > 2 else [])


def _summed(question: Question, pairs: list[tuple[Index, Index]], bias: list[Index]) -> Explained:
    a, b = question.inputs[:2]
    terms = [f"{bracketed(a[i].item())}·{bracketed(b[j].item())}" for i, j in pairs]
    sources = [source(0, [i for i, _ in pairs]), source(1, [j for _, j in pairs])]
    formula = "Σ a[…, k] · b[k, …]"
    if bias:
        terms.append(f"{bracketed(question.inputs[2][bias[0]].item())}")
        sources.append(source(2, bias))
        formula = "Σ input[…, k] · weight[unit, k] + bias[unit]"
    return Explained(formula, f"{joined(terms)} = {number(question.value)}", sources)


def convolution(question: Question) -> Explained | None:
    """One element of a convolution: a window of the input times the weight of its channel."""
    inputs = question.inputs
    settings = _settings(question)
    if len(inputs) < 2 or settings is None:
        return None
    input, weight = inputs[:2]
    stride, padding, dilation, groups = settings
    spatial = weight.ndim - 2
    batched = input.ndim == weight.ndim
    batch = question.element[:1] if batched else ()
    channel, *position = question.element[len(batch) :]
    first = channel // (weight.shape[0] // groups) * weight.shape[1]
    here, there = [], []
    for c, *kernel in itertools.product(range(weight.shape[1]), *map(range, weight.shape[2:])):
        place = [position[d] * stride[d] - padding[d] + kernel[d] * dilation[d] for d in range(spatial)]
        if all(0 <= at < size for at, size in zip(place, input.shape[-spatial:], strict=True)):
            here.append((*batch, first + c, *place))
            there.append((channel, c, *kernel))
    return _window(question, input, weight, here, there, channel)


def _window(
    question: Question, input: Array, weight: Array, here: list[Any], there: list[Any], channel: int
) -> Explained:
    terms = [
        f"{bracketed(input[i].item())}·{bracketed(weight[j].item())}"
        for i, j in zip(here, there, strict=True)
    ]
    sources = [source(0, here), source(1, there)]
    if len(question.inputs) > 2:
        terms.append(bracketed(question.inputs[2][channel].item()))
        sources.append(source(2, [(channel,)]))
    formula = "Σ input[c, i·stride + u − padding, …] · weight[channel, c, u, …] + bias[channel]"
    return Explained(formula, f"{joined(terms) or '0'} = {number(question.value)}", sources)


def _settings(question: Question) -> tuple[list[int], list[int], list[int], int] | None:
    """Stride, padding and dilation of each dimension, and groups; None where they are not plain numbers."""
    spatial = question.inputs[1].ndim - 2 if len(question.inputs) > 1 else 0
    if "transpose" in question.op.lower() or spatial < 1:
        return None
    owner = question.call.function.owner
    known: dict[str, Any] = dict(vars(owner)) if owner is not None and hasattr(owner, "kernel_size") else {}
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    if not known:
        known = {**dict(zip(names, question.call.args, strict=False)), **question.call.options}
    found = []
    for name, default in (("stride", 1), ("padding", 0), ("dilation", 1)):
        value = known.get(name, default)
        if isinstance(value, str) or known.get("padding_mode", "zeros") != "zeros":
            return None
        found.append([value] * spatial if isinstance(value, int) else list(value) * (spatial // len(value)))
    return found[0], found[1], found[2], int(known.get("groups", 1))
