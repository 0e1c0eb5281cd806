"""How a layer makes one number of its output, in signs and in a sample's own numbers (evaluation mode)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import nn
from playground.training.probes.pack import figure

MOST_TERMS = 4
"""Products of a sum that are written out; of more, the largest."""

Text = tuple[str, str]
"""The formula, and the same with numbers."""


def explain(layer: nn.Module, x: np.ndarray, y: np.ndarray, unit: int) -> Text:
    """Output number `unit` (in C order) of one sample: `x` and `y` without the batch."""
    place = tuple(int(i) for i in np.unravel_index(unit, y.shape))
    formula, numbers = EXPLAINED.get(type(layer), _unexplained)(layer, x, y, place)
    return formula, f"{numbers} = {figure(float(y[place]))}"


def _unexplained(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    name = type(layer).__name__
    return f"y = {name}(x)", f"{name}(…)"


def _linear(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    unit = place[-1]
    weight, inputs = layer.weight.detach().numpy()[unit], x[place[:-1]]
    bias = None if layer.bias is None else float(layer.bias.detach().numpy()[unit])
    plus = "" if bias is None else f" + bias[{unit}]"
    return f"y[{unit}] = Σᵢ weight[{unit}, i] · x[i]{plus}", _sum(weight, inputs, bias)


def _conv(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
        return _unexplained(layer, x, y, place)
    channel, *position = place
    weight = layer.weight.detach().numpy()[channel]
    first = channel // (layer.out_channels // layer.groups) * len(weight)
    padded = np.pad(x, [(0, 0), *((side, side) for side in layer.padding)])
    window = tuple(
        slice(at * stride, at * stride + dilation * (size - 1) + 1, dilation)
        for at, stride, dilation, size in zip(
            position, layer.stride, layer.dilation, layer.kernel_size, strict=True
        )
    )
    patch = padded[(slice(first, first + len(weight)), *window)]
    bias = None if layer.bias is None else float(layer.bias.detach().numpy()[channel])
    plus = "" if bias is None else f" + bias[{channel}]"
    return f"y{list(place)} = Σ weight[{channel}] · (the window of x){plus}", _sum(weight, patch, bias)


def _sum(weight: np.ndarray, inputs: np.ndarray, bias: float | None) -> str:
    """`0.31·1.2 − 0.42·0.11 + … (12 smaller) + 0.05`."""
    weights, values = weight.reshape(-1).astype(np.float64), inputs.reshape(-1).astype(np.float64)
    with np.errstate(all="ignore"):
        order = np.arange(len(weights))
        if len(order) > MOST_TERMS:
            order = np.argsort(-np.abs(weights * values), kind="stable")[:MOST_TERMS]
    text = ""
    for i in order:
        product = f"{figure(abs(float(weights[i])))}·{_signed(float(values[i]))}"
        first = "−" if weights[i] < 0 else ""
        text += (_sign(float(weights[i])) if text else first) + product
    if len(weights) > MOST_TERMS:
        text += f" + … ({len(weights) - MOST_TERMS} smaller)"
    return text if bias is None else f"{text}{_sign(bias)}{figure(abs(bias))}"


def _sign(value: float) -> str:
    return " − " if value < 0 else " + "


def _signed(value: float) -> str:
    return f"({figure(value)})" if value < 0 else figure(value)


def _of(x: np.ndarray, place: tuple[int, ...]) -> str:
    return figure(float(x[place]))


def _elementwise(formula: str, numbers: str) -> Callable[..., Text]:
    """A layer whose output depends on the input at the same place only, `{}` in `numbers`."""
    return lambda layer, x, y, place: (formula, numbers.format(_of(x, place)))


def _leaky(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    slope = figure(layer.negative_slope)
    value = _of(x, place)
    return f"y = max(0, x) + {slope} · min(0, x)", f"max(0, {value}) + {slope}·min(0, {value})"


def _softmax(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    return "y = exp(x) / Σ exp(x)", f"exp({_of(x, place)}) / Σ exp(…)"


def _log_softmax(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    return "y = x − log Σ exp(x)", f"{_of(x, place)} − log Σ exp(…)"


def _pool(word: str) -> Callable[..., Text]:
    def explained(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
        channel, *position = place
        sizes, strides, paddings = (
            sides if isinstance(sides, tuple) else (sides, sides)
            for sides in (layer.kernel_size, layer.stride, layer.padding)
        )
        window = tuple(
            slice(max(0, at * stride - padding), at * stride - padding + size)
            for at, stride, padding, size in zip(position, strides, paddings, sizes, strict=True)
        )
        values = [figure(float(value)) for value in x[channel][window].reshape(-1)]
        shown = values if len(values) <= 9 else [*values[:8], "…"]
        return f"y{list(place)} = {word} of the window of x", f"{word}({', '.join(shown)})"

    return explained


def _batch_norm(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    channel = place[0]
    if layer.running_mean is None:
        return _unexplained(layer, x, y, place)
    mean, var = (float(kept.numpy()[channel]) for kept in (layer.running_mean, layer.running_var))
    formula = "y = (x − running_mean) / √(running_var + eps)"
    return _normalised(formula, layer, x, place, mean, var, channel)


def _layer_norm(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    rest = len(layer.normalized_shape)
    values = x[place[: len(place) - rest]].astype(np.float64)
    formula = "y = (x − mean) / √(var + eps)"
    return _normalised(formula, layer, x, place, float(values.mean()), float(values.var()), place[-rest:])


def _normalised(
    formula: str, layer: Any, x: np.ndarray, place: tuple[int, ...], mean: float, var: float, unit: Any
) -> Text:
    """With the layer's own scale and shift, where it has them."""
    text = f"({_of(x, place)}{_sign(-mean)}{figure(abs(mean))}) / √({figure(var)} + {figure(layer.eps)})"
    if layer.weight is not None:
        formula += " · weight"
        text += f" · {_signed(float(layer.weight.detach().numpy()[unit]))}"
    if layer.bias is not None:
        bias = float(layer.bias.detach().numpy()[unit])
        formula += " + bias"
        text += f"{_sign(bias)}{figure(abs(bias))}"
    return formula, text


def _flatten(layer: Any, x: np.ndarray, y: np.ndarray, place: tuple[int, ...]) -> Text:
    source = [int(i) for i in np.unravel_index(int(np.ravel_multi_index(place, y.shape)), x.shape)]
    return f"y{list(place)} = x{source}", figure(float(x[tuple(source)]))


EXPLAINED: dict[type[Any], Callable[..., Text]] = {
    nn.Linear: _linear,
    nn.Conv2d: _conv,
    nn.ReLU: _elementwise("y = max(0, x)", "max(0, {})"),
    nn.LeakyReLU: _leaky,
    nn.Tanh: _elementwise("y = tanh(x)", "tanh({})"),
    nn.Sigmoid: _elementwise("y = 1 / (1 + exp(−x))", "1 / (1 + exp(−({})))"),
    nn.GELU: _elementwise("y = x · Φ(x), Φ the normal distribution's", "{0} · Φ({0})"),
    nn.Softmax: _softmax,
    nn.LogSoftmax: _log_softmax,
    nn.MaxPool2d: _pool("max"),
    nn.AvgPool2d: _pool("mean"),
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.Dropout: _elementwise("y = x (in evaluation nothing is dropped)", "{}"),
    nn.Flatten: _flatten,
}
