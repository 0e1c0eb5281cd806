"""Elimination with row swaps on plain arrays; which matrix of a batch has no inverse or no square root."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def lu_array(input: Any, pivot: bool) -> tuple[Any, Any]:
    """L and U of ``input`` in one matrix, and the row each row was swapped with, from 1: (…, min(m, n)).

    A column of zeros stays as it is, as in LAPACK.
    """
    rows, columns = input.shape[-2:]
    steps = min(rows, columns)
    lu = input.reshape(math.prod(input.shape[:-2]), rows, columns).copy()
    every = np.arange(len(lu))
    pivots = np.empty((len(lu), steps), np.int32)
    for k in range(steps):
        best = k + np.abs(lu[:, k:, k]).argmax(1) if pivot else np.full(len(lu), k)
        pivots[:, k] = best + 1
        lu[every, k], lu[every, best] = lu[every, best], lu[every, k].copy()
        head = lu[:, k, k, None]
        lu[:, k + 1 :, k] /= np.where(head == 0, 1, head)
        lu[:, k + 1 :, k + 1 :] -= lu[:, k + 1 :, k, None] * lu[:, k, None, k + 1 :]
    return lu.reshape(input.shape), pivots.reshape(*input.shape[:-2], steps)


def row_order(pivots: Any, rows: int) -> Any:
    """Which row stands in each place after the swaps: (…, k) → (…, rows)."""
    flat = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = np.tile(np.arange(rows), (len(flat), 1))
    every = np.arange(len(flat))
    for k in range(flat.shape[1]):
        other = flat[:, k] - 1
        order[every, k], order[every, other] = order[every, other], order[every, k].copy()
    return order.reshape(*pivots.shape[:-1], rows)


def first_zero_pivots(a: Any) -> Any:
    """For each matrix, which diagonal element of its U is the first 0, from 1; 0 for none."""
    zero = np.diagonal(lu_array(a, pivot=True)[0], 0, -2, -1) == 0
    return np.where(zero.any(-1), zero.argmax(-1) + 1, 0).astype(np.int32) if zero.shape[-1] else (
        np.zeros(a.shape[:-2], np.int32)
    )


def first_bad_minors(a: Any) -> Any:
    """For each matrix, the order of its first leading minor that is not positive-definite; 0 for none."""
    found = np.zeros(a.shape[:-2], np.int32)
    for place in np.ndindex(found.shape):
        for order in range(1, a.shape[-1] + 1):
            try:
                np.linalg.cholesky(a[place][:order, :order])
            except np.linalg.LinAlgError:
                found[place] = order
                break
    return found


def why(name: str, a: Any) -> str:
    """PyTorch's words for the first matrix of ``a`` for which ``inv``, ``solve`` or ``cholesky`` fails."""
    bad = (first_bad_minors if name == "cholesky" else first_zero_pivots)(a).reshape(-1)
    at = int((bad != 0).argmax())
    place = f"(Batch element {at}): " if a.ndim > 2 else ""
    if name == "solve":
        return f"torch.linalg.solve: {place}The solver failed because the input matrix is singular."
    if name == "inv":
        return (
            f"linalg.inv: {place}The diagonal element {bad[at]} is zero, the inversion could not be "
            "completed because the input matrix is singular."
        )
    return (
        f"linalg.cholesky: {place}The factorization could not be completed because the input is not "
        f"positive-definite (the leading minor of order {bad[at]} is not positive-definite)."
    )
