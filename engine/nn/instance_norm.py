"""Instance normalisation layers: mean 0 and variance 1 for each channel of each sample."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from engine.nn import functional as F
from engine.nn.normalization import _BatchNorm
from engine.tensor import Tensor


class _InstanceNorm(_BatchNorm):
    """(N, C, …) or (C, …) with mean 0 and variance 1 for each channel of each sample.

    Args:
        num_features: Channels.
        eps: Added to the variance, so that none is 0.
        momentum: How fast the running statistics follow.
        affine: Learn a scale and a shift for each channel.
        track_running_stats: Keep running statistics for evaluation.
        bias: Learn the shift, too.
    """

    ndim: ClassVar[int]

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
        track_running_stats: bool = False, device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_dimensions(input.ndim)
        one = input.ndim == self.ndim + 1
        channel = 0 if one else 1
        if input.shape[channel] != self.num_features:
            self._complain(channel, input.shape[channel])
        out = F.instance_norm(
            input.unsqueeze(0) if one else input, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum or 0.0, self.eps,
        )
        return out.squeeze(0) if one else out

    def _complain(self, channel: int, size: int) -> None:
        if self.affine:
            raise ValueError(
                f"expected input's size at dim={channel} to match num_features ({self.num_features}), but "
                f"got: {size}."
            )
        warnings.warn(
            f"input's size at dim={channel} does not match num_features. You can silence this warning by "
            "not passing in num_features, which is not used because affine=False",
            stacklevel=3,
        )


class InstanceNorm1d(_InstanceNorm):
    """Gives each channel of each signal mean 0 and variance 1: (N, C, L)."""

    ndim, dims = 1, (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Gives each channel of each image mean 0 and variance 1: (N, C, H, W)."""

    ndim, dims = 2, (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Gives each channel of each volume mean 0 and variance 1: (N, C, D, H, W)."""

    ndim, dims = 3, (4, 5)
