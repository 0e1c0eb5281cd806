"""How many threads numpy's matrix products use: one, unless the environment or ``set_num_threads`` says more.

Products of the size that most models have are slower on several threads. And all wait for the last one: as
soon as another program takes one of the cores, OpenBLAS on all of them is many times slower than on one.
"""

from __future__ import annotations

import os

from engine import blas

_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
_remembered = 1


def get_num_threads() -> int:
    """How many threads a matrix product may use."""
    tell = blas.function("get_num_threads")
    return _remembered if tell is None else int(tell())


def set_num_threads(count: int) -> None:
    """Let matrix products use up to that many threads; never more than there are cores for you alone.

    Where numpy uses another library than OpenBLAS the number is remembered and has no effect.
    """
    global _remembered
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _remembered = count
    tell = blas.function("set_num_threads")
    if tell is not None:
        tell(count)


def start_with_one() -> None:
    """One thread from now on, unless the environment names a number."""
    if not any(name in os.environ for name in _VARIABLES):
        set_num_threads(1)
