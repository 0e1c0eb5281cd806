"""How many threads compute: one, unless the environment or ``set_num_threads`` says more.

Products of the size that most models have are slower on several threads. And all wait for the last one: as
soon as another program takes one of the cores, OpenBLAS on all of them is many times slower than on one.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.recording import changed

_FOLDERS = ("../numpy.libs", ".dylibs")  # of the library in numpy's wheels, seen from numpy
_NAMES = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_", "openblas_{}_num_threads")
_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
_asked = working = 1  # threads
_SMALL = 1 << 18  # multiplications of a product up to which OpenBLAS itself takes one thread
_LARGE = 1 << 23  # and from which several threads have enough to do to wait for each other

Call = tuple[Callable[..., Any], tuple[Any, ...]]


@lru_cache(maxsize=1)
def _openblas() -> tuple[Callable[[], int], Callable[[int], Any]] | None:
    """The functions that tell and set its number of threads; None where numpy uses another library."""
    for folder in _FOLDERS:
        for path in sorted((Path(np.__file__).parent / folder).glob("*openblas*")):
            library = ctypes.PyDLL(str(path))  # loaded already: this only finds it
            for name in _NAMES:
                if hasattr(library, name.format("set")):
                    return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None


def get_num_threads() -> int:
    """How many threads may compute."""
    return _asked


def set_num_threads(count: int) -> None:
    """Let large matrix products, and captured convolutions, use up to that many threads.

    One core is left to others where there are several: see above. Where numpy uses another library than
    OpenBLAS, products go on as they did.
    """
    global _asked, working, dot
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    _asked, working = count, min(count, max(1, cores - 1))
    dot = np.ndarray.dot if working == 1 else _sized_dot
    changed()
    products_together()


def workers() -> int:
    """How many threads compute: those asked for, but not all cores there are."""
    return working


def products_together() -> None:
    """From now on a large matrix product uses all threads."""
    found = _openblas()
    if found is not None:
        found[1](working)


def products_alone() -> None:
    """From now on a matrix product uses one thread."""
    found = _openblas()
    if found is not None:
        found[1](1)


def alone(calls: Iterable[Call]) -> Iterator[Call]:
    """Calls whose products use one thread each: on several their results depend on the number."""
    if working == 1:
        yield from calls
    else:
        yield products_alone, ()
        yield from calls
        yield products_together, ()


def sized(calls: Iterable[Call], multiplications: int) -> Iterable[Call]:
    """Calls for a product of that many multiplications: with one thread, unless it is large."""
    return alone(calls) if working > 1 and _must_be_told(multiplications) else calls


def _must_be_told(multiplications: int) -> bool:
    """Whether OpenBLAS would take more threads for a product than it should."""
    return working > 1 and _SMALL < multiplications < _LARGE


def _sized_dot(a: np.ndarray, b: np.ndarray) -> Any:
    if not _must_be_told(a.size * b.shape[-1]):
        return a.dot(b)
    products_alone()
    try:
        return a.dot(b)
    finally:
        products_together()


dot: Callable[[np.ndarray, np.ndarray], Any] = np.ndarray.dot
"""The product of two matrices: with one thread, unless it is large. numpy's call with the least overhead."""


def read_environment() -> None:
    """One thread from now on, unless the environment names a number."""
    found = _openblas()
    named = any(name in os.environ for name in _VARIABLES)
    set_num_threads(found[0]() if named and found is not None else 1)
