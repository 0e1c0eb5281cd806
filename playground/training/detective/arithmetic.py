"""The arithmetic of the one number that is not finite, in words, and where in the inputs it came from.

Inputs are finite, so it is always numbers that are too large, a division by zero, or a logarithm or root of
what has none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from playground.training.detective.culprit import Culprit
from playground.training.probes.pack import figure

Index = tuple[int, ...]
MOST_TERMS = 3


@dataclass(frozen=True)
class Told:
    """`text` is empty where nothing is known but names; `marked` is by input the place that mattered most."""

    text: str = ""
    marked: dict[str, Index] = field(default_factory=dict)


def arithmetic(culprit: Culprit) -> Told:
    """What made `culprit.value`."""
    rule = RULES.get((culprit.part, culprit.op)) or RULES.get((culprit.part, "")) or _anything
    with np.errstate(all="ignore"):
        told = rule(culprit)
    marked = told.marked or {name: _largest(array) for name, array in culprit.inputs.items() if array.size}
    return Told(told.text or _anything(culprit).text, marked)


# ---- sums of products ----


def _linear(c: Culprit) -> Told:
    *row, unit = c.index
    x, weight = c.inputs["input"][tuple(row)], c.inputs["weight"][unit]
    bias = c.inputs.get("bias")
    text, at = _products(weight, x, float(bias[unit]) if bias is not None else None)
    marked: dict[str, Index] = {"input": (*row, at), "weight": (unit, at)}
    return Told(f"{text} = {_total(c)}", marked | ({"bias": (unit,)} if bias is not None else {}))


def _linear_derivative(c: Culprit) -> Told:
    g, x, weight = (c.inputs[name] for name in ("g", "input", "weight"))
    rows, inputs = g.reshape(-1, len(weight)), x.reshape(-1, weight.shape[1])
    if c.wanted == "input":
        row, i = int(np.ravel_multi_index(c.index[:-1], x.shape[:-1])), c.index[-1]
        text, at = _products(rows[row], weight[:, i])
        return Told(f"{text} = {_total(c)}", {"g": (*c.index[:-1], at), "weight": (at, i)})
    unit = c.index[0]
    if c.wanted == "bias":
        told = _sum(rows[:, unit])
        return Told(f"{told} = {_total(c)}", {"g": _back(int(np.abs(rows[:, unit]).argmax()), g, unit)})
    text, at = _products(rows[:, unit], inputs[:, c.index[1]])
    return Told(f"{text} = {_total(c)}", {"g": _back(at, g, unit), "input": _back(at, x, c.index[1])})


def _back(row: int, array: np.ndarray, last: int) -> Index:
    return (*(int(i) for i in np.unravel_index(row, array.shape[:-1])), last)


def _convolution(c: Culprit) -> Told:
    """A window of the input times the weight of its channel."""
    x, weight = c.inputs["input"], c.inputs["weight"]
    sample, channel, *place = c.index
    stride, pads, dilation = (c.statics[name] for name in ("stride", "pads", "dilation"))
    first = channel // (len(weight) // int(c.statics["groups"])) * weight.shape[1]
    padded = np.pad(x[sample], [(0, 0), *pads])
    starts = [at * step for at, step in zip(place, stride, strict=True)]
    window = tuple(
        slice(start, start + width * (size - 1) + 1, width)
        for start, width, size in zip(starts, dilation, weight.shape[2:], strict=True)
    )
    patch = padded[(slice(first, first + weight.shape[1]), *window)]
    bias = c.inputs.get("bias")
    text, at = _products(weight[channel], patch, float(bias[channel]) if bias is not None else None)
    inside = tuple(int(i) for i in np.unravel_index(at, patch.shape))
    there = [
        start + width * i - before
        for start, width, i, (before, _) in zip(starts, dilation, inside[1:], pads, strict=True)
    ]
    marked: dict[str, Index] = {"weight": (channel, *inside)}
    if all(0 <= i < size for i, size in zip(there, x.shape[2:], strict=True)):
        marked["input"] = (sample, first + inside[0], *there)
    return Told(f"{text} = {_total(c)}", marked)


def _products(a: np.ndarray, b: np.ndarray, last: float | None = None) -> tuple[str, int]:
    """`3·1e+20 − 2e+19·1e+19 + … (22 smaller) + 0.5`, and which product is the largest."""
    left, right = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    order = np.argsort(-np.abs(left * right), kind="stable")
    terms = [f"{_bracketed(left[i])}·{_bracketed(right[i])}" for i in order[:MOST_TERMS]]
    smaller = [f"… ({len(order) - MOST_TERMS} smaller)"] * (len(order) > MOST_TERMS)
    text = " + ".join([*terms, *smaller, *([] if last is None else [_bracketed(last)])])
    return text, int(order[0])


def _total(c: Culprit) -> str:
    """What a sum of finite numbers gives that is no number: parts of it were inf, with both signs."""
    return "inf − inf = nan" if np.isnan(c.value) else _value(c)


def _sum(values: np.ndarray) -> str:
    flat = values.reshape(-1)
    order = np.argsort(-np.abs(flat), kind="stable")
    terms = [_bracketed(float(flat[i])) for i in order[:MOST_TERMS]]
    return " + ".join([*terms, *[f"… ({flat.size - MOST_TERMS} smaller)"] * (flat.size > MOST_TERMS)])


# ---- one number of one number ----

ONE = {
    "exp": "exp({0})", "log": "log({0})", "log2": "log2({0})", "log10": "log10({0})", "log1p": "log(1 + {0})",
    "sqrt": "√{0}", "rsqrt": "1 / √{0}", "square": "{0}²", "reciprocal": "1 / {0}", "expm1": "exp({0}) − 1",
    "neg": "−{0}", "abs": "|{0}|", "sinh": "sinh({0})", "cosh": "cosh({0})", "exp2": "2^{0}",
    "add": "{0} + {1}", "sub": "{0} − {1}", "mul": "{0} · {1}", "div": "{0} / {1}", "pow": "{0}^{1}",
}  # fmt: skip
SLOPES = {
    "log": "{g} / {input}", "sqrt": "{g} / (2 · {out})", "rsqrt": "−{g} · {out}³ / 2", "exp": "{g} · {out}",
    "reciprocal": "−{g} · {out}²", "square": "{g} · 2 · {input}", "log1p": "{g} / (1 + {input})",
    "div": "{g} / {other}", "mul": "{g} · {other}", "abs": "{g} · sign({input})",
}  # fmt: skip


def _elementwise(c: Culprit) -> Told:
    """An op of which each number comes from one number of each input."""
    values = _here(c, c.inputs)
    plain = [_bracketed(float(v)) for v in c.statics.values() if isinstance(v, int | float)]
    numbers = [_bracketed(float(c.inputs[name][place])) for name, place in values.items()] + plain
    return Told(f"{ONE[c.op].format(*numbers, *['…'] * 2)} = {_value(c)}", values)


def _slope(c: Culprit) -> Told:
    values = _here(c, c.inputs)
    numbers = {name: _bracketed(float(c.inputs[name][place])) for name, place in values.items()}
    known = {"g": "g", "input": "x", "other": "other", "out": "out", **numbers}
    template = "{g} · {input}" if c.op == "mul" and c.wanted == "other" else SLOPES[c.op]
    return Told(f"{template.format(**known)} = {_value(c)}", values)


def _here(c: Culprit, inputs: dict[str, np.ndarray]) -> dict[str, Index]:
    """In each input the place that broadcasting brings to the culprit's."""
    places = {}
    for name, array in inputs.items():
        if array.ndim <= len(c.index):
            own = c.index[len(c.index) - array.ndim :]
            places[name] = tuple(0 if size == 1 else at for size, at in zip(array.shape, own, strict=True))
    return {name: place for name, place in places.items() if _inside(place, inputs[name])}


