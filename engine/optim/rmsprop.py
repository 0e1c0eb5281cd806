"""RMSprop: steps scaled by a running mean of the squared gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_lr


class RMSprop(Optimizer):
    """RMSprop (Hinton, 2012): the gradient divided by the root of its recent mean square.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        alpha: How slowly the running mean forgets.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        weight_decay: How strongly weights are pulled towards 0.
        momentum: Share of the last step that carries on.
        centered: Divide by the running standard deviation instead.
        maximize: Climb instead of descending.
    """

    def __init__(
        self, params: Iterable[Any], lr: Annotated[float, Range(0, 1e6)] = 1e-2,
        alpha: Annotated[float, Range(0, 1)] = 0.99, eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 0, momentum: Annotated[float, Range(0, 1)] = 0,
        centered: bool = False, capturable: Annotated[bool, NotOffered()] = False,
        foreach: Annotated[bool | None, NotOffered()] = None, maximize: bool = False,
        differentiable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid epsilon value", eps)
        check_at_least(0, "Invalid momentum value", momentum)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        check_at_least(0, "Invalid alpha value", alpha)
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        names = ["square_avg"]
        if group["momentum"] > 0:
            names.append("momentum_buffer")
        if group["centered"]:
            names.append("grad_avg")
        return dict.fromkeys(names, 0.0), {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        block.count()
        alpha = group["alpha"]
        old, new, eps, lr = (block.constant(v) for v in (alpha, 1 - alpha, group["eps"], group["lr"]))
        momentum = block.constant(group["momentum"])
        names, _ = self._state_of(group)
        for p, g, a, b, *arrays in block.pieces(*names):
            state = dict(zip(names, arrays, strict=True))
            square = state["square_avg"]
            g = block.regularised(p, g, b, group)
            np.multiply(square, old, square)
            np.multiply(g, g, a)
            np.multiply(a, new, a)
            np.add(square, a, square)
            if group["centered"]:
                mean = state["grad_avg"]
                np.subtract(g, mean, a)
                np.multiply(a, new, a)
                np.add(mean, a, mean)
                np.multiply(mean, mean, a)
                np.subtract(square, a, a)
                np.sqrt(a, a)
            else:
                np.sqrt(square, a)
            np.add(a, eps, a)
            np.divide(g, a, a)
            if group["momentum"] > 0:
                velocity = state["momentum_buffer"]
                np.multiply(velocity, momentum, velocity)
                a = np.add(velocity, a, velocity)
            np.multiply(a, lr, b)
            np.subtract(p, b, p)
