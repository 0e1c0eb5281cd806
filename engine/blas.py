"""numpy's library for matrix products, where that is OpenBLAS, and which of its kernels it uses.

It chooses them by the processor's name. Processors whose name it does not know, such as AMD's newer ones,
get those for AVX2 although they have AVX-512, with which a product takes half the time.
"""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features  # type: ignore[import-not-found]

_FOLDERS = ("../numpy.libs", ".dylibs")  # of the library in numpy's wheels, seen from numpy
_NAMES = ("scipy_openblas_{}64_", "openblas_{}64_", "openblas_{}")
_CHOICE = "OPENBLAS_CORETYPE"
_NARROW, _WIDE = ("Haswell", "Zen"), "SkylakeX"


@lru_cache(maxsize=1)
def openblas() -> Any:
    """The library; None where numpy uses another one."""
    for folder in _FOLDERS:
        for path in sorted((Path(np.__file__).parent / folder).glob("*openblas*")):
            library = ctypes.PyDLL(str(path))  # loaded already: this only finds it
            if any(hasattr(library, name.format("set_num_threads")) for name in _NAMES):
                return library
    return None


def function(name: str) -> Any:
    """One of its functions, whatever this build of it puts around the name; None where there is none."""
    library = openblas()
    for around in _NAMES if library is not None else ():
        if hasattr(library, around.format(name)):
            return getattr(library, around.format(name))
    return None


def kernels() -> str:
    """The processor whose kernels it uses, such as "SkylakeX"; empty where it does not say."""
    tell = function("get_corename")
    if tell is None:
        return ""
    tell.restype = ctypes.c_char_p
    return str(tell().decode())


def use_wide_kernels() -> None:
    """Have it use its kernels for AVX-512 where the processor has that, unless the environment chooses.

    No product may run in another thread meanwhile; it takes a tenth of a millisecond.
    """
    library = openblas()
    if _CHOICE in os.environ or not features.get("AVX512_SKX") or kernels() not in _NARROW:
        return
    if all(hasattr(library, f"gotoblas_{name}") for name in ("SKYLAKEX", "dynamic_quit", "dynamic_init")):
        os.environ[_CHOICE] = _WIDE
        library.gotoblas_dynamic_quit()
        library.gotoblas_dynamic_init()
        del os.environ[_CHOICE]
