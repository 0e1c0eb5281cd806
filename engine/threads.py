"""How many threads numpy's matrix products use: one, unless the environment or ``set_num_threads`` says more.

Products of the size that most models have are slower on several threads. And all wait for the last one: as
soon as another program takes one of the cores, OpenBLAS on all of them is many times slower than on one.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

_FOLDERS = ("../numpy.libs", ".dylibs")  # of the library in numpy's wheels, seen from numpy
_NAMES = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_", "openblas_{}_num_threads")
_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
_remembered = 1


@lru_cache(maxsize=1)
def _openblas() -> tuple[Callable[[], int], Callable[[int], Any]] | None:
    """The functions that tell and set its number of threads; None where numpy uses another library."""
    for folder in _FOLDERS:
        for path in sorted((Path(np.__file__).parent / folder).glob("*openblas*")):
            library = ctypes.CDLL(str(path))  # loaded already: this only finds it
            for name in _NAMES:
                if hasattr(library, name.format("set")):
                    return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None


def get_num_threads() -> int:
    """How many threads a matrix product may use."""
    found = _openblas()
    return _remembered if found is None else int(found[0]())


def set_num_threads(count: int) -> None:
    """Let matrix products use up to that many threads; never more than there are cores for you alone.

    Where numpy uses another library than OpenBLAS the number is remembered and has no effect.
    """
    global _remembered
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _remembered = count
    found = _openblas()
    if found is not None:
        found[1](count)


def start_with_one() -> None:
    """One thread from now on, unless the environment names a number."""
    if not any(name in os.environ for name in _VARIABLES):
        set_num_threads(1)
