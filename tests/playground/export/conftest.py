"""PyTorch for the tests that hold its curves against ours."""

from tests.engine.conftest import torch

__all__ = ["torch"]
