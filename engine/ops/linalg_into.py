"""Matrix products into given arrays, for captured steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.linalg import bmm, mm
from engine.ops.plus_product import addmm


@mm.writes("forward")
def mm_into(room: Room, out: np.ndarray, input: np.ndarray, mat2: np.ndarray) -> Any:
    return [(input.dot, (mat2, out))] if out.flags.c_contiguous else None


@mm.writes("vjp")
def mm_vjp_into(room: Room, outs: Any, g: np.ndarray, input: np.ndarray, mat2: np.ndarray, needs: Any) -> Any:
    return _products(outs, (g, mat2.T), (input.T, g), needs)


@bmm.writes("forward")
def bmm_into(room: Room, out: np.ndarray, input: np.ndarray, mat2: np.ndarray) -> Any:
    return [(np.matmul, (input, mat2, out))] if out.flags.c_contiguous else None


@bmm.writes("vjp")
def bmm_vjp_into(
    room: Room, outs: Any, g: np.ndarray, input: np.ndarray, mat2: np.ndarray, needs: Any
) -> Any:
    factors = (g, mat2.swapaxes(-1, -2)), (input.swapaxes(-1, -2), g)
    wanted = [(pair, out) for pair, out, need in zip(factors, outs, needs, strict=True) if need]
    if not all(out.flags.c_contiguous for _, out in wanted):
        return None
    return [(np.matmul, (*pair, out)) for pair, out in wanted]


def _products(outs: Any, first: Any, second: Any, needs: Any) -> Any:
    """Calls for the two gradients, each a product."""
    calls: list[Any] = []
    for wanted, out, (a, b) in zip(needs, outs, (first, second), strict=True):
        if not wanted:
            continue
        if not out.flags.c_contiguous:
            return None
        calls.append((a.dot, (b, out)))
    return calls


@addmm.writes("forward")
def addmm_into(
    room: Room, out: np.ndarray, input: np.ndarray, mat1: np.ndarray, mat2: np.ndarray, beta: float,
    alpha: float,
) -> Any:
    if not out.flags.c_contiguous or beta != 1 or alpha != 1 or out.dtype.kind != "f":
        return None
    return [(mat1.dot, (mat2, out)), (np.add, (input, out, out))]


@addmm.writes("vjp")
def addmm_vjp_into(
    room: Room, outs: Any, g: np.ndarray, mat1: np.ndarray, mat2: np.ndarray, beta: float, alpha: float,
    needs: Any,
) -> Any:
    if beta != 1 or alpha != 1:
        return None
    return _products(outs[1:], (g, mat2.T), (mat1.T, g), needs[1:])
