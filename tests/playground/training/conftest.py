"""PyTorch to hold what is shown against."""

from tests.engine.conftest import torch

__all__ = ["torch"]