def _inside(place: Index, array: np.ndarray) -> bool:
    return all(at < size for at, size in zip(place, array.shape, strict=True))


# ---- losses ----


def _difference(c: Culprit) -> tuple[np.ndarray, Index]:
    apart = np.abs(c.inputs["input"].astype(np.float64) - c.inputs["target"])
    return apart, _largest(apart)


def _squares(c: Culprit) -> Told:
    apart, at = _difference(c)
    one = f"({_at(c, 'input', at)} − {_bracketed(float(c.inputs['target'][at]))})²"
    limit = float(np.finfo(c.made.dtype).max)
    if apart[at] ** 2 > limit or apart.size == 1:
        return Told(f"{one} = {_value(c)}", {"input": at, "target": at})
    return Told(f"{one} + … ({apart.size - 1} more) = {_value(c)}", {"input": at, "target": at})


def _squares_derivative(c: Culprit) -> Told:
    at = c.index
    numbers = f"2 · ({_at(c, 'input', at)} − {_bracketed(float(c.inputs['target'][at]))})"
    return Told(f"{numbers} · {_bracketed(float(c.inputs['g']))} = {_value(c)}", {"input": at, "target": at})


def _distances(c: Culprit) -> Told:
    apart, at = _difference(c)
    one = f"|{_at(c, 'input', at)} − {_bracketed(float(c.inputs['target'][at]))}|"
    return Told(f"{one} + … ({apart.size - 1} more) = {_value(c)}", {"input": at, "target": at})


