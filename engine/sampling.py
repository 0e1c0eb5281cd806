"""Random tensors, and the values of the in-place random forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.creation import like, numpy_dtype, shape_of
from engine.device import require_cpu
from engine.dtypes import as_numpy_dtype, from_numpy_dtype
from engine.random import Generator, rng_of
from engine.repeat import check, compute, is_any_negative
from engine.sizes import sizes
from engine.tensor import Tensor


def _draw(
    method: str, shape: tuple[int, ...], dtype: Any, generator: Generator | None
) -> np.ndarray[Any, Any]:
    kind = numpy_dtype(dtype)
    if kind.kind != "f":
        kernel = "check_uniform_bounds" if method == "random" else "normal_kernel_cpu"
        shown = from_numpy_dtype(kind).tensor_type[6:-6]
        raise NotImplementedError(f'"{kernel}" not implemented for \'{shown}\'')
    draw = getattr(rng_of(generator), method)
    if kind in (np.float32, np.float64):
        return draw(shape, dtype=kind)
    return draw(shape, dtype=np.float32).astype(kind)


def rand(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers drawn evenly from [0, 1)."""
    require_cpu(device)
    drawn = compute(_draw, "random", sizes(shape, size, "rand"), dtype, generator)
    return drawn.requires_grad_(requires_grad)


