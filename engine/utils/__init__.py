"""Helpers around training, as `torch.utils` groups them."""

from engine.utils import checkpoint, data, dlpack

__all__ = ["checkpoint", "data", "dlpack"]
