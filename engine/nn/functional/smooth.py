"""Smooth activations besides the common ones, and those that look along a dimension."""

from __future__ import annotations

from typing import Any

from engine.creation import zeros_like
from engine.nn.functional.activation import applied, refuse_integers, softmax
from engine.ops import gates
from engine.ops.shape import wrap_dim
from engine.random import rng_of
from engine.repeat import compute
from engine.tensor import Tensor


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input`, or α (e^(input/α) − 1) where negative."""
    refuse_integers(input, "elu_cpu")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return applied(gates.celu, input, inplace, alpha)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · tanh(log(1 + e^input))."""
    refuse_integers(input, "mish_cpu")
    return applied(gates.mish, input, inplace)


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + e^−input)), exact for large and small numbers."""
    refuse_integers(input, "log_sigmoid_cpu")
    return gates.logsigmoid.call(input)


def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """input − tanh(input)."""
    return input - input.tanh()


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along `dim`, times the sigmoid of the second."""
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = wrap_dim(dim, input.ndim)
    if input.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}"
        )
    refuse_integers(input, "glu_cpu")
    return gates.glu.call(input, dim)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """softmax(−input)."""
    return softmax(-input, dim, _stacklevel + 1, dtype)


def _gumbel(shape: tuple[int, ...], kind: Any) -> Any:
    return rng_of(None).gumbel(size=shape).astype(kind)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A random choice with the probabilities softmax(logits), softened by `tau` so that it has a gradient.

    With `hard` the values are one-hot and the gradients those of the soft choice.
    """
    noise = compute(_gumbel, tuple(logits.shape), logits._array.dtype)
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = zeros_like(soft.detach()).scatter(dim, soft.argmax(dim, keepdim=True), 1.0)
    return chosen - soft.detach() + soft