def randn(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers drawn from the standard normal distribution."""
    require_cpu(device)
    drawn = compute(_draw, "standard_normal", sizes(shape, size, "randn"), dtype, generator)
    return drawn.requires_grad_(requires_grad)


def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers drawn evenly from [low, high); called as ``(high, size)`` or ``(low, high, size)``."""
    require_cpu(device)
    if size is None:
        if isinstance(high, int):
            raise TypeError("randint(): argument 'size' (position 2) must be tuple of ints, not int")
        low, high, size = 0, low, high
    elif isinstance(size, int):
        raise TypeError("randint() received an invalid combination of arguments - got (int, int, int)")
    elif low is None or high is None:
        low, high = 0, low if high is None else high
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    drawn = compute(_integers, low, high, sizes((size,), name="randint"), dtype, generator)
    return drawn.requires_grad_(requires_grad)


def _integers(low: int, high: int, shape: Any, dtype: Any, generator: Any) -> np.ndarray[Any, Any]:
    drawn = rng_of(generator).integers(low, high, shape)
    return drawn if dtype is None else drawn.astype(as_numpy_dtype(dtype))


def randperm(
    n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The integers 0 … n−1 in random order."""
    require_cpu(device)
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    return compute(_permutation, n, dtype, generator).requires_grad_(requires_grad)


def _permutation(n: int, dtype: Any, generator: Any) -> np.ndarray[Any, Any]:
    drawn = rng_of(generator).permutation(n)
    return drawn if dtype is None else drawn.astype(as_numpy_dtype(dtype))


def rand_like(
    input: Tensor, *, dtype: Any = None, generator: Generator | None = None, requires_grad: bool = False
) -> Tensor:
    """``rand`` in the shape and dtype of ``input``."""
    shape = shape_of(input, "rand_like")
    return rand(shape, dtype=like(input, dtype), generator=generator, requires_grad=requires_grad)


def randn_like(
    input: Tensor, *, dtype: Any = None, generator: Generator | None = None, requires_grad: bool = False
) -> Tensor:
    """``randn`` in the shape and dtype of ``input``."""
    shape = shape_of(input, "randn_like")
    return randn(shape, dtype=like(input, dtype), generator=generator, requires_grad=requires_grad)


def randint_like(
    input: Tensor, low: int, high: int | None = None, *, dtype: Any = None,
    generator: Generator | None = None, requires_grad: bool = False,
) -> Tensor:
    """``randint`` in the shape and dtype of ``input``."""
    if high is None:
        low, high = 0, low
    return randint(
        low, high, input.shape, generator=generator, dtype=like(input, dtype), requires_grad=requires_grad
    )


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None, dtype: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:
    """Normal numbers with the given means and standard deviations, element by element."""
    require_cpu(device)
    _refuse_spread(std)
    if size is None:
        typed = mean if isinstance(mean, Tensor) else std
        size = np.broadcast_shapes(*(np.shape(x._array) for x in (mean, std) if isinstance(x, Tensor)))
        return randn(size, generator=generator, dtype=typed.dtype) * std + mean
    drawn = randn(sizes((size,), name="randint"), generator=generator, dtype=dtype) * std + mean
    return drawn.requires_grad_(requires_grad)


def _refuse_spread(std: Any) -> None:
    """RuntimeError for a standard deviation below 0."""
    if isinstance(std, Tensor):
        check(is_any_negative, RuntimeError, "normal expects all elements of std >= 0.0", std)
    elif std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """0 or 1: 1 with the probability that ``input`` gives."""
    if not input.is_floating_point():
        kind = input.dtype.tensor_type[6:-6]
        raise NotImplementedError(f'"bernoulli_tensor_cpu_p_" not implemented for \'{kind}\'')
    return compute(bernoulli_values, input, input, generator=generator)


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Indices drawn with the weights in the last dimension of ``input``, (n,) or (m, n)."""
    if not 0 < input.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not input.is_floating_point():
        raise RuntimeError(
            "multinomial only supports floating-point dtypes for input, got: "
            f"{input.dtype.tensor_type[6:-6]}"
        )
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > input.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if input.shape[-1] > 1 << 24:
        raise RuntimeError("number of categories cannot exceed 2^24")
    return compute(_multinomial, input, num_samples, replacement, generator=generator)


def _multinomial(input: Any, count: int, replacement: bool, *, generator: Generator | None) -> Any:
    weights = np.atleast_2d(input.astype(np.float64))
    _check_shares(weights, several=replacement and count > 1)
    rng = rng_of(generator)
    rows = [_chosen(rng, row / row.sum(), count, replacement) for row in weights]
    return np.asarray(rows[0] if input.ndim == 1 else rows, np.int64)


def _check_shares(weights: Any, several: bool) -> None:
    """RuntimeError for weights of no distribution; PyTorch draws several with other checks than one."""
    if several:
        for fault, found in (
            ("encountering probability entry < 0", ~(weights >= 0)),
            ("encountering probability entry = infinity or NaN", ~np.isfinite(weights)),
        ):
            if found.any():
                raise RuntimeError(f"invalid multinomial distribution ({fault})")
    if (weights < 0).any() or not np.isfinite(weights).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(-1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def _chosen(rng: np.random.Generator, shares: Any, count: int, replacement: bool) -> np.ndarray[Any, Any]:
    """Positions drawn by their shares; those of share 0 only once there are no others left."""
    possible = int(np.count_nonzero(shares))
    if replacement or possible >= count:
        return rng.choice(shares.size, count, replace=replacement, p=shares)
    first = rng.choice(shares.size, possible, replace=False, p=shares)
    return np.concatenate([first, rng.permutation(np.flatnonzero(shares == 0))[: count - possible]])


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Counts drawn from Poisson distributions with these rates, of the same shape."""
    return compute(_poisson, input, generator=generator)


def _poisson(rates: Any, *, generator: Generator | None) -> Any:
    if (rates < 0).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return np.asarray(rng_of(generator).poisson(rates), rates.dtype)


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of ``count`` trials of probability ``prob`` succeed, elementwise."""
    return compute(_binomial, count, prob, generator=generator)


def _binomial(count: Any, prob: Any, *, generator: Generator | None) -> Any:
    return np.asarray(rng_of(generator).binomial(count.astype(np.int64), prob), count.dtype)


# ---- values for the in-place forms, given the array that they will fill ----


def uniform(array: Any, a: float = 0.0, b: float = 1.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers drawn evenly from [a, b)."""
    if a > b:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={a:g} > to={b:g}"
        )
    drawn = _draw("random", array.shape, from_numpy_dtype(array.dtype), generator)
    drawn *= b - a
    drawn += a
    return drawn


def normal_values(
    array: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Any:
    """In place: numbers drawn from a normal distribution."""
    _refuse_spread(std)
    drawn = _draw("standard_normal", array.shape, from_numpy_dtype(array.dtype), generator)
    drawn *= std
    drawn += mean
    return drawn


def bernoulli_values(array: Any, p: Any = 0.5, *, generator: Generator | None = None) -> Any:
    """In place: 1 with probability ``p``, else 0."""
    chance = np.asarray(p._array if isinstance(p, Tensor) else p)
    if not ((chance >= 0) & (chance <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false." if chance.ndim or chance is p
            else f"bernoulli_ expects p to be in [0, 1], but got p={float(chance):g}"
        )
    return (rng_of(generator).random(array.shape) < chance).astype(array.dtype)


def exponential(array: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers drawn from the exponential distribution with rate ``lambd``."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    return rng_of(generator).standard_exponential(array.shape).astype(array.dtype) / array.dtype.type(lambd)


def random(array: Any, low: int = 0, high: int | None = None, *, generator: Generator | None = None) -> Any:
    """In place: integers drawn evenly from [low, high), or from [0, low)."""
    whole = 2 ** (24 if array.dtype.kind == "f" else 31)
    first, last = (low, high) if high is not None else (0, low or whole)
    if first >= last:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={first} >= to={last}"
        )
    return rng_of(generator).integers(first, last, array.shape).astype(array.dtype)


def geometric(array: Any, p: float, *, generator: Generator | None = None) -> Any:
    """In place: how many trials of probability ``p`` until the first success."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return rng_of(generator).geometric(p, array.shape).astype(array.dtype)


def cauchy(array: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers drawn from a Cauchy distribution."""
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    return (median + sigma * rng_of(generator).standard_cauchy(array.shape)).astype(array.dtype)


def log_normal(array: Any, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers whose logarithm is drawn from a normal distribution."""
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    return rng_of(generator).lognormal(mean, std, array.shape).astype(array.dtype)


IN_PLACE: dict[str, Callable[..., Any]] = {
    "uniform_": uniform,
    "normal_": normal_values,
    "bernoulli_": bernoulli_values,
    "exponential_": exponential,
    "random_": random,
    "geometric_": geometric,
    "cauchy_": cauchy,
    "log_normal_": log_normal,
}
