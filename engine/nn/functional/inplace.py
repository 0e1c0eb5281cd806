"""Activations written over their input: the functions that end in an underscore."""

from __future__ import annotations

from engine.nn.functional.activation import elu, leaky_relu, relu, selu
from engine.nn.functional.piecewise import hardtanh, rrelu, threshold
from engine.nn.functional.smooth import celu
from engine.tensor import Tensor


def relu_(input: Tensor) -> Tensor:
    """`relu`, written over `input`."""
    return relu(input, True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written over `input`."""
    return leaky_relu(input, negative_slope, True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written over `input`."""
    return elu(input, alpha, True)


def selu_(input: Tensor) -> Tensor:
    """`selu`, written over `input`."""
    return selu(input, True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written over `input`."""
    return celu(input, alpha, True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written over `input`."""
    return hardtanh(input, min_val, max_val, True)


def threshold_(input: Tensor, threshold_value: float, value: float) -> Tensor:
    """`threshold`, written over `input`."""
    return threshold(input, threshold_value, value, True)


def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False
) -> Tensor:
    """`rrelu`, written over `input`."""
    return rrelu(input, lower, upper, training, True)
