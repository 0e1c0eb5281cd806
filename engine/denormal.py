"""Numbers too small for the usual precision: a processor takes tens of times as long for each of them.

A model that is trained on after it has converged fills its gradients and moments with such numbers. With
flushing on, results below 1e-38 (float32) are 0. The setting belongs to a thread, as the processor has it:
`set_flush_denormal` changes it for good, a captured step for as long as it replays.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
import threading
from functools import cache
from typing import Any

_STATE_BYTES = 256  # fenv_t is 32 bytes on x86-64 and 16 on AArch64
_REGISTERS = {  # where in fenv_t the control register lies, and the bits that flush: results, and operands
    "x86_64": (28, 0x8040), "amd64": (28, 0x8040),
    "aarch64": (0, 1 << 24), "arm64": (0, 1 << 24),
}
_here = threading.local()


class Environment:
    """The floating-point environment of this thread, flushing and as the thread has it otherwise.

    ``enter(flushing)`` and ``enter(usual)`` switch between them in a fraction of a microsecond.
    """

    def __init__(self, library: Any, offset: int, bits: int) -> None:
        states = [ctypes.create_string_buffer(_STATE_BYTES) for _ in range(2)]
        for state in states:
            library.fegetenv(state)
        self._controls = [ctypes.c_uint32.from_buffer(state, offset) for state in states]
        self._controls[0].value |= bits
        self._bits = bits
        self.enter = library.fesetenv
        self.flushing, self.usual = [ctypes.c_void_p(ctypes.addressof(state)) for state in states]
        self._kept = states

    def set_usual(self, flush: bool) -> None:
        """Change what the thread has outside of replays."""
        usual = self._controls[1]
        usual.value = usual.value | self._bits if flush else usual.value & ~self._bits
        self.enter(self.usual)


def environment() -> Environment | None:
    """This thread's; None where the system has no way to flush."""
    if not hasattr(_here, "environment"):
        register, library = _REGISTERS.get(platform.machine().lower()), _mathematics()
        _here.environment = None if register is None or library is None else Environment(library, *register)
    return _here.environment


def set_flush_denormal(mode: bool) -> bool:
    """Have this thread take denormal numbers for 0, or no longer; False where the system cannot."""
    found = environment()
    if found is not None:
        found.set_usual(mode)
    return found is not None


@cache
def _mathematics() -> Any:
    """The C library's functions on the floating-point environment; None where there are none."""
    for find in (lambda: None, lambda: ctypes.util.find_library("m")):  # most often already in the process
        try:
            library = ctypes.PyDLL(find())
            if library.fegetenv and library.fesetenv:
                return library
        except (OSError, AttributeError, TypeError):
            continue
    return None
