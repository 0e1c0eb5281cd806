"""The affine map of a Linear layer as one op: one product, one addition, and three gradients."""

from __future__ import annotations

import math
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from engine import threads
from engine.dtypes import from_numpy_dtype
from engine.op import Array, Room, op
from engine.ops.reduce import sum as sum_
from engine.room import ones

_SMALL = 1 << 13    # elements
_LEAST, _FEW, _MOST = 1 << 15, 1 << 20, 1 << 27     # multiplications in a product
_TRIES, _WORTH = 3, 0.96


def _node_name(node: Any) -> str:
    """What PyTorch, which multiplies matrices and views the result where the input is none, calls it."""
    to_input, _, to_bias = node.edges
    if to_input is not None and len(to_input[2]) != 2:
        return "ViewBackward0"
    return "MmBackward0" if to_bias is None else "AddmmBackward0"


@op(family="linalg", doc="input · weightᵀ + bias, over the last dimension", internal=True, node=_node_name)
def linear(input: Array, weight: Array, bias: Array | None = None) -> Array:
    dtype = weight.dtype
    if input.dtype is not dtype or (bias is not None and bias.dtype is not dtype):
        _check(input, weight, bias)
    if input.ndim != 2:
        _check(input, weight, bias)
        rows = linear.forward(input.reshape(-1, input.shape[-1]), weight, bias)
        return rows.reshape(*input.shape[:-1], len(weight))
    try:
        out = threads.dot(input, weight.T)
    except ValueError:
        _check(input, weight, bias)
        raise
    if bias is None:
        return out
    return np.add(out, bias.reshape(()) if bias.size == 1 else bias, out)


@linear.vjp
def linear_vjp(g: Array, input: Array, weight: Array, needs: Any) -> tuple[Array | None, ...]:
    rows, inputs = g, input
    if input.ndim != 2:
        rows, inputs = g.reshape((-1, weight.shape[0])), input.reshape((-1, weight.shape[1]))
    if type(g) is np.ndarray:
        to_input = threads.dot(rows, weight) if needs[0] else None
        to_weight = threads.dot(rows.T, inputs) if needs[1] else None
    else:
        to_input = rows @ weight if needs[0] else None
        to_weight = rows.transpose(0, 1) @ inputs if needs[1] else None
    if to_input is not None and inputs is not input:
        to_input = to_input.reshape(input.shape)
    return to_input, to_weight, column_sums(rows) if needs[2] else None


@linear.writes("forward")
def linear_into(
    room: Room, out: np.ndarray, input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None
) -> Any:
    if not (input.flags.c_contiguous and out.flags.c_contiguous):
        return None
    rows, sums = _rows(input), _rows(out)
    calls: list[Any] = [(rows.dot, (weight.T, sums))]
    if turning_pays(len(rows), *weight.shape, weight.dtype):
        calls = _turned(rows, weight, sums, lambda shape, dtype: room.scratch(shape, dtype, "turned"))
    calls = list(threads.sized(calls, rows.size * len(weight)))
    if bias is not None:
        calls += _added(room, sums, bias)
    return calls


def _turned(rows: np.ndarray, weight: np.ndarray, out: np.ndarray, take: Any) -> list[Any]:
    """Calls for rows · weightᵀ with another order of memory: of a small weight, or else of the result."""
    if rows.size * len(weight) < _FEW:
        turned = take(weight.shape[::-1], weight.dtype)
        return [(turned.__setitem__, (..., weight.T)), (rows.dot, (turned, out))]
    turned = take(out.shape[::-1], out.dtype)
    return [(weight.dot, (rows.T, turned)), (out.__setitem__, (..., turned.T))]


@lru_cache(maxsize=256)
def turning_pays(rows: int, outputs: int, inputs: int, dtype: np.dtype) -> bool:
    """Whether that is faster here, and the same to the bit.

    Libraries have kernels for each order of memory, and of their own for small matrices. Which is best is
    a matter of the processor, so it is tried, once for each size that is worth it.
    """
    if not _LEAST < rows * outputs * inputs < _MOST or dtype.char not in "fd":
        return False
    draw = np.random.default_rng(0).random
    x, weight = draw((rows, inputs), dtype), draw((outputs, inputs), dtype)
    plain, turned = np.empty((2, rows, outputs), dtype)
    usual = _seconds([*threads.sized([(x.dot, (weight.T, plain))], x.size * outputs)])
    other = _seconds([*threads.sized(_turned(x, weight, turned, np.empty), x.size * outputs)])
    return other < _WORTH * usual and np.array_equal(plain, turned)


