"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block
from engine.optim.optimizer import Group, Optimizer, check_at_least


class SGD(Optimizer):
    """Stochastic gradient descent: a step against the gradient, with momentum if wanted.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: how long a step is.
        momentum: Share of the last step that carries on.
        dampening: Share of the gradient that momentum holds back.
        weight_decay: How strongly weights are pulled towards 0.
        nesterov: Look ahead along the momentum before taking the gradient.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-3,
        momentum: Annotated[float, Range(0, 1)] = 0,
        dampening: Annotated[float, Range(0, 1)] = 0,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: Annotated[bool | None, NotOffered()] = None,
        differentiable: Annotated[bool, NotOffered()] = False,
        fused: Annotated[bool | None, NotOffered()] = None,
    ) -> None:
        check_at_least(0, "Invalid learning rate", lr)
        check_at_least(0, "Invalid momentum value", momentum)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach, "differentiable": differentiable,
            "fused": fused,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return ({"momentum_buffer": 0.0} if group["momentum"] != 0 else {}), {}

    def _update(self, block: Block, group: Group) -> None:
        momentum, lr = group["momentum"], block.constant(group["lr"])
        if not momentum:
            for p, g, a, _ in block.pieces():
                g = block.regularised(p, g, a, group)
                np.multiply(g, lr, a)
                np.subtract(p, a, p)
            return
        decay, share = block.constant(momentum), block.constant(1 - group["dampening"])
        for p, g, a, b, velocity in block.pieces("momentum_buffer"):
            g = block.regularised(p, g, a, group)
            if block.fresh:
                velocity[...] = g
            else:
                np.multiply(velocity, decay, velocity)
                if group["dampening"]:
                    np.add(velocity, np.multiply(g, share, b), velocity)
                else:
                    np.add(velocity, g, velocity)
            if group["nesterov"]:
                np.multiply(velocity, decay, b)
                np.add(g, b, b)
                np.multiply(b, lr, b)
            else:
                np.multiply(velocity, lr, b)
            np.subtract(p, b, p)
