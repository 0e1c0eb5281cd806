"""Normalisation as functions of tensors: PyTorch's arguments and checks in front of the op."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import float16, float32
from engine.grad_mode import no_grad
from engine.ops.norm import normalize_by, normalize_over
from engine.repeat import compute
from engine.tensor import Size, Tensor


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
    bias: Tensor | None = None, training: bool = False, momentum: float | Tensor = 0.1, eps: float = 1e-5,
) -> Tensor:
    """Each channel (dimension 1) of (N, C, …) with mean 0 and variance 1.

    In training over the batch, whose statistics move the running ones by `momentum`; else by those.
    """
    if input.ndim < 2 and input.numel():
        raise errors.dim_range(1, input.ndim)
    channels = input.shape[1] if input.ndim > 1 else 0
    if training:
        _check_values_per_channel(input.shape)
    _check_batch_eps(eps, training)
    mixed = _is_mixed(input, "batch_norm", weight, bias, running_mean, running_var)
    stats = (("running_mean", running_mean), ("running_var", running_var))
    for name, given in (*stats, ("weight", weight), ("bias", bias)):
        if given is not None and given.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {given.numel()}")
    if input.ndim < 2:
        return input.clone()
    if mixed:
        args = running_mean, running_var, weight, bias, training, momentum, eps
        return batch_norm(input.float(), *args).to(input.dtype)
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        return normalize_by.call(input, running_mean, running_var, weight, bias, eps)
    view = (input.shape[0], channels, math.prod(input.shape[2:]))
    out, mean, variance = normalize_over(input, weight, bias, "batch", view, (0, 2), (1, channels, 1), eps)
    count = input.numel() / channels if channels else 0
    if running_mean is not None and count:
        with no_grad():
            _move(running_mean, mean, momentum, 1.0)
            if running_var is not None:
                _move(running_var, variance, momentum, count / (count - 1))
    return out


def _move(running: Tensor, latest: Tensor, momentum: float | Tensor, factor: float) -> None:
    compute(_moved, running, latest, momentum, factor, writes=(running,))


def _moved(running: np.ndarray, latest: np.ndarray, momentum: Any, factor: float) -> None:
    """running ← (1 − momentum) · running + momentum · factor · latest."""
    momentum = float(momentum)
    running *= 1 - momentum
    running += (momentum * factor) * latest.reshape(-1)


def instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
    weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:
    """Each channel of each sample of (N, C, …) with mean 0 and variance 1."""
    samples, channels = input.shape[:2]
    for name, given in (("running_mean", running_mean), ("running_var", running_var)):
        if given is not None and given.numel() != channels:
            raise RuntimeError(
                f"{name} should contain {samples * channels} elements not {samples * given.numel()}"
            )
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    size = math.prod(input.shape[2:])
    if size == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    view = (samples, channels, size)
    out, mean, variance = normalize_over(input, weight, bias, "batch", view, (2,), (1, channels, 1), eps)
    if running_mean is not None and running_var is not None:
        with no_grad():
            _move(running_mean, mean.detach().mean(0), momentum, 1.0)
            _move(running_var, variance.detach().mean(0), momentum, size / (size - 1))
    return out


def layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each sample with mean 0 and variance 1 over its last dimensions, which are `normalized_shape`."""
    shape = _trailing(input, normalized_shape, ", ")
    if _is_mixed(input, "LayerNormKernelImpl", weight, bias):
        return layer_norm(input.float(), normalized_shape, weight, bias, eps).to(input.dtype)
    size = math.prod(shape)
    view = (math.prod(input.shape[:-len(shape)]), size)
    return normalize_over(input, weight, bias, "layer", view, (1,), (1, size), eps)[0]


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each group of channels of each sample of (N, C, …) with mean 0 and variance 1."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    samples, channels = input.shape[:2]
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    sizes = (samples * channels // num_groups, num_groups, *input.shape[2:])
    if math.prod(sizes) // (sizes[1] or 1) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(input.shape)}"
        )
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and tuple(given.shape) != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got "
                f"{name} of shape {list(given.shape)} and input of shape {list(input.shape)}"
            )
    if _is_mixed(input, "GroupNormKernelImpl", weight, bias):
        return group_norm(input.float(), num_groups, weight, bias, eps).to(input.dtype)
    per_group = channels // num_groups
    view = (samples, num_groups, per_group, math.prod(input.shape[2:]))
    affine = (1, num_groups, per_group, 1)
    return normalize_over(input, weight, bias, "group", view, (2, 3), affine, eps)[0]


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Each sample divided by the root of its mean square over the last dimensions."""
    if not tuple(normalized_shape):
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
            f"but got normalized_shape = {list(normalized_shape)}"
        )
    shape = _trailing(input, normalized_shape, "")
    if weight is not None and tuple(weight.shape) != shape:
        raise RuntimeError(
            "Expected weight to be of same shape as normalized_shape, but got weight of shape "
            f"{list(weight.shape)} and normalized_shape = {list(shape)}"
        )
    dims = tuple(range(-len(shape), 0))
    wide = input.float() if input._array.dtype == np.float16 else input
    small = float(np.finfo(wide._array.dtype).eps) if eps is None else eps
    out = wide * (wide.pow(2).mean(dims, keepdim=True) + small).rsqrt()
    return (out if weight is None else out * weight).to(input.dtype)


def _trailing(input: Tensor, normalized_shape: Sequence[int], after_star: str) -> tuple[int, ...]:
    """The last dimensions to normalise over. RuntimeError where the input's are others."""
    shape = tuple(normalized_shape)
    if tuple(input.shape[-len(shape):]) != shape or input.ndim < len(shape):
        wanted = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*{after_star}{wanted}], "
            f"but got input of size{list(input.shape)}"
        )
    return shape


def _check_batch_eps(eps: float, training: bool) -> None:
    if training and eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")


def _check_values_per_channel(size: Size) -> None:
    if math.prod((size[0], *size[2:])) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def _is_mixed(input: Tensor, kernel: str, *parameters: Tensor | None) -> bool:
    """Whether float16 meets parameters in float32, and is computed in that. Errors for all other mixtures."""
    kind = input.dtype.tensor_type[6:-6]
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f'"{kernel}" not implemented for \'{kind}\'')
    given = [parameter.dtype for parameter in parameters if parameter is not None]
    others = [dtype for dtype in given if dtype is not input.dtype]
    if not others:
        return False
    if given[0] is input.dtype:
        raise RuntimeError(f"expected scalar type {kind} but found {others[0].tensor_type[6:-6]}")
    if any(dtype is not float32 for dtype in given):
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    if input.dtype is not float16:
        raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    return True
