"""PyTorch to hold our numbers against."""

from tests.engine.conftest import torch

__all__ = ["torch"]
