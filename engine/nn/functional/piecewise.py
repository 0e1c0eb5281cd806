"""Activations made of straight pieces and thresholds. At a kink each takes the slope that PyTorch takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.nn.functional.activation import applied, leaky_relu, refuse_integers
from engine.ops import gates, pieces
from engine.ops.compare import where
from engine.ops.second import alias
from engine.random import rng_of
from engine.repeat import compute
from engine.tensor import Tensor


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """`input`, held between `min_val` and `max_val`; the slope at both is 0."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if input._array.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    return applied(_held, input, inplace, min_val, max_val)


def _held(input: Tensor, low: float, high: float) -> Tensor:
    if not input.is_floating_point():
        return input.clamp(int(low), int(high))
    return pieces.held(input, low, high)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """`input`, held between 0 and 6."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """0 up to −3, 1 from 3 on, and a straight line between."""
    refuse_integers(input, "hardsigmoid_cpu")
    return applied(pieces.ramp, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · hardsigmoid(input)."""
    refuse_integers(input, "hardswish_cpu")
    return applied(pieces.hardswish, input, inplace)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is above `threshold`, else `value`."""
    if input._array.dtype.kind == "b":
        refuse_integers(input, "threshold_cpu")
    if not input.is_floating_point():       # whole, and within the type's range by wrapping around it
        value = int(np.int64(value).astype(input._array.dtype))
    return applied(pieces.above, input, inplace, threshold, value)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, or 0 where |input| ≤ λ."""
    refuse_integers(input, "hardshrink_cpu")
    return pieces.hardshrink(input, lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input` moved towards 0 by λ, and 0 where it would pass it."""
    refuse_integers(input, "softshrink_check")
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be in range [0, 3.40282e+38] for input dtype Float, but found {lambd:g}"
        )
    return pieces.softshrink(input, lambd)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`input`, times `weight` where negative: one number, or one for each channel (dimension 1)."""
    if weight.dtype != input.dtype:
        kinds = [t.dtype.tensor_type[6:-6] for t in (input, weight)]
        raise RuntimeError(f"prelu: Type promoting not supported. Got {kinds[0]} and {kinds[1]}")
    if weight.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
        )
    if weight.numel() != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.numel() != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}."
            )
        weight = weight.reshape((-1, *(1,) * (input.ndim - 2)))
    else:
        weight = weight.reshape(())
    return gates.prelu.call(input, weight)


def _slopes(lower: float, upper: float, shape: tuple[int, ...], kind: Any) -> Any:
    return rng_of(None).uniform(lower, upper, shape).astype(kind)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """`input`, times a number where not positive: drawn between the bounds in training, else their mean."""
    refuse_integers(input, "leaky_relu_cpu")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    noise = compute(_slopes, lower, upper, tuple(input.shape), input._array.dtype)
    return applied(lambda x: where(x > 0, x, noise * x), input if inplace else alias(input), inplace)
