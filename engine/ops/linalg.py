"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.dtypes import from_numpy_dtype
from engine.op import Array, composite, op
from engine.ops.shape import broadcast_shape, expand, reshape, transpose, unsafe_view, unsqueeze
from engine.tensor import Tensor


def transposed(x: Array) -> Array:
    """The last two dimensions swapped."""
    return transpose(x, -1, -2)


@op(family="linalg", doc="product of two matrices")
def mm(input: Array, mat2: Array) -> Array:
    if input.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"mm: {'self' if input.ndim != 2 else 'mat2'} must be a matrix")
    if input.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({input.shape[0]}x{input.shape[1]} and "
            f"{mat2.shape[0]}x{mat2.shape[1]})"
        )
    if input.dtype != mat2.dtype:
        names = [from_numpy_dtype(a.dtype).c_name for a in (input, mat2)]
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")
    _check_summable(input, "addmm_impl_cpu_")
    return input.dot(mat2)


@mm.vjp
def mm_vjp(g: Array, input: Array, mat2: Array, needs: Any) -> tuple[Array | None, Array | None]:
    return mm(g, transposed(mat2)) if needs[0] else None, mm(transposed(input), g) if needs[1] else None


def _kind(array: Any) -> str:
    return from_numpy_dtype(array.dtype).tensor_type[6:-6]


def _check_summable(array: Any, kernel: str) -> None:
    """NotImplementedError for truth values, of which there are no sums."""
    if array.dtype.kind == "b":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


@op(family="linalg", doc="product of a batch of matrices with another")
def bmm(input: Array, mat2: Array) -> Array:
    if input.ndim != 3 or mat2.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if input.ndim != 3 else "batch2 must be a 3D tensor")
    if input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{input.shape[0]}, "
            f"{input.shape[2]}] but got: [{mat2.shape[0]}, {mat2.shape[1]}]."
        )
    if input.dtype != mat2.dtype:
        raise RuntimeError(f"expected scalar type {_kind(input)} but found {_kind(mat2)}")
    _check_summable(input, "bmm")
    return np.matmul(input, mat2)


@bmm.vjp
def bmm_vjp(g: Array, input: Array, mat2: Array, needs: Any) -> tuple[Array | None, Array | None]:
    return bmm(g, transposed(mat2)) if needs[0] else None, bmm(transposed(input), g) if needs[1] else None


@op(family="linalg", doc="sum of the products of two vectors' elements")
def dot(input: Array, tensor: Array) -> Array:
    if input.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    if input.dtype != tensor.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {_kind(input)} and {_kind(tensor)}"
        )
    if input.shape != tensor.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{input.size}] and src [{tensor.size}] to have the "
            f"same number of elements, but got {input.size} and {tensor.size} elements respectively"
        )
    _check_summable(input, "dot")
    return np.dot(input, tensor)


@dot.vjp
def dot_vjp(g: Array, input: Array, tensor: Array) -> tuple[Array, Array]:
    return g * tensor, g * input


@op(family="linalg", doc="product of a matrix and a vector")
def mv(input: Array, vec: Array) -> Array:
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {vec.ndim}, {input.ndim}, {vec.ndim}")
    if input.shape[1] != vec.shape[0]:
        rows, columns = input.shape
        raise RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({vec.shape[0]})")
    if input.dtype != vec.dtype:
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {_kind(vec)}, {_kind(input)}, and "
            f"{_kind(vec)}"
        )
    _check_summable(input, "addmv_impl_cpu")
    return input.dot(vec)


@mv.vjp
def mv_vjp(g: Array, input: Array, vec: Array, needs: Any) -> tuple[Array | None, Array | None]:
    return (
        unsqueeze(g, 1) * unsqueeze(vec, 0) if needs[0] else None,
        mv(transposed(input), g) if needs[1] else None,
    )


@composite(family="linalg", doc="matrix product in all ranks; leading dimensions broadcast")
def matmul(input: Array, other: Array) -> Array:
    try:
        a, b = input.ndim, other.ndim
    except AttributeError:
        raise _no_factor(input, other) from None
    if a == 2 and b == 2:
        return mm.call(input, other)
    if a == 0 or b == 0:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {a}D and {b}D"
        )
    if a == 1 and b == 1:
        return dot(input, other)
    if a == 2 and b == 1:
        return mv(input, other)
    if a == 1 and b == 2:
        return mm(unsqueeze(input, 0), other).squeeze(0)
    if b == 2 and a > 2 and input.shape[-1] != other.shape[0]:
        rows = f"{_product(input.shape[:-1])}x{input.shape[-1]}"
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows} and {other.shape[0]}x{other.shape[1]})"
        )
    if b <= 2 and a > 2:  # one matrix for the whole batch: a single large product
        rows = reshape(input, (-1, input.shape[-1])) if input._array.size else input
        if rows.ndim == 2:
            product = mv(rows, other) if b == 1 else mm(rows, other)
            return unsafe_view(product, (*input.shape[:-1], *other.shape[1:]))
    return _batched(input, other)


def _no_factor(input: Any, other: Any) -> TypeError:
    place, wrong = (1, input) if isinstance(other, Tensor) else (2, other)
    name = ("input", "other")[place - 1]
    return errors.no_tensor("matmul", name, place, wrong)


def _batched(input: Array, other: Array) -> Array:
    left = unsqueeze(input, 0) if input.ndim == 1 else input
    right = unsqueeze(other, 1) if other.ndim == 1 else other
    batch = broadcast_shape(left.shape[:-2], right.shape[:-2])
    n, k = left.shape[-2:]
    k2, m = right.shape[-2:]
    if k != k2:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{_product(batch)}, {k}] but "
            f"got: [{_product(batch)}, {k2}]."
        )
    count = _product(batch)
    left = reshape(expand(left, (*batch, n, k)), (count, n, k))
    right = reshape(expand(right, (*batch, k, m)), (count, k, m))
    out = unsafe_view(bmm(left, right), (*batch, n, m))
    if input.ndim == 1:
        out = out.squeeze(-2)
    return out.squeeze(-1) if other.ndim == 1 else out


def _product(shape: Any) -> int:
    count = 1
    for n in shape:
        count *= n
    return count
