"""Window functions of signal processing: ``periodic`` leaves out the last point of the symmetric window.

Source: Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", 1978.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.creation import finish, numpy_dtype
from engine.tensor import Tensor

Shape = Callable[[int], Any]


def _window(
    shape: Shape, window_length: int, periodic: bool, dtype: Any, requires_grad: bool
) -> Tensor:
    if window_length < 0:
        raise RuntimeError(f"a window has no negative length, and window_length={window_length} was given")
    kind = numpy_dtype(dtype)
    if kind.kind != "f":
        raise RuntimeError(f"a window is of a floating point dtype, and {dtype} was given")
    values = shape(window_length + periodic)[:window_length] if window_length > 1 else np.ones(window_length)
    return finish(values.astype(kind), requires_grad)


def _cosines(length: int, alpha: float, beta: float) -> Any:
    return alpha - beta * np.cos(2 * np.pi * np.arange(length) / (length - 1))


def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False,
) -> Tensor:
    """½ − ½ cos(2πn / N)."""
    return _window(lambda n: _cosines(n, 0.5, 0.5), window_length, periodic, dtype, requires_grad)


def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """α − β cos(2πn / N)."""
    return _window(lambda n: _cosines(n, alpha, beta), window_length, periodic, dtype, requires_grad)


def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False,
) -> Tensor:
    """A triangle: 1 − |2n / N − 1|."""
    return _window(np.bartlett, window_length, periodic, dtype, requires_grad)


def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False,
) -> Tensor:
    """0.42 − 0.5 cos(2πn / N) + 0.08 cos(4πn / N)."""
    return _window(np.blackman, window_length, periodic, dtype, requires_grad)


def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """I₀(β √(1 − (2n / N − 1)²)) / I₀(β)."""
    return _window(lambda n: np.kaiser(n, beta), window_length, periodic, dtype, requires_grad)
