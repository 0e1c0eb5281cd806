"""Numbers too small for the usual precision: a processor takes tens of times as long for each of them.

A model that is trained on after it has converged fills its gradients and moments with such numbers. With
flushing on, results below 1e-38 (float32) are 0. The setting belongs to a thread, as the processor has it.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
import threading
from typing import Any

_STATE_BYTES = 256  # fenv_t is 32 bytes on x86-64 and 16 on AArch64
_REGISTERS = {  # where in fenv_t the control register lies, and the bits that flush: results, and operands
    "x86_64": (28, 0x8040), "amd64": (28, 0x8040),
    "aarch64": (0, 1 << 24), "arm64": (0, 1 << 24),
}
_here = threading.local()


def set_flush_denormal(mode: bool) -> bool:
    """Have this thread take denormal numbers for 0, or no longer; False where the system cannot."""
    register = _REGISTERS.get(platform.machine().lower())
    library = _mathematics()
    if register is None or library is None:
        return False
    offset, bits = register
    state = ctypes.create_string_buffer(_STATE_BYTES)
    if library.fegetenv(state):
        return False
    control = ctypes.c_uint32.from_buffer(state, offset)
    control.value = control.value | bits if mode else control.value & ~bits
    done = not library.fesetenv(state)
    if done:
        _here.flushes = mode
    return done


def flush_here() -> None:
    """Flush in this thread, unless somebody has already decided about it."""
    if getattr(_here, "flushes", None) is None:
        _here.flushes = False
        set_flush_denormal(True)


def _mathematics() -> Any:
    """The C library's functions on the floating-point environment; None where there are none."""
    try:
        library = ctypes.CDLL(ctypes.util.find_library("m") or None)
        return library if library.fegetenv and library.fesetenv else None
    except (OSError, AttributeError):
        return None
