"""Batch normalisation that is only used, not trained, made part of the layer before it."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from engine.creation import ones_like, zeros_like
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.tensor import Tensor

M = TypeVar("M", bound=Module)


def _scale_and_shift(
    bias: Tensor | None, mean: Tensor, variance: Tensor, eps: float, gain: Tensor | None,
    offset: Tensor | None,
) -> tuple[Tensor, Tensor]:
    scale = (ones_like(mean) if gain is None else gain) * (variance + eps).rsqrt()
    start = zeros_like(mean) if bias is None else bias
    return scale, (start - mean) * scale + (zeros_like(mean) if offset is None else offset)


def _kept(value: Tensor, like: Tensor | None, given: Tensor) -> Parameter:
    """A parameter in the type that what it replaces has, trained where that was."""
    source = given if like is None else like
    return Parameter(value.detach().to(source.dtype), source.requires_grad)


def fuse_conv_bn_weights(
    conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor | None,
    bn_b: Tensor | None, transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution that also does the normalisation after it."""
    scale, shift = _scale_and_shift(conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    ones = [1] * (conv_w.ndim - 2)
    along = [1, -1, *ones] if transpose else [-1, 1, *ones]
    return _kept(conv_w * scale.reshape(along), None, conv_w), _kept(shift, conv_b, conv_w)


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
    bn_w: Tensor | None, bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of an affine map that also does the normalisation after it."""
    scale, shift = _scale_and_shift(linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    return _kept(linear_w * scale.unsqueeze(-1), None, linear_w), _kept(shift, linear_b, linear_w)


def fuse_conv_bn_eval(conv: M, bn: Any, transpose: bool = False) -> M:
    """A copy of ``conv`` that also does what ``bn`` does; both must be in eval mode."""
    made = _copy_for(conv, bn)
    made.weight, made.bias = fuse_conv_bn_weights(
        made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return made


def fuse_linear_bn_eval(linear: M, bn: Any) -> M:
    """A copy of ``linear`` that also does what ``bn`` does; both must be in eval mode.

    Raises AssertionError where ``bn`` has neither 1 feature nor as many as ``linear`` has outputs.
    """
    made = _copy_for(linear, bn)
    if bn.num_features not in (1, made.out_features):
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1")
    made.weight, made.bias = fuse_linear_bn_weights(
        made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return made


def _copy_for(layer: Any, bn: Any) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return copy.deepcopy(layer)