def _logits(c: Culprit) -> Told:
    """BCEWithLogitsLoss as it is worked out, of the largest score."""
    scores = c.inputs["input"]
    at = _largest(scores)
    x, y = figure(float(scores[at])), _bracketed(float(c.inputs["target"][at]))
    one = f"max({x}, 0) − {_bracketed(float(scores[at]))} · {y} + log(1 + exp(−|{x}|))"
    return Told(f"{one} + … ({scores.size - 1} more) = {_total(c)}", {"input": at, "target": at})


def _cross_entropy(c: Culprit) -> Told:
    """−log softmax at the target is the largest score less the target's."""
    scores, target = c.inputs["input"], c.inputs["target"]
    if scores.ndim != 2:
        return Told()
    if (weightless := _weightless(c)) is not None:
        return weightless
    own = scores[np.arange(len(scores)), target].astype(np.float64)
    row = int((scores.max(1) - own).argmax())
    most, mine = float(scores[row].max()), float(own[row])
    chance = f"exp({figure(mine)} − {_bracketed(most)})"
    marked: dict[str, Index] = {"input": (row, int(target[row])), "target": (row,)}
    return Told(f"−log({chance}) = −log(0) = {_value(c)}", marked)


def _log_likelihood(c: Culprit) -> Told:
    """Of log-probabilities, the least likely target."""
    logs, target = c.inputs["input"], c.inputs["target"]
    if logs.ndim != 2:
        return Told()
    if (weightless := _weightless(c)) is not None:
        return weightless
    row = int(logs[np.arange(len(logs)), target].argmin())
    at = (row, int(target[row]))
    text = f"−({_at(c, 'input', at)}) − … ({len(logs) - 1} more) = {_value(c)}"
    return Told(text, {"input": at, "target": (row,)})


def _weightless(c: Culprit) -> Told | None:
    """A mean over targets that all count nothing."""
    target, weight = c.inputs["target"], c.inputs.get("weight")
    if weight is None or weight[target].any():
        return None
    text = f"0 / (sum of the weights of {len(target)} targets, all 0) = 0 / 0 = {_value(c)}"
    return Told(text, {"target": (0,), "weight": (int(target[0]),)})


# ---- normalisation ----


