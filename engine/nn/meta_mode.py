"""`with nn.meta():` builds modules that have shapes but no memory.

Inside, parameters and buffers are read-only arrays that repeat one number (stride 0), and
initialisation is skipped. A Linear(10**6, 10**6) then costs microseconds and can still say its
`numel()`; the real module is built only once its size is known to be acceptable.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

_on_meta: ContextVar[bool] = ContextVar("engine_nn_meta", default=False)
_NOTHING = bytes(16)        # immutable, so the arrays laid over it are read-only


@contextmanager
def meta() -> Iterator[None]:
    """Modules constructed inside hold shapes and dtypes, but neither memory nor values."""
    token = _on_meta.set(True)
    try:
        yield
    finally:
        _on_meta.reset(token)


def is_meta() -> bool:
    """Whether modules are being built without memory here and now."""
    return _on_meta.get()


def allocate(shape: Sequence[int], dtype: np.dtype, fill: float | None = None) -> np.ndarray:
    """An array for a parameter or buffer: `fill`ed, or uninitialised; without memory under `meta()`."""
    shape = tuple(shape)
    if _on_meta.get():
        return np.ndarray(shape, dtype, _NOTHING, strides=(0,) * len(shape))
    if fill is None:
        return np.empty(shape, dtype)
    return np.full(shape, fill, dtype)
