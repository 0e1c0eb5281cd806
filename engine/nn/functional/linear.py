"""Affine maps as functions of tensors."""

from __future__ import annotations

import numpy as np

from engine.nn.functional.conv_checks import must_be_tensor
from engine.ops import linear as linear_op
from engine.ops.linalg import matmul
from engine.tensor import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input · weightᵀ + bias` over the last dimension: (…, in) with a weight of (out, in) gives (…, out).

    A weight of (in,) gives (…,).
    """
    if type(input) is np.ndarray:  # ops take arrays for constants; a stand-in for a tensor may come here too
        must_be_tensor("linear", input)
    if isinstance(weight, Tensor) and weight._array.ndim == 1:
        product = matmul(input, weight)
        return product if bias is None else product + bias
    return linear_op.linear.call(input, weight, bias)
