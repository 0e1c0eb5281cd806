"""How a tensor prints: as PyTorch does."""

from __future__ import annotations

from typing import Any


def tensor_repr(tensor: Any) -> str:
    """The text of ``repr(tensor)``."""
    return f"tensor({tensor._array.tolist()})"
