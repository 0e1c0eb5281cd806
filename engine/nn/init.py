"""Initial values of parameters, in place, as `torch.nn.init` has them; skipped inside `nn.meta()`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import recording
from engine.grad_mode import no_grad
from engine.inplace import copy_
from engine.nn.meta_mode import is_meta
from engine.random import Generator, rng_of
from engine.tensor import Tensor, wrap

_GAINS: dict[str, float] = dict.fromkeys(
    ("linear", "sigmoid", *(f"conv{kind}{d}d" for kind in ("", "_transpose") for d in (1, 2, 3))), 1
) | {"tanh": 5 / 3, "relu": math.sqrt(2.0), "selu": 3 / 4}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much initial weights are widened to make up for what follows them."""
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _fill(tensor: Tensor, make: Callable[[], Any]) -> Tensor:
    """Write what `make` returns into `tensor`, outside the graph. Nothing where there is no memory."""
    if not is_meta():
        with no_grad():
            copy_(tensor, wrap(recording.constant(np.asarray(make(), tensor._array.dtype))))
    return tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform between `a` and `b`."""
    if a > b:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={a:g} > to={b:g}"
        )
    return _fill(tensor, lambda: rng_of(generator).uniform(a, b, tensor.shape))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normal with the given mean and standard deviation."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    return _fill(tensor, lambda: rng_of(generator).normal(mean, std, tensor.shape))


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal, drawn again wherever it falls outside `a` … `b`."""

    def make() -> np.ndarray:
        rng = rng_of(generator)
        values = rng.normal(mean, std, tensor.shape)
        while (outside := (values < a) | (values > b)).any():
            values[outside] = rng.normal(mean, std, int(outside.sum()))
        return values

    return _fill(tensor, make)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """`val` everywhere."""
    return _fill(tensor, lambda: val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere."""
    return _fill(tensor, lambda: 1)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere."""
    return _fill(tensor, lambda: 0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix, as far as it goes."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _fill(tensor, lambda: np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Convolution weights that pass as many input channels as they can through unchanged."""
    sizes = tensor.shape
    if len(sizes) not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if sizes[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")

    def make() -> np.ndarray:
        values = np.zeros(sizes)
        per_group = sizes[0] // groups
        centre = tuple(n // 2 for n in sizes[2:])
        for group in range(groups):
            for channel in range(min(per_group, sizes[1])):
                values[(group * per_group + channel, channel, *centre)] = 1
        return values

    return _fill(tensor, make)


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs reach an output and how many outputs an input reaches."""
    sizes: Sequence[int] = tensor.shape
    if len(sizes) < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(sizes[2:])
    return sizes[1] * field, sizes[0] * field


_calculate_fan_in_and_fan_out = _fans


def _correct_fan(tensor: Tensor, mode: str) -> int:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _fans(tensor)[mode == "fan_out"]


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform, keeping the variance of signals and gradients (Glorot & Bengio, 2010)."""
    bound = gain * math.sqrt(6.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal, keeping the variance of signals and gradients (Glorot & Bengio, 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform, keeping the variance through a rectifier of slope `a` (He et al., 2015)."""
    if _empty(tensor):
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_correct_fan(tensor, mode))
    return uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal, keeping the variance through a rectifier of slope `a` (He et al., 2015)."""
    if _empty(tensor):
        return tensor
    return normal_(
        tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(_correct_fan(tensor, mode)), generator
    )


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Rows (or columns, whichever are fewer) at right angles to each other (Saxe et al., 2014)."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")

    def make() -> np.ndarray:
        rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
        flat = rng_of(generator).normal(size=(max(rows, columns), min(rows, columns)))
        basis, upper = np.linalg.qr(flat)
        basis *= np.sign(np.diag(upper))    # makes the distribution uniform over all such bases
        return gain * (basis.T if rows < columns else basis).reshape(tensor.shape)

    return tensor if not tensor.numel() else _fill(tensor, make)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal, with the share `sparsity` of each column set to 0 (Martens, 2010)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")

    def make() -> np.ndarray:
        rng = rng_of(generator)
        values = rng.normal(0, std, tensor.shape)
        rows = tensor.shape[0]
        for column in range(tensor.shape[1]):
            values[rng.permutation(rows)[:math.ceil(sparsity * rows)], column] = 0
        return values

    return _fill(tensor, make)


def _empty(tensor: Tensor) -> bool:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def _renamed(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """An initialiser under its old name, without the underscore."""
    new = function.__name__
    old = new.removesuffix("_")

    def call(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.", FutureWarning, stacklevel=2
        )
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = old
    call.__doc__ = f"See ``{new}``."
    return call


globals().update({
    made.__name__.removesuffix("_"): _renamed(made)
    for made in (
        uniform_, normal_, constant_, eye_, dirac_, xavier_uniform_, xavier_normal_, kaiming_uniform_,
        kaiming_normal_, orthogonal_, sparse_,
    )
})
