"""A linear layer and its cross-entropy in one, as a module."""

from __future__ import annotations

import math
from typing import Any

from engine.nn import functional as F
from engine.nn.functional.linear_cross_entropy import LinearCrossEntropyOptions
from engine.nn.linear import Linear
from engine.nn.loss import _WeightedLoss
from engine.tensor import Tensor


class LinearCrossEntropyLoss(_WeightedLoss):
    """For classes: the cross-entropy of what a Linear layer of its own makes of the input (N, in_features).

    Args:
        in_features: Size of each sample.
        num_classes: Number of classes C.
        out_features: Sizes of what there is one class each for: targets are (N, *out_features).
        bias: Add a learned bias for each class.
        reduction: Average over all samples, or sum them.
        weight: How much a sample of each class counts.
        ignore_index: A class whose targets do not count; -100 unless given.
        label_smoothing: Share of the target spread over all classes.
        options: How PyTorch would save memory.

    Raises RuntimeError for weights and a share that do not fit.
    """

    def __init__(
        self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (), bias: bool = False,
        device: Any = None, dtype: Any = None, reduction: str = "mean", weight: Tensor | None = None,
        ignore_index: int | None = None, label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(
                f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}"
            )
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        super().__init__(weight, None, None, reduction)
        self.num_classes, self.out_features = num_classes, out_features
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        size = math.prod((num_classes, *out_features))
        self.linear = Linear(in_features, size, bias=bias, device=device, dtype=dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        shape, layer = (self.num_classes, *self.out_features), self.linear
        return F.linear_cross_entropy(
            input, layer.weight.reshape(*shape, layer.in_features), target,
            linear_bias=None if layer.bias is None else layer.bias.reshape(shape), weight=self.weight,
            reduction=self.reduction, ignore_index=self.ignore_index, label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, "
            f"reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )
