"""Convolution, max-pooling by 2 and ReLU as one op: what a captured step makes of the three.

The fast way to do it is in `conv_pool_into`; here is what it means.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Array, op
from engine.ops.activation import keep, relu
from engine.ops.conv import convolution, convolution_vjp, mirrored
from engine.ops.conv_batch_last import suits_batch_last
from engine.ops.pool import max_pool, max_pool_to_input
from engine.ops.windows import Pads, Sizes

_HALVING = ((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))  # kernel, stride, borders and dilation of the pooling


@op(family="conv", doc="the largest response of each 2×2 square of places, but at least 0", internal=True)
def convolution_pool(
    input: Array, weight: Array, bias: Array | None, stride: Sizes, pads: Pads, dilation: Sizes,
    with_gradient: bool,
) -> Array:
    """(N, C, H, W) and (O, C, *kernel) → (N, O, H' / 2, W' / 2); a rule may follow if ``with_gradient``."""
    responses = convolution.forward(input, weight, bias, stride, pads, dilation, 1)
    return relu.forward(max_pool.forward(responses, *_HALVING, _halves(responses.shape[2:])))


@convolution_pool.vjp
def convolution_pool_vjp(
    g: Array, input: Array, weight: Array, bias: Array | None, out: Array, stride: Sizes, pads: Pads,
    dilation: Sizes, needs: Any,
) -> tuple[Array | None, ...]:
    """From responses computed again."""
    settings = (stride, pads, dilation, 1)
    responses = convolution(input, weight, bias, *settings)
    pooled = max_pool(responses, *_HALVING, tuple(out.shape[2:]))
    slope = max_pool_to_input(keep(g, out != 0), responses, pooled, *_HALVING)
    return convolution_vjp(slope, input, weight, *settings, needs)


def _halves(sizes: Sizes) -> Sizes:
    return tuple(n // 2 for n in sizes)


def suits_pooling(
    input: np.ndarray, weight: np.ndarray, responses: np.ndarray, stride: Sizes, pads: Pads, dilation: Sizes,
    groups: int, needs: Any,
) -> bool:
    """Whether a convolution whose responses are pooled by 2 can be done as one with that.

    ``needs`` are the gradients that will be wanted; that of a bias is had with the weight's.
    """
    places = responses.shape[2:]
    return (
        len(places) == 2 and not any(n % 2 for n in places)
        and responses.dtype in (np.float32, np.float64) and weight.flags.c_contiguous
        and suits_batch_last(input.shape, places, pads, groups)
        and (needs[1] or not needs[2])
        and (not needs[0] or borders_back(input, weight, responses.shape, stride, pads, dilation) is not None)
    )


def borders_back(
    input: np.ndarray, weight: np.ndarray, shape: Sizes, stride: Sizes, pads: Pads, dilation: Sizes
) -> Pads | None:
    """The borders for the gradient towards the input, where that is computed with the batch last."""
    sizes = input.shape[2:]
    found = mirrored(shape, weight.shape, sizes, stride, pads, dilation)
    return found if found is not None and suits_batch_last(shape, sizes, found, 1) else None
