"""Three tensors blended element by element: between two by a weight, and one plus a product or a quotient."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype, result_numpy
from engine.node import Node
from engine.op import Array, op
from engine.tensor import Tensor

_ndarray = np.ndarray


def _lerp_name(node: Node) -> str:
    """PyTorch's suffix: 0 for a number as weight; read off the edges once freed."""
    by_tensor = node.edges[2] is not None or isinstance(node.op.kept_input(node, 2), Tensor)
    return f"LerpBackward{int(by_tensor)}"


@op(family="elementwise", doc="input + weight · (end − input)", inplace=True, node=_lerp_name)
def lerp(input: Array, end: Array, weight: Array) -> Array:
    _check_kinds(input, end, weight)
    way = end - input
    near = np.abs(weight) < 0.5     # towards the nearer end, so that neither is missed
    if isinstance(near, _ndarray) and near.ndim:
        return np.where(near, input + weight * way, end - way * (1 - weight))
    return input + weight * way if near else end - way * (1 - weight)


@lerp.vjp
def lerp_vjp(g: Array, input: Array, end: Array, weight: Array, needs: Any) -> tuple[Array | None, ...]:
    return g * (1 - weight), g * weight, g * (end - input) if needs[2] else None


def _check_kinds(input: Any, end: Any, weight: Any) -> None:
    """TypeError, RuntimeError or NotImplementedError in PyTorch's words: one floating type for all three."""
    if not isinstance(input, _ndarray) or not isinstance(end, _ndarray):
        kinds = ["Tensor" if isinstance(a, _ndarray) else type(a).__name__ for a in (input, end, weight)]
        raise TypeError(
            f"lerp() received an invalid combination of arguments - got ({', '.join(kinds)}), but expected "
            "one of:\n * (Tensor input, Tensor end, Tensor weight, *, Tensor out = None)\n"
            " * (Tensor input, Tensor end, Number weight, *, Tensor out = None)\n"
        )
    for name, given in (("end", end), ("weight", weight)):
        if isinstance(given, _ndarray) and given.dtype != input.dtype:
            kinds = [from_numpy_dtype(a.dtype).c_name for a in (input, given)]
            raise RuntimeError(f"expected dtype {kinds[0]} for `{name}` but got dtype {kinds[1]}")
    if input.dtype.kind != "f":
        form = "tensor" if isinstance(weight, _ndarray) else "scalar"
        kind = from_numpy_dtype(input.dtype).tensor_type[6:-6]
        raise NotImplementedError(f'"lerp_kernel_{form}" not implemented for \'{kind}\'')


def _in_common_type(arrays: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """The arrays in their common type, and the factor, which is an integer next to integers."""
    kind = result_numpy(arrays)
    whole = kind.kind != "f" and not isinstance(value, bool)
    return (*(a.astype(kind, copy=False) for a in arrays), int(value) if whole else value)


@op(family="elementwise", doc="input + value · tensor1 · tensor2", inplace=True)
def addcmul(input: Array, tensor1: Array, tensor2: Array, value: float = 1) -> Array:
    input, tensor1, tensor2, value = _in_common_type((input, tensor1, tensor2), value)
    return input + (tensor1 * tensor2 if value == 1 else value * tensor1 * tensor2)


@addcmul.vjp
def addcmul_vjp(
    g: Array, tensor1: Array, tensor2: Array, value: float, needs: Any
) -> tuple[Array | None, ...]:
    scaled = g if value == 1 else g * value
    return g, scaled * tensor2 if needs[1] else None, scaled * tensor1 if needs[2] else None


@addcmul.front
def addcmul_front(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return addcmul.call(input, tensor1, tensor2, value)


@op(family="elementwise", doc="input + value · tensor1 / tensor2", inplace=True)
def addcdiv(input: Array, tensor1: Array, tensor2: Array, value: float = 1) -> Array:
    if tensor1.dtype.kind != "f" and tensor2.dtype.kind != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
            "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
            "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer "
            "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior "
            "is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes."
        )
    input, tensor1, tensor2, value = _in_common_type((input, tensor1, tensor2), value)
    return input + (tensor1 / tensor2 if value == 1 else value * tensor1 / tensor2)


@addcdiv.vjp
def addcdiv_vjp(
    g: Array, tensor1: Array, tensor2: Array, value: float, needs: Any
) -> tuple[Array | None, ...]:
    scaled = g if value == 1 else g * value
    to_second = -scaled * (tensor1 / (tensor2 * tensor2)) if needs[2] else None
    return g, scaled / tensor2 if needs[1] else None, to_second


@addcdiv.front
def addcdiv_front(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return addcdiv.call(input, tensor1, tensor2, value)
