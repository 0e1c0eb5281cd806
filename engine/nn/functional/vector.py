"""Vectors as functions of tensors: unit length, angles between them, one-hot ones."""

from __future__ import annotations

import numpy as np

from engine.op import Array, op
from engine.ops.arrange import broadcast_tensors
from engine.tensor import Tensor


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """`input` divided by its p-norm over `dim`, or by `eps` where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp(min=eps).expand_as(input)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between `x1` and `x2` over `dim`, which is left out; lengths at least `eps`."""
    x1, x2 = broadcast_tensors(x1, x2)
    lengths = [x.norm(2, dim, keepdim=True).clamp(min=eps) for x in (x1, x2)]
    return (x1 / lengths[0] * (x2 / lengths[1])).sum(dim)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class number a vector with 1 at its place: the shape of `tensor` with classes added."""
    if tensor._array.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not tensor._array.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    return indicator.call(tensor, int(tensor.max()) + 1 if num_classes == -1 else num_classes)


@op(family="index", doc="1 at the place of each class number, 0 elsewhere", internal=True, nondiff=True)
def indicator(input: Array, classes: int) -> Array:
    if input.size and np.minimum.reduce(input, None) < 0:
        raise RuntimeError("Class values must be non-negative.")
    if input.size and np.maximum.reduce(input, None) >= classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return np.equal(input[..., None], np.arange(classes)).astype(np.int64)
