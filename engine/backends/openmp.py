"""OpenMP, which is not used: the engine has threads of its own."""

from __future__ import annotations


def is_available() -> bool:
    """Always False."""
    return False
