"""Freed memory is kept for the next array.

glibc maps large arrays one by one and gives back what is free at the end of its heap. A training step frees
its activations and allocates the same ones again, so every page of them would be fetched from the system at
every step: twice the time of a step with images. Here the heap serves arrays of up to 32 MiB, the most that
glibc allows, and up to 256 MiB stay with the process.
"""

from __future__ import annotations

import ctypes
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # from malloc.h
_MIB = 1 << 20


def keep_freed_memory() -> None:
    """Ask the C library for it, unless it is another one or the user's environment says otherwise."""
    if os.name != "posix" or any(name.startswith("MALLOC_") for name in os.environ):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, 32 * _MIB)
        mallopt(_TRIM_THRESHOLD, 256 * _MIB)
