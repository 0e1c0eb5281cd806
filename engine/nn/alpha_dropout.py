"""Dropout layers for networks of SELUs: dropped numbers become SELU's lowest, mean and variance are kept."""

from __future__ import annotations

from engine.nn import functional as F
from engine.nn.dropout import _DropoutNd
from engine.tensor import Tensor


class AlphaDropout(_DropoutNd):
    """While training drops each number with probability p.

    Args:
        p: Probability of a number to be dropped.
        inplace: Taken for PyTorch's sake, and without effect there, too.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """While training drops whole channels with probability p.

    Args:
        p: Probability of a channel to be dropped.
        inplace: Taken for PyTorch's sake, and without effect there, too.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
