"""PyTorch to hold our curves against, and a server with pages on it."""

from tests.engine.conftest import torch
from tests.playground.live.conftest import alice, open_page, server

__all__ = ["alice", "open_page", "server", "torch"]
