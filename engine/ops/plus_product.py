"""A tensor plus a product, each times a number: addmm and its kin, one node each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import memory
from engine.dtypes import from_numpy_dtype, promote_numpy
from engine.inplace import copy_, write
from engine.op import Array, op
from engine.ops.linalg import bmm, mm, mv, transposed
from engine.ops.shape import expand, unsqueeze
from engine.tensor import Tensor

Slope = Callable[[], Array]


def _plus(input: Any, product: Any, beta: float, alpha: float) -> Any:
    """beta · input + alpha · product, in the product's shape and type."""
    if input.shape != product.shape:
        input = expand.forward(input, product.shape)
    if product.dtype.kind != "f":       # factors are taken in the integers' type
        alpha, beta = int(alpha), int(beta)
    scaled = product if alpha == 1 else product * product.dtype.type(alpha)
    if beta == 0:                       # what is in input does not matter then, not even NaN
        return scaled
    return (input if beta == 1 else input * product.dtype.type(beta)) + scaled


def _slopes(
    g: Array, beta: float, alpha: float, needs: Any, to_first: Slope, to_second: Slope
) -> tuple[Array | None, ...]:
    """The gradients by the tensor and by the two factors, each where it is needed."""
    return (
        _times(g, beta) if needs[0] else None,
        _times(to_first(), alpha) if needs[1] else None,
        _times(to_second(), alpha) if needs[2] else None,
    )


def _times(x: Array, factor: float) -> Array:
    return x if factor == 1 else x * factor


def _kind(array: Any) -> str:
    return from_numpy_dtype(array.dtype).tensor_type[6:-6]


@op(family="linalg", doc="beta · input + alpha · mat1 @ mat2", inplace=True)
def addmm(input: Array, mat1: Array, mat2: Array, beta: float = 1, alpha: float = 1) -> Array:
    if mat1.ndim != 2 or mat2.ndim != 2:
        name, wrong = ("mat1", mat1) if mat1.ndim != 2 else ("mat2", mat2)
        raise RuntimeError(f"{name} must be a matrix, got {wrong.ndim}-D tensor")
    for name, first, second in (("mat1", mat1, mat2), ("self", input, mat2)):
        if first.dtype != second.dtype:
            raise RuntimeError(
                f"{name} and mat2 must have the same dtype, but got {_kind(first)} and {_kind(second)}"
            )
    return _plus(input, mm.forward(mat1, mat2), beta, alpha)


@addmm.front
def addmm_front(input: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return addmm.call(input, mat1, mat2, beta, alpha)


@addmm.vjp
def addmm_vjp(
    g: Array, mat1: Array, mat2: Array, beta: float, alpha: float, needs: Any
) -> tuple[Array | None, ...]:
    return _slopes(g, beta, alpha, needs, lambda: mm(g, transposed(mat2)), lambda: mm(transposed(mat1), g))


@op(family="linalg", doc="beta · input + alpha · mat @ vec", inplace=True)
def addmv(input: Array, mat: Array, vec: Array, beta: float = 1, alpha: float = 1) -> Array:
    if not input.dtype == mat.dtype == vec.dtype:
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {_kind(input)}, {_kind(mat)}, and "
            f"{_kind(vec)}"
        )
    if input.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {mat.ndim}, {vec.ndim}")
    product = mv.forward(mat, vec)
    if input.size != 1 and input.shape != product.shape:
        sizes = f"input ({input.size}), mat ({mat.shape[0]}x{mat.shape[1]}), vec ({len(vec)})"
        raise RuntimeError(f"size mismatch, got {sizes}")
    return _plus(input, product, beta, alpha)


@addmv.front
def addmv_front(input: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return addmv.call(input, mat, vec, beta, alpha)


@addmv.vjp
def addmv_vjp(
    g: Array, mat: Array, vec: Array, beta: float, alpha: float, needs: Any
) -> tuple[Array | None, ...]:
    return _slopes(
        g, beta, alpha, needs, lambda: unsqueeze(g, 1) * unsqueeze(vec, 0), lambda: mv(transposed(mat), g)
    )


@op(family="linalg", doc="beta · input + alpha · outer(vec1, vec2)", inplace=True)
def addr(input: Array, vec1: Array, vec2: Array, beta: float = 1, alpha: float = 1) -> Array:
    if vec1.ndim != 1 or vec2.ndim != 1:
        name, wrong = ("vec1", vec1) if vec1.ndim != 1 else ("vec2", vec2)
        raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {wrong.ndim}-D")
    kind = promote_numpy(input.dtype, promote_numpy(vec1.dtype, vec2.dtype))
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if kind.kind != "f" and isinstance(factor, float):
            raise RuntimeError(
                f"For integral input tensors, argument {name} must not be a floating point number."
            )
    first, second = vec1.astype(kind, copy=False), vec2.astype(kind, copy=False)
    return _plus(input.astype(kind, copy=False), np.multiply.outer(first, second), beta, alpha)


@addr.front
def addr_front(input: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return addr.call(input, vec1, vec2, beta, alpha)


@addr.vjp
def addr_vjp(
    g: Array, vec1: Array, vec2: Array, beta: float, alpha: float, needs: Any
) -> tuple[Array | None, ...]:
    return _slopes(g, beta, alpha, needs, lambda: mv(g, vec2), lambda: mv(transposed(g), vec1))


@op(family="linalg", doc="beta · input + alpha · batch1 @ batch2", inplace=True)
def baddbmm(input: Array, batch1: Array, batch2: Array, beta: float = 1, alpha: float = 1) -> Array:
    if not input.dtype == batch1.dtype == batch2.dtype:
        names = [from_numpy_dtype(a.dtype).c_name for a in (input, batch1, batch2)]
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {names[0]}, batch1: {names[1]}, batch2: {names[2]}"
        )
    return _plus(input, bmm.forward(batch1, batch2), beta, alpha)


@baddbmm.front
def baddbmm_front(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return baddbmm.call(input, batch1, batch2, beta, alpha)


@baddbmm.vjp
def baddbmm_vjp(
    g: Array, batch1: Array, batch2: Array, beta: float, alpha: float, needs: Any
) -> tuple[Array | None, ...]:
    return _slopes(
        g, beta, alpha, needs, lambda: bmm(g, transposed(batch2)), lambda: bmm(transposed(batch1), g)
    )


@op(family="linalg", doc="beta · input + alpha · the sum of batch1 @ batch2")
def addbmm(input: Array, batch1: Array, batch2: Array, beta: float = 1, alpha: float = 1) -> Array:
    return _plus(input, bmm.forward(batch1, batch2).sum(0, dtype=batch1.dtype), beta, alpha)


@addbmm.front
def addbmm_front(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return addbmm.call(input, batch1, batch2, beta, alpha)


@addbmm.vjp
def addbmm_vjp(
    g: Array, batch1: Array, batch2: Array, beta: float, alpha: float, needs: Any
) -> tuple[Array | None, ...]:
    each = expand(unsqueeze(g, 0), (batch1.shape[0], *g.shape))
    return _slopes(
        g, beta, alpha, needs, lambda: bmm(each, transposed(batch2)), lambda: bmm(transposed(batch1), each)
    )


def addbmm_(self: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """In place: beta · self + alpha · the sum of batch1 @ batch2; takes on the shape of that sum."""
    shape = (batch1.shape[-2], batch2.shape[-1])
    if tuple(self.shape) == shape:
        return write(self, addbmm, (self, batch1, batch2, beta, alpha))
    result = addbmm.call(self.clone(), batch1, batch2, beta, alpha)
    return copy_(memory.resize_(self, shape), result)
