"""Element-wise ops, reductions and softmax, written out."""

import itertools
import math
from typing import Any

import engine
from playground.workbench.explain.call import Explained, Index, Question, source
from playground.workbench.explain.writing import bracketed, joined, number
from playground.workbench.language.operators import BINARY, COMPARE

SIGNS = {op: sign for sign, op, *_ in [*BINARY.values(), *COMPARE.values()]}
ONE = {
    "neg": "−{0}", "exp": "e^{0}", "log": "ln {0}", "sqrt": "√{0}", "square": "{0}²", "abs": "|{0}|",
    "reciprocal": "1 / {0}", "relu": "max(0, {0})", "sigmoid": "1 / (1 + e^−{0})", "rsqrt": "1 / √{0}",
}  # fmt: skip


def stretched(shape: tuple[int, ...], element: Index) -> Index:
    """Where an element of a broadcast result lies in an input of this shape."""
    own = element[len(element) - len(shape) :] if len(shape) <= len(element) else element
    return tuple(0 if size == 1 else at for size, at in zip(shape, own, strict=True))


def elementwise(question: Question) -> Explained | None:
    """An op that makes each element from one element of each input."""
    inputs = question.inputs
    places = []
    for array in inputs:
        if len(array.shape) > question.result.ndim:
            return None
        places.append(stretched(array.shape, question.element))
    values = [array[place].item() for array, place in zip(inputs, places, strict=True)]
    operands = _operands(question.call.args, iter(values))
    text = _written(question.op, [bracketed(value) for value in operands])
    names = [f"{_name(question, at)}{list(place)}" for at, place in enumerate(places)]
    symbols = _operands(question.call.args, iter(names))
    return Explained(
        formula=_written(question.op, [str(each) for each in symbols]),
        arithmetic=f"{text} = {number(question.value)}",
        sources=[source(at, [place]) for at, place in enumerate(places)],
    )


def _name(question: Question, at: int) -> str:
    several = "₁₂₃₄₅₆₇₈"[at % 8] if len(question.inputs) > 1 else ""
    return question.call.inputs[at].name or f"input{several}"


def _operands(args: tuple[Any, ...], values: Any) -> list[Any]:
    """The arguments with each tensor replaced by its element."""
    return [
        next(values) if isinstance(each, engine.Tensor) else each
        for each in args
        if isinstance(each, engine.Tensor | bool | int | float)
    ] or list(values)


def _written(op: str, operands: list[str]) -> str:
    if len(operands) == 2 and op in SIGNS:
        return f"{operands[0]} {SIGNS[op]} {operands[1]}"
    if len(operands) == 1 and op in ONE:
        return ONE[op].format(operands[0])
    if op == "where" and len(operands) == 3:
        return f"{operands[1]} if {operands[0]} else {operands[2]}"
    return f"{op}({', '.join(operands)})"


def along(question: Question) -> list[Index]:
    """The elements of the first input that a reduction brings to one."""
    shape, dims = question.inputs[0].shape, set(question.call.dims)
    kept = iter(
        [at for dim, at in enumerate(question.element) if dim not in dims]
        if question.call.keepdim
        else question.element
    )
    ranges = [range(size) if dim in dims else [next(kept, 0)] for dim, size in enumerate(shape)]
    return list(itertools.product(*ranges))


def reduction(question: Question) -> Explained | None:
    """A sum, mean, maximum … of the elements along some dimensions."""
    array = question.inputs[0]
    places = along(question)
    values = [array[place].item() for place in places]
    n, words = len(values), [bracketed(value) for value in values]
    op, result = question.op, number(question.value)
    if not values:
        return Explained(f"{op} of no elements", result, [])
    formula = f"{op} of {n} elements"
    mean = sum(values) / n if op in ("var", "std", "mean") else 0.0
    named = question.call.options
    spread = n - int(named.get("correction", named.get("unbiased", 1)))
    squares = joined([f"({number(value)} − {bracketed(mean)})²" for value in values])
    texts = {
        "sum": joined(words), "nansum": joined(words), "mean": f"({joined(words)}) / {n}",
        "prod": joined(words, " · "), "var": f"({squares}) / {spread}", "std": f"√(({squares}) / {spread})",
        "logsumexp": f"ln({joined([f'e^{word}' for word in words])})",
        "norm": f"√({joined([f'{word}²' for word in words])})",
    }  # fmt: skip
    text = texts.get(op, f"{op}({joined(list(map(number, values)), ', ')})")
    return Explained(formula, f"{text} = {result}", [source(0, places)])


def softmax(question: Question) -> Explained | None:
    """`e^x / Σ e^x` along one dimension."""
    array, element = question.inputs[0], question.element
    dim = question.call.dims[0] if len(question.call.dims) == 1 else array.ndim - 1
    places = [(*element[:dim], at, *element[dim + 1 :]) for at in range(array.shape[dim])]
    words = [bracketed(array[place].item()) for place in places]
    own = bracketed(array[element].item())
    total = joined([f"e^{word}" for word in words])
    logarithm = question.op.lower().startswith("log")
    value = math.exp(question.value) if logarithm else question.value
    text = f"{own} − ln({total})" if logarithm else f"e^{own} / ({total})"
    formula = "x − ln Σ e^x" if logarithm else "e^x / Σ e^x"
    share = f", that is {value:.1%} of the sum"
    return Explained(formula, f"{text} = {number(question.value)}{share}", [source(0, places)])
