"""Intel's library of linear algebra, which is not used: numpy does the work."""

from __future__ import annotations


def is_available() -> bool:
    """Always False."""
    return False
