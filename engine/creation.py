"""New tensors: from data, filled, counted, and random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import dtypes
from engine.dtypes import as_numpy_dtype, from_numpy_dtype, get_default_dtype
from engine.random import Generator, rng_of
from engine.tensor import Tensor, wrap

Shape = int | Sequence[int]


def _finish(array: Any, requires_grad: bool) -> Tensor:
    made = wrap(array)
    if requires_grad:
        made.requires_grad = True
    return made


def _sizes(size: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as one sequence or as several ints."""
    given = size[0] if len(size) == 1 and not isinstance(size[0], (int, np.integer)) else size
    if isinstance(given, Tensor):
        given = given.tolist()
    shape = tuple(int(n) for n in given)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def _numpy(dtype: Any) -> np.dtype[Any]:
    return get_default_dtype().numpy if dtype is None else as_numpy_dtype(dtype)


def _data(data: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A fresh array of ``data``: Python floats in the default dtype, numpy's types as they are."""
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    else:
        data = _unwrap(data)
        try:
            array = np.array(data)
        except ValueError:
            raise _ragged(data) from None
        if array.size == 0 or (array.dtype.kind == "f" and not _has_numpy(data)):
            array = array.astype(get_default_dtype().numpy)
    if dtype is not None:
        return np.array(array, as_numpy_dtype(dtype))
    if array.dtype.kind not in "fiub":
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    from_numpy_dtype(array.dtype)
    return array.copy()


def _ragged(data: Any, depth: int = 1) -> ValueError:
    """Where nested lists stop being rectangular, in PyTorch's words."""
    lengths = [len(d) if isinstance(d, (list, tuple, np.ndarray)) else -1 for d in data]
    for length in lengths:
        if length != lengths[0]:
            return ValueError(f"expected sequence of length {lengths[0]} at dim {depth} (got {length})")
    deeper = [_ragged(d, depth + 1) for d in data if isinstance(d, (list, tuple))]
    return next((d for d in deeper if d.args), ValueError()) if deeper else ValueError()


def _unwrap(data: Any) -> Any:
    """Nested lists with the tensors in them made plain."""
    if isinstance(data, Tensor):
        return data._array
    return [_unwrap(d) for d in data] if isinstance(data, (list, tuple)) else data


def _has_numpy(data: Any) -> bool:
    """Whether the leaves of nested lists come from numpy, so that their own type counts."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic))


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of a copy of ``data``: numbers, nested sequences, a numpy array or a tensor."""
    return _finish(_data(data, dtype), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """``data`` as a tensor, sharing memory with a numpy array or tensor of the same type."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype is dtype else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == as_numpy_dtype(dtype)):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """A tensor on the memory of a numpy array."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    from_numpy_dtype(array.dtype)
    return wrap(array)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of shape ``size``."""
    return _finish(np.zeros(_sizes(size), _numpy(dtype)), requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of shape ``size``."""
    return _finish(np.ones(_sizes(size), _numpy(dtype)), requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of shape ``size`` with whatever was in it."""
    return _finish(np.empty(_sizes(size), _numpy(dtype)), requires_grad)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``fill_value`` everywhere; its own type decides the dtype unless one is given."""
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    kind = dtypes.scalar_numpy(value) if dtype is None else as_numpy_dtype(dtype)
    return _finish(np.full(_sizes((size,)), value, kind), requires_grad)


def _like(input: Tensor, dtype: Any) -> Any:
    return input.dtype if dtype is None else dtype


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
    """Zeros in the shape and dtype of ``input``."""
    return zeros(input.shape, dtype=_like(input, dtype), requires_grad=requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
    """Ones in the shape and dtype of ``input``."""
    return ones(input.shape, dtype=_like(input, dtype), requires_grad=requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
    """Uninitialised memory in the shape and dtype of ``input``."""
    return empty(input.shape, dtype=_like(input, dtype), requires_grad=requires_grad)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **_: Any
) -> Tensor:
    """``fill_value`` in the shape and dtype of ``input``."""
    return full(input.shape, fill_value, dtype=_like(input, dtype), requires_grad=requires_grad)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` (0) up to, not including, ``end``; integers if all three are."""
    if end is None:
        start, end = 0, start
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
    kind = as_numpy_dtype(dtype) if dtype is not None else np.dtype(np.int64) if whole else _numpy(None)
    count = -(-(end - start) // step) if whole else int(np.ceil((end - start) / step))
    return _finish((start + np.arange(count) * step).astype(kind), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers, evenly from ``start`` to ``end``, both included."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    return _finish(np.linspace(float(start), float(end), steps).astype(_numpy(dtype)), requires_grad)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers from ``base ** start`` to ``base ** end``, evenly in the exponent."""
    exponents = np.linspace(float(start), float(end), steps)
    return _finish(np.power(float(base), exponents).astype(_numpy(dtype)), requires_grad)


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The identity: ones on the diagonal of an ``n`` by ``m`` matrix."""
    return _finish(np.eye(n, n if m is None else m, dtype=_numpy(dtype)), requires_grad)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Positions, (2, n), of what is on or below a diagonal of a ``row`` by ``col`` matrix."""
    found = np.array(np.tril_indices(row, offset, col))
    return wrap(found.astype(np.int64 if dtype is None else as_numpy_dtype(dtype)))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Positions, (2, n), of what is on or above a diagonal of a ``row`` by ``col`` matrix."""
    found = np.array(np.triu_indices(row, offset, col))
    return wrap(found.astype(np.int64 if dtype is None else as_numpy_dtype(dtype)))


# ---- random ----


def _draw(
    method: str, shape: tuple[int, ...], dtype: Any, generator: Generator | None
) -> np.ndarray[Any, Any]:
    kind = _numpy(dtype)
    draw = getattr(rng_of(generator), method)
    if kind in (np.float32, np.float64):
        return draw(shape, dtype=kind)
    return draw(shape, dtype=np.float32).astype(kind)


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers drawn evenly from [0, 1)."""
    return _finish(_draw("random", _sizes(size), dtype, generator), requires_grad)


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers drawn from the standard normal distribution."""
    return _finish(_draw("standard_normal", _sizes(size), dtype, generator), requires_grad)


def randint(
    low: int, high: Any = None, size: Any = None, *, generator: Generator | None = None, dtype: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:
    """Integers drawn evenly from [low, high); called as ``(high, size)`` or ``(low, high, size)``."""
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    drawn = rng_of(generator).integers(low, high, _sizes((size,)))
    return _finish(drawn if dtype is None else drawn.astype(as_numpy_dtype(dtype)), requires_grad)


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The integers 0 … n−1 in random order."""
    drawn = rng_of(generator).permutation(n)
    return wrap(drawn if dtype is None else drawn.astype(as_numpy_dtype(dtype)))


def rand_like(input: Tensor, *, dtype: Any = None, generator: Generator | None = None, **_: Any) -> Tensor:
    """``rand`` in the shape and dtype of ``input``."""
    return rand(input.shape, dtype=_like(input, dtype), generator=generator)


def randn_like(input: Tensor, *, dtype: Any = None, generator: Generator | None = None, **_: Any) -> Tensor:
    """``randn`` in the shape and dtype of ``input``."""
    return randn(input.shape, dtype=_like(input, dtype), generator=generator)


def randint_like(input: Tensor, low: int, high: int | None = None, *, dtype: Any = None, **_: Any) -> Tensor:
    """``randint`` in the shape and dtype of ``input``."""
    if high is None:
        low, high = 0, low
    return randint(low, high, input.shape, dtype=_like(input, dtype))


def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None) -> Tensor:
    """Normal numbers with the given means and standard deviations, element by element."""
    if size is None:
        like = mean if isinstance(mean, Tensor) else std
        size = np.broadcast_shapes(*(np.shape(x._array) for x in (mean, std) if isinstance(x, Tensor)))
        return randn(size, generator=generator, dtype=like.dtype) * std + mean
    return randn(_sizes((size,)), generator=generator) * std + mean


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """0 or 1: 1 with the probability that ``input`` gives."""
    draws = rng_of(generator).random(input._array.shape)
    return wrap((draws < input._array).astype(input._array.dtype))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Indices drawn with the weights in the last dimension of ``input``, (n,) or (m, n)."""
    weights = np.atleast_2d(input._array.astype(np.float64))
    if (weights < 0).any() or not np.isfinite(weights).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(-1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    rng = rng_of(generator)
    rows = [
        rng.choice(row.size, num_samples, replace=replacement, p=row / row.sum(), shuffle=True)
        for row in weights
    ]
    return wrap(np.asarray(rows[0] if input._array.ndim == 1 else rows, np.int64))


# ---- values for the in-place forms, given the array that they will fill ----


def uniform(array: Any, a: float = 0.0, b: float = 1.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers drawn evenly from [a, b)."""
    drawn = _draw("random", array.shape, from_numpy_dtype(array.dtype), generator)
    drawn *= b - a
    drawn += a
    return drawn


def normal_values(
    array: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Any:
    """In place: numbers drawn from a normal distribution."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    drawn = _draw("standard_normal", array.shape, from_numpy_dtype(array.dtype), generator)
    drawn *= std
    drawn += mean
    return drawn


def bernoulli_values(array: Any, p: Any = 0.5, *, generator: Generator | None = None) -> Any:
    """In place: 1 with probability ``p``, else 0."""
    chance = p._array if isinstance(p, Tensor) else p
    return (rng_of(generator).random(array.shape) < chance).astype(array.dtype)


def exponential(array: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> Any:
    """In place: numbers drawn from the exponential distribution with rate ``lambd``."""
    return rng_of(generator).standard_exponential(array.shape).astype(array.dtype) / array.dtype.type(lambd)


def random(array: Any, low: int = 0, high: int | None = None, *, generator: Generator | None = None) -> Any:
    """In place: integers drawn evenly from [low, high), or from [0, low)."""
    whole = 2 ** (24 if array.dtype.kind == "f" else 31)
    first, last = (low, high) if high is not None else (0, low or whole)
    return rng_of(generator).integers(first, last, array.shape).astype(array.dtype)


IN_PLACE: dict[str, Callable[..., Any]] = {
    "uniform_": uniform,
    "normal_": normal_values,
    "bernoulli_": bernoulli_values,
    "exponential_": exponential,
    "random_": random,
}
