"""DataParallel: a model written for several devices, on the one there is."""

from __future__ import annotations

from typing import Any

from engine.nn.module import Module


class DataParallel(Module):
    """Calls the module it holds. PyTorch spreads batches over GPUs; without any it does the same.

    Args:
        module: The model; its parameters are named below `module`.
        device_ids: Taken for PyTorch's sake, as are `output_device` and `dim`.
    """

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
