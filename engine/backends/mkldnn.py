"""Intel's library of layers, which is not used: numpy does the work."""

from __future__ import annotations

enabled = False


def is_available() -> bool:
    """Always False."""
    return False
