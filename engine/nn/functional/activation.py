"""Activations as functions of tensors."""

from __future__ import annotations

import warnings
from typing import Any

from engine.ops import activation
from engine.tensor import Tensor


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0)."""
    return input.relu_() if inplace else activation.relu.call(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`input`, times `negative_slope` where negative."""
    refuse_integers(input, "leaky_relu_cpu")
    return applied(activation.leaky_relu.call, input, inplace, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input`, or α (e^input − 1) where negative."""
    refuse_integers(input, "elu_cpu")
    return applied(activation.elu.call, input, inplace, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """ELU with the constants that keep mean 0 and variance 1."""
    refuse_integers(input, "elu_cpu")
    return applied(activation.selu, input, inplace)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input · sigmoid(input)."""
    refuse_integers(input, "silu_cpu")
    return applied(activation.silu.call, input, inplace)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """input · Φ(input), with Φ the standard normal's distribution function, exact or by tanh."""
    refuse_integers(input, "GeluKernelImpl")
    return activation.gelu.call(input, approximate)


def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent."""
    return input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e^−input)."""
    return activation.sigmoid.call(input)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + e^(β input)) / β, and `input` itself where β input > threshold."""
    refuse_integers(input, "softplus_cpu")
    return activation.softplus.call(input, beta, threshold)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """e^input divided by its sum over `dim`."""
    return activation.softmax.call(input, _softmax_dim("softmax", input, dim, _stacklevel), dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """log(softmax(input)), computed without leaving the range of floats."""
    return activation.log_softmax.call(input, _softmax_dim("log_softmax", input, dim, _stacklevel), dtype)


def _softmax_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X "
        "as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def applied(function: Any, input: Tensor, inplace: bool, *options: float) -> Tensor:
    """The result, or written over the input, of which the rule then needs a copy."""
    return input.copy_(function(input.clone(), *options)) if inplace else function(input, *options)


def refuse_integers(input: Tensor, kernel: str) -> None:
    """NotImplementedError in PyTorch's words unless `input` holds floats."""
    if not input.is_floating_point():
        kind = input.dtype.tensor_type[6:-6]
        raise NotImplementedError(f'"{kernel}" not implemented for \'{kind}\'')
