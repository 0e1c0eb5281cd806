"""The functions between layers: ReLU and its family, sigmoids, softmax.

At a kink each takes the side that PyTorch takes (`relu'(0) = 0`, `elu'(0) = α`).
"""

from __future__ import annotations

import math
from functools import cache, partial
from typing import Any

import numpy as np
from numpy._core.umath import clip as CLIP  # type: ignore[attr-defined]

from engine.dtypes import cast_dtype, from_numpy_dtype
from engine.layout import in_rows
from engine.op import Array, Room, op
from engine.ops import second
from engine.ops.compare import where
from engine.ops.elementwise import exp, tanh
from engine.ops.erf import erf_array
from engine.ops.shape import wrap_dim
from engine.ops.table import unary
from engine.ops.windows import chunk_length, count
from engine.room import constant

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
BITS = {np.dtype(f"f{size}"): np.dtype(f"i{size}") for size in (2, 4, 8)}  # of floats, as whole numbers
_WORDS = {np.dtype(f"f{size}"): np.dtype(f"u{size}") for size in (4, 8)}
_FROM_ZERO = {np.dtype(t): (np.array(0, t), np.array(np.inf, t)) for t in ("f2", "f4", "f8")}


def keep(g: Array, mask: Array) -> Array:
    """`g` where `mask` holds and 0 elsewhere, also where `g` is inf or nan.

    numpy's `where` is slow; a product does it too, of the bits read as whole numbers: theirs is exact.
    """
    if type(g) is np.ndarray and g.dtype in BITS:
        return (g.view(BITS[g.dtype]) * mask).view(g.dtype)
    return where(mask, g, 0.0)


# ---- the ReLU family ----

def _relu(x: np.ndarray) -> Any:
    """With two bounds numpy takes a third of the time that `np.maximum` does."""
    bounds = _FROM_ZERO.get(x.dtype)
    return CLIP(x, *bounds) if bounds is not None else np.maximum(x, 0)


def _relu_rule(g: Array, out: Array) -> Array:
    """The gradient's bits times 1 or 0; without the bit of its sign a number is 0 as a word if it is 0."""
    word = _WORDS.get(out.dtype) if type(out) is np.ndarray and out.ndim else None
    if word is None or type(g) is not np.ndarray:
        return keep(g, out != 0)
    masked = np.left_shift(out.view(word), constant(1, word))
    np.sign(masked, masked)
    return np.multiply(g.view(word), masked, masked).view(g.dtype)


relu = unary(
    "relu", _relu, _relu_rule,
    "input, but at least 0", "", family="activation", inplace=True, second=second.zeros,
)


_FEW = 1 << 14  # elements


_zeros_of: dict[np.dtype, np.ndarray] = {}  # as many as were needed so far


