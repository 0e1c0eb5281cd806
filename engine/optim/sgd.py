"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block, Call
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_lr


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
        check_lr(lr)
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

    def _numbers(self, block: Block, group: Group, step: float) -> tuple[float, ...]:
        return (float(group["lr"]),)

    def _calls(self, block: Block, group: Group, numbers: Sequence[np.ndarray]) -> Iterator[Call]:
        (lr,), momentum = numbers, group["momentum"]
        if not momentum:
            for p, g, a, _ in block.pieces():
                g = yield from block.regularising(p, g, a, group, None)
                yield np.multiply, (g, lr, a)
                yield np.subtract, (p, a, p)
            return
        decay, share = block.constant(momentum), block.constant(1 - group["dampening"])
        for p, g, a, b, velocity in block.pieces("momentum_buffer"):
            g = yield from block.regularising(p, g, a, group, None)
            if block.fresh:
                yield velocity.__setitem__, (..., g)
            else:
                yield np.multiply, (velocity, decay, velocity)
                if group["dampening"]:
                    yield np.multiply, (g, share, b)
                    yield np.add, (velocity, b, velocity)
                else:
                    yield np.add, (velocity, g, velocity)
            if group["nesterov"]:
                yield np.multiply, (velocity, decay, b)
                yield np.add, (g, b, b)
                yield np.multiply, (b, lr, b)
            else:
                yield np.multiply, (velocity, lr, b)
            yield np.subtract, (p, b, p)
