"""Muon: momentum made orthogonal, for the matrices of hidden layers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.one_by_one import Array, OneByOne
from engine.optim.optimizer import Group
from engine.tensor import Tensor, wrap

_ADJUSTMENTS = ("original", "match_rms_adamw")


class Muon(OneByOne):
    """Muon (Jordan et al., 2024): a step along the momentum with all its singular values brought near 1.

    For matrices only; biases and the rest belong to another optimizer, such as AdamW.

    Args:
        params: Matrices, or groups of them with options of their own.
        lr: Learning rate: how long a step is.
        weight_decay: How strongly weights are pulled towards 0, apart from the gradient.
        momentum: Share of the last steps that carries on.
        nesterov: Look ahead along the momentum.
        ns_coefficients: Of the polynomial that is applied again and again to make a matrix orthogonal.
        eps: Least norm to divide by.
        ns_steps: How often the polynomial is applied.
        adjust_lr_fn: How steps depend on a matrix's shape: ``original`` or ``match_rms_adamw``.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-3,
        weight_decay: Annotated[float, Range(0, 10)] = 0.1,
        momentum: Annotated[float, Range(0, 1)] = 0.95,
        nesterov: bool = True,
        ns_coefficients: Annotated[tuple[float, float, float], NotOffered()] = (3.4445, -4.775, 2.0315),
        eps: Annotated[float, Range(0, 1)] = 1e-7,
        ns_steps: Annotated[int, Range(0, 99)] = 5,
        adjust_lr_fn: Annotated[str | None, NotOffered()] = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not lr >= 0.0:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not momentum >= 0.0:
            raise ValueError(f"momentum should be >= 0 but is: {momentum}")
        if not weight_decay >= 0.0:
            raise ValueError(f"weight decay should be >= 0 but is: {weight_decay}")
        if adjust_lr_fn is not None and adjust_lr_fn not in _ADJUSTMENTS:
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        super().__init__(params, {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        })
        for group in self.param_groups:
            for param in group["params"]:
                if param.ndim != 2:
                    raise ValueError(
                        "Muon only supports 2D parameters whereas we found a parameter with size: "
                        f"{param.size()}"
                    )

    def _update_one(self, value: Array, gradient: Array, state: dict[str, Any], group: Group) -> None:
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = wrap(np.zeros_like(gradient))
        buffer, share = state["momentum_buffer"]._array, group["momentum"]
        buffer[...] = _between(buffer, gradient, 1 - share)
        direction = _between(gradient, buffer, share) if group["nesterov"] else buffer
        update = _orthogonal(direction, group["ns_coefficients"], group["ns_steps"], group["eps"])
        lr, (rows, columns) = float(group["lr"]), value.shape
        ratio = math.sqrt(max(1, rows / columns))
        if group["adjust_lr_fn"] == "match_rms_adamw":
            ratio = 0.2 * math.sqrt(max(rows, columns))
        value *= value.dtype.type(1 - lr * group["weight_decay"])
        value += value.dtype.type(-lr * ratio) * update.astype(value.dtype)


def _between(start: Array, end: Array, share: float) -> Array:
    """The point between two; from the nearer end, as lerp has it."""
    kind = start.dtype.type
    way = end - start
    return start + kind(share) * way if share < 0.5 else end - way * kind(1 - share)


def _orthogonal(matrix: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """The matrix with singular values near 1, by Newton and Schulz's iteration in bfloat16's precision.

    Source: K. Jordan, Muon: an optimizer for hidden layers in neural networks (2024).
    """
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = map(np.float32, coefficients)
    tall = matrix.shape[0] > matrix.shape[1]
    x = _rounded(matrix.T if tall else matrix)
    norm = _rounded(np.sqrt(np.add.reduce(x.astype(np.float64) ** 2, axis=None)))
    x = _rounded(x / np.maximum(norm, _rounded(np.float32(eps))))
    for _ in range(steps):
        gram = _rounded(x @ x.T)
        update = _rounded(b * gram + c * (gram @ gram))
        x = _rounded(a * x + update @ x)
    return x.T if tall else x


def _rounded(x: Any) -> Array:
    """Float32 with the precision of bfloat16: the upper half of the bits, halves to even."""
    bits = np.array(x, np.float32, order="C").view(np.uint32)
    odd = (bits >> np.uint32(16)) & np.uint32(1)
    return ((bits + odd + np.uint32(0x7FFF)) & np.uint32(0xFFFF0000)).view(np.float32)
