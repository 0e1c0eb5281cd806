"""Helpers around training, as `torch.utils` groups them."""

from engine.utils import data

__all__ = ["data"]