def _seconds(calls: list[Any]) -> float:
    """How long some calls take, at best."""
    found = []
    for _ in range(_TRIES):
        start = perf_counter()
        for function, args in calls:
            function(*args)
        found.append(perf_counter() - start)
    return min(found)


def _rows(array: np.ndarray) -> np.ndarray:
    """An array as a matrix; itself if it is one."""
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])


def _added(room: Room, sums: np.ndarray, bias: np.ndarray) -> list[Any]:
    """Calls that add a bias to every row."""
    if bias.size == 1:
        return [(np.add, (sums, bias.reshape(()), sums))]
    return by_rows(room, np.add, sums, bias, sums)


def by_rows(room: Room, function: Any, matrix: np.ndarray, row: np.ndarray, out: np.ndarray) -> list[Any]:
    """Calls of a ufunc on each row of a matrix and a vector: if small, on as many copies, which is faster."""
    if matrix.size > _SMALL:
        return [(function, (matrix, row, out))]
    rows = room.scratch(matrix.shape, matrix.dtype, "rows")
    return [(rows.__setitem__, (..., row)), (function, (matrix, rows, out))]


@linear.writes("vjp")
def linear_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, weight: np.ndarray, needs: Any
) -> Any:
    to_input, to_weight, to_bias = outs
    for array in (*outs, input):
        if array is not None and not array.flags.c_contiguous:
            return None
    if g.ndim != 2 and not g.flags.c_contiguous:
        return None
    rows, inputs = _rows(g), _rows(input)
    calls: list[Any] = []
    multiplications = rows.size * weight.shape[1]
    if needs[0]:
        calls += threads.sized([(rows.dot, (weight, to_input.reshape(inputs.shape)))], multiplications)
    if needs[1]:
        calls += threads.sized([(rows.T.dot, (inputs, to_weight))], multiplications)
    if needs[2]:
        calls.append((ones(len(rows), rows.dtype).dot, (rows, to_bias)))
    return calls


def column_sums(rows: Array) -> Array:
    """The sum over the first dimension of a matrix; for arrays as a product, which BLAS does faster."""
    if type(rows) is np.ndarray:
        return ones(len(rows), rows.dtype).dot(rows)
    return sum_(rows, 0)


def row_sums(rows: np.ndarray) -> np.ndarray:
    """The sum over the second dimension of a matrix, as a product too."""
    return rows.dot(ones(rows.shape[1], rows.dtype))


def channel_sums_into(take: Any, out: np.ndarray, x: np.ndarray) -> list[Any]:
    """Calls that put the sum of a contiguous (N, C, …) over all but C into `out`."""
    samples, channels = x.shape[:2]
    sums = take((samples, channels), x.dtype, "sums")
    rows = x.reshape(samples * channels, -1)
    return [
        (rows.dot, (ones(rows.shape[1], x.dtype), sums.reshape(-1))),
        (ones(samples, x.dtype).dot, (sums, out)),
    ]


@lru_cache(maxsize=64)
def shares(count: int, dtype: np.dtype) -> np.ndarray:
    """As `ones`, but a product with it is a mean."""
    return np.full(count, 1 / count, dtype)


def _check(input: np.ndarray, weight: np.ndarray, bias: np.ndarray | None) -> None:
    """RuntimeError in PyTorch's words for what cannot be multiplied."""
    if not input.ndim:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are 0D and {weight.ndim}D"
        )
    if input.shape[-1] != weight.shape[-1]:
        rows = math.prod(input.shape[:-1])
        raise RuntimeError(
            "mat1 and mat2 shapes cannot be multiplied "
            f"({rows}x{input.shape[-1]} and {weight.shape[1]}x{weight.shape[0]})"
        )
    if input.dtype != weight.dtype or (bias is not None and bias.dtype != weight.dtype):
        kinds = [from_numpy_dtype(array.dtype) for array in (input, weight)]
        if bias is None:
            raise RuntimeError(
                f"expected m1 and m2 to have the same dtype, but got: {kinds[0].c_name} != {kinds[1].c_name}"
            )
        names = [kind.tensor_type[6:-6] for kind in kinds]
        raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {names[0]} and {names[1]}")