def _zeros(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Beside an array numpy's maximum is quick, beside a single 0 it is not."""
    size, kept = math.prod(shape), _zeros_of.get(dtype)
    if kept is None or kept.size < size:
        kept = _zeros_of[dtype] = np.zeros(size, dtype)
    return kept[:size].reshape(shape)


@cache
def _drops_minus(dtype: np.dtype) -> bool:
    """Whether to numpy the larger of −0 and 0 is 0: which of the two it takes is up to the processor."""
    zeros = _zeros((255,), dtype)  # as many as it does at once, and those that are left
    return not np.signbit(np.maximum(-zeros, zeros)).any()


@relu.writes("forward", over=(0,))
def relu_into(room: Room, out: np.ndarray, input: np.ndarray) -> Any:
    """The larger of each number and 0; of many numbers by two bounds, which needs no array of zeros."""
    if out.dtype not in _WORDS:
        return None
    same = input.strides == out.strides
    if same and out.flags.c_contiguous and out.size <= _FEW and _drops_minus(out.dtype):
        room.notes["minus"] = False
        return [(partial(np.maximum, out=out), (input, _zeros(out.shape, out.dtype)))]
    low, high = np.zeros((), out.dtype), np.full((), np.inf, out.dtype)
    if not same:  # another order is for a copy, which is faster at it
        return [(out.__setitem__, (..., input)), (CLIP, (out, low, high, out))]
    return [(CLIP, (input, low, high, out))]


@relu.writes("vjp", over=(1,))
def relu_vjp_into(room: Room, outs: Any, g: np.ndarray, out: np.ndarray) -> Any:
    """The calls of the rule, which also leave inf and nan as they are; the shift only where it is needed."""
    word = _WORDS.get(out.dtype)
    (to_input,) = outs
    if word is None or g.strides != out.strides:
        return None
    if to_input.strides == out.strides:
        return _masked(room, g, out, to_input, word)
    calls: list[Any] = []  # another order is for a copy, a few samples at a time
    step = chunk_length(count(out.shape[1:]), len(out))
    for start in range(0, len(out), step):
        some = out[start : start + step]
        result = room.scratch(some.shape, some.dtype, "masked")
        if result.strides != some.strides:
            return None
        calls += _masked(room, g[start : start + step], some, result, word)
        calls.append((to_input[start : start + step].__setitem__, (..., result)))
    return calls


def _masked(room: Room, g: np.ndarray, out: np.ndarray, result: np.ndarray, word: np.dtype) -> list[Any]:
    bits, masked = out.view(word), result.view(word)
    calls: list[Any] = []
    if room.notes.get("minus", True):  # there may be −0
        calls.append((np.left_shift, (bits, np.ones((), word), masked)))
        bits = masked
    return [*calls, (np.sign, (bits, masked)), (np.multiply, (g.view(word), masked, masked))]


@op(family="activation", doc="input, times negative_slope below 0", internal=True, second=second.zeros)
def leaky_relu(input: Array, negative_slope: float = 0.01) -> Array:
    return np.where(input > 0, input, input * negative_slope)


@leaky_relu.vjp
def leaky_relu_vjp(g: Array, input: Array, negative_slope: float) -> Array:
    return where(input > 0, g, g * negative_slope)


@op(
    family="activation", doc="input, and scale · alpha · (e^(input · input_scale) − 1) below 0", internal=True
)
def elu(input: Array, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Array:
    below = np.expm1(np.minimum(input, 0) * input_scale) * (alpha * scale)
    return np.where(input > 0, input * scale, below)


@elu.vjp
def elu_vjp(g: Array, input: Array, alpha: float, scale: float, input_scale: float) -> Array:
    below = input <= 0
    slope = exp(where(input < 0, input, 0.0) * input_scale) * (alpha * scale * input_scale)
    return where(below, g * slope, g * scale)


def selu(input: Any) -> Any:
    """`elu` with the two constants that keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    return elu(input, SELU_ALPHA, SELU_SCALE)


# ---- smooth ----


def _sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−x), from e^−|x| so that nothing overflows and small values keep their digits."""
    decay = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, decay) / (1 + decay)


sigmoid = unary(
    "sigmoid", _sigmoid, lambda g, out: g * ((1 - out) * out), "1 / (1 + e^−input)", family="activation",
    inplace=True,
)


@op(family="activation", doc="input · sigmoid(input)", internal=True)
def silu(input: Array) -> Array:
    return input * _sigmoid(input)


@silu.vjp
def silu_vjp(g: Array, input: Array) -> Array:
    gate = sigmoid(input)
    return g * (gate * (1 + input * (1 - gate)))


_TANH_INNER = math.sqrt(2 / math.pi)
_TANH_CUBE = 0.044715


@op(
    family="activation",
    doc="input · Φ(input), Φ the normal distribution; 'tanh' approximates it",
    internal=True,
)
def gelu(input: Array, approximate: str = "none") -> Array:
    if approximate == "none":
        return input * 0.5 * (1 + erf_array(input * math.sqrt(0.5)))
    if approximate == "tanh":
        return input * 0.5 * (1 + np.tanh(_TANH_INNER * (input + _TANH_CUBE * input * input * input)))
    raise RuntimeError("approximate argument must be either none or tanh.")


@gelu.vjp
def gelu_vjp(g: Array, input: Array, approximate: str) -> Array:
    if approximate == "none":
        share = normal_cdf(input)
        density = exp(input * input * -0.5) * (1 / math.sqrt(2 * math.pi))
        return g * (share + input * density)
    inner = tanh(_TANH_INNER * (input + _TANH_CUBE * input * input * input))
    slope = _TANH_INNER * (1 + 3 * _TANH_CUBE * input * input)
    return g * (0.5 * (1 + inner) + 0.5 * input * (1 - inner * inner) * slope)


normal_cdf = unary(
    "_normal_cdf", lambda input: 0.5 * (1 + erf_array(input * math.sqrt(0.5))),
    lambda g, input: g * exp(input * input * -0.5) * (1 / math.sqrt(2 * math.pi)),
    "distribution function of the standard normal", family="activation", internal=True,
)


@op(family="activation", doc="log(1 + e^(beta · input)) / beta; input itself beyond threshold", internal=True)
def softplus(input: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    scaled = input * beta
    soft = (np.maximum(scaled, 0) + np.log1p(np.exp(-np.abs(scaled)))) / beta
    return np.where(scaled > threshold, input, soft)


@softplus.vjp
def softplus_vjp(g: Array, input: Array, beta: float, threshold: float) -> Array:
    return where(input * beta > threshold, g, g * sigmoid(input * beta))


# ---- over a dimension ----


@op(family="activation", doc="e^input, divided by its sum over dim")
def softmax(input: Array, dim: int, dtype: Any = None) -> Array:
    input = in_rows(_floating(cast_dtype(dtype, input), "softmax"))
    dim = wrap_dim(dim, input.ndim)
    if not input.ndim:
        return np.exp(input - input)
    powers = np.exp(input - _largest(input, dim))
    return np.divide(powers, np.add.reduce(powers, dim, keepdims=True), out=powers)


@softmax.vjp
def softmax_vjp(g: Array, out: Array, dim: int) -> Array:
    weighted = g * out
    return weighted - out * _total(weighted, dim)


@op(family="activation", doc="input − log of the sum of e^input over dim")
def log_softmax(input: Array, dim: int, dtype: Any = None) -> Array:
    input = in_rows(_floating(cast_dtype(dtype, input), "log_softmax"))
    dim = wrap_dim(dim, input.ndim)
    if not input.ndim:
        return input - input
    shifted = input - _largest(input, dim)
    shifted -= np.log(np.add.reduce(np.exp(shifted), dim, keepdims=True))
    return shifted


@log_softmax.vjp
def log_softmax_vjp(g: Array, out: Array, dim: int) -> Array:
    return g - exp(out) * _total(g, dim)


def _floating(x: np.ndarray, name: str) -> np.ndarray:
    if x.dtype.kind != "f":
        kind = from_numpy_dtype(x.dtype).tensor_type[6:-6]
        raise NotImplementedError(f'"{name}_lastdim_kernel_impl" not implemented for \'{kind}\'')
    return x


def _largest(x: np.ndarray, dim: int) -> np.ndarray:
    if not x.shape[dim]:
        return x.sum(dim, keepdims=True)
    return np.maximum.reduce(x, dim, keepdims=True)


def _total(x: Array, dim: int) -> Array:
    if not len(x.shape):
        return x
    return x.sum(dim, keepdims=True) if isinstance(x, np.ndarray) else x.sum(dim, keepdim=True)
