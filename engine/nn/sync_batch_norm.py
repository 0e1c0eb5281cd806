"""SyncBatchNorm: batch normalisation over the batches of all processes, of which there is one here."""

from __future__ import annotations

from typing import Annotated, Any

from engine.nn.bounds import Inferred
from engine.nn.module import Module
from engine.nn.normalization import Eps, Momentum, _BatchNorm
from engine.tensor import Tensor


class SyncBatchNorm(_BatchNorm):
    """Gives every channel mean 0 and variance 1 over the batch: (N, C, …), with any dimensions or none.

    Args:
        num_features: Channels of the input.
        eps: Added to the variance, so that none is 0.
        momentum: How fast the running statistics follow; None averages over all batches.
        affine: Learn a scale and a shift for each channel.
        track_running_stats: Keep running statistics for evaluation.
        process_group: Whose batches count; there is but this process.
        bias: Learn the shift, too.
    """

    dims = tuple(range(2, 65))

    def __init__(
        self, num_features: Annotated[int, Inferred(dim=1)], eps: Eps = 1e-5, momentum: Momentum = 0.1,
        affine: bool = True, track_running_stats: bool = True, process_group: Any = None, device: Any = None,
        dtype: Any = None, *, bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)
        self.process_group = process_group

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim > 1 and not input.shape[1]:
            raise ValueError("SyncBatchNorm number of input channels should be non-zero")
        return super().forward(input)

    def _wanted(self) -> str:
        return "at least 2D"

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with each batch normalisation in it replaced by this one, on the same parameters."""
        made = module
        if isinstance(module, _BatchNorm):
            sync = made = cls(
                module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats,
                process_group, bias=module.bias is not None,
            )
            sync.weight, sync.bias = module.weight, module.bias
            sync.running_mean, sync.running_var = module.running_mean, module.running_var
            sync.num_batches_tracked = module.num_batches_tracked
            sync.training = module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made
