"""One call of an op, in arrays, so that both libraries can be given the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Sample:
    """Arguments with arrays where tensors go.

    ``grad`` is False where the op is not differentiable; ``smooth`` is False where differences cannot tell.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    grad: bool = True
    smooth: bool = True

    def build(self, make: Callable[[np.ndarray], Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments with ``make`` applied to each array."""
        return [_map(a, make) for a in self.args], {k: _map(v, make) for k, v in self.kwargs.items()}

    def changed(self, change: Callable[[np.ndarray], np.ndarray]) -> Sample:
        """The same call with other arrays."""
        args, kwargs = self.build(change)
        return Sample(tuple(args), kwargs, self.grad, self.smooth)


def _map(value: Any, make: Callable[[np.ndarray], Any]) -> Any:
    if isinstance(value, np.ndarray):
        return make(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, np.ndarray) for v in value):
        return type(value)(_map(v, make) for v in value)
    return value


def s(*args: Any, **kwargs: Any) -> Sample:
    """A differentiable call."""
    return Sample(args, kwargs)


def kink(*args: Any, **kwargs: Any) -> Sample:
    """A call at a kink or a tie: the gradient is PyTorch's choice, which differences cannot tell."""
    return Sample(args, kwargs, smooth=False)


def flat(*args: Any, **kwargs: Any) -> Sample:
    """A call without a gradient."""
    return Sample(args, kwargs, grad=False)


def x(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers of both signs, none of them near another or near 0, so that no sample sits at a kink."""
    size = int(np.prod(shape))
    spread = (np.arange(size) - size / 2 + 0.35) * (3.0 / max(size, 3))
    return np.random.default_rng(seed).permutation(spread).reshape(shape)


def pos(*shape: int, seed: int = 0) -> np.ndarray:
    """Positive numbers between 0.2 and 1.7."""
    step = np.arange(int(np.prod(shape))).reshape(shape) / 1e4
    return np.asarray(np.abs(x(*shape, seed=seed)) + 0.2 + step)


def unit(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers strictly between −1 and 1."""
    return np.asarray(x(*shape, seed=seed) * 0.6)


def ints(*shape: int, low: int = -3, high: int = 4, seed: int = 0) -> np.ndarray:
    """int64 numbers."""
    return np.random.default_rng(seed).integers(low, high, shape)


def mask(*shape: int, seed: int = 0) -> np.ndarray:
    """Truth values."""
    return np.random.default_rng(seed).integers(0, 2, shape).astype(bool)


def idx(values: Any) -> np.ndarray:
    """Positions."""
    return np.array(values, np.int64)