def _normalised(c: Culprit) -> Told:
    view, axes, eps = c.statics["view"], c.statics["axes"], float(c.statics["eps"])
    x = c.inputs["input"].reshape(view)
    mean = x.mean(axes, keepdims=True)
    if c.result != "output":
        part = _group(x, axes, c.index)
        spread = np.abs(part - mean[c.index])
        at = _unravelled(int(_positions(x, axes, c.index)[int(spread.argmax())]), c.inputs["input"])
        if c.result == "mean":
            return Told(f"({_sum(part)}) / {part.size} = {_value(c)}", {"input": at})
        one = f"({_at(c, 'input', at)} − {_bracketed(float(mean[c.index]))})²"
        return Told(f"{one}, summed over {part.size} numbers = {_value(c)}", {"input": at})
    place = tuple(int(i) for i in np.unravel_index(_ravelled(c.index, c.inputs["input"]), view))
    kept = tuple(0 if i in axes else at for i, at in enumerate(place))
    var = float(x.var(axes, keepdims=True)[kept])
    above = f"({_at(c, 'input', c.index)} − {_bracketed(float(mean[kept]))})"
    by_zero = " = 0 / 0" if not x.dtype.type(var) + x.dtype.type(eps) else ""
    text = f"{above} / √({figure(var)} + {figure(eps)}){by_zero}"
    return Told(f"{text} = {_value(c)}", {"input": c.index})


def _positions(x: np.ndarray, axes: Sequence[int], index: Index) -> np.ndarray:
    return np.asarray(_group(np.arange(x.size).reshape(x.shape), axes, index))


def _group(x: np.ndarray, axes: Sequence[int], index: Index) -> np.ndarray:
    """The numbers of which a kept-dimensions statistic at `index` is made."""
    return x[tuple(slice(None) if i in axes else at for i, at in enumerate(index))].reshape(-1)


# ---- everything else ----


def _norm(c: Culprit) -> Told:
    name, array = max(c.inputs.items(), key=lambda item: float(np.abs(item[1]).max(initial=0)))
    at = _largest(array)
    return Told(f"√({_bracketed(float(array[at]))}² + …) = {_value(c)}", {name: at})


def _given(c: Culprit) -> Told:
    return Told(f"{c.name}{list(c.index)} = {_value(c)}", {c.name: c.index})


def _update(c: Culprit) -> Told:
    return Told(c.text, dict.fromkeys(c.inputs, c.index))


def _anything(c: Culprit) -> Told:
    sizes = [
        f"{name} up to {figure(float(np.abs(array).max()))}"
        for name, array in c.inputs.items()
        if array.size and array.dtype.kind == "f"
    ]
    return Told(f"{c.name} of {' and '.join(sizes)} = {_value(c)}" if sizes else f"{c.name} = {_value(c)}")


def _value(c: Culprit) -> str:
    return figure(c.value)


def _at(c: Culprit, name: str, place: Index) -> str:
    return figure(float(c.inputs[name][place]))


def _bracketed(value: float) -> str:
    return f"({figure(value)})" if value < 0 else figure(value)


def _largest(array: np.ndarray) -> Index:
    return _unravelled(int(np.abs(array).argmax()), array)


def _unravelled(place: int, array: np.ndarray) -> Index:
    return tuple(int(i) for i in np.unravel_index(place, array.shape))


def _ravelled(index: Index, array: np.ndarray) -> int:
    return int(np.ravel_multi_index(index, array.shape))


Rule = Callable[[Culprit], Told]
RULES: dict[tuple[str, str], Rule] = {
    ("forward", "linear"): _linear,
    ("derivative", "linear"): _linear_derivative,
    ("forward", "convolution"): _convolution,
    **{("forward", op): _elementwise for op in ONE},
    **{("derivative", op): _slope for op in SLOPES},
    ("forward", "mse_loss"): _squares,
    ("derivative", "mse_loss"): _squares_derivative,
    ("forward", "l1_loss"): _distances,
    ("forward", "bce_with_logits"): _logits,
    ("forward", "cross_entropy_of_classes"): _cross_entropy,
    ("forward", "nll_loss"): _log_likelihood,
    ("forward", "normalize_over"): _normalised,
    ("code", "clip_grad_norm_"): _norm,
    ("given", ""): _given,
    ("update", ""): _update,
}
