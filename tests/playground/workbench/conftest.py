"""PyTorch to hold our numbers against, and programs run without a server."""

from tests.engine.conftest import torch

__all__ = ["torch"]
