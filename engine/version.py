"""``torch.version``: the release of PyTorch that the engine behaves as, and what it was built with."""

from __future__ import annotations

__version__ = "2.13.0"
cuda: str | None = None
hip: str | None = None
debug = False
