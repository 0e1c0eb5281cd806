"""Adagrad and Adadelta: steps scaled by all squared gradients so far, or by the recent ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block
from engine.optim.blocks import Blocks
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_lr


class Adagrad(Optimizer):
    """Adagrad (Duchi et al., 2011): the gradient divided by the root of all its squares so far.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long the first step is.
        lr_decay: How fast the learning rate falls with the steps.
        weight_decay: How strongly weights are pulled towards 0.
        initial_accumulator_value: What the sum of squares begins with.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        maximize: Climb instead of descending.
    """

    def __init__(
        self, params: Iterable[Any], lr: Annotated[float, Range(0, 1e6)] = 1e-2,
        lr_decay: Annotated[float, Range(0, 1)] = 0, weight_decay: Annotated[float, Range(0, 10)] = 0,
        initial_accumulator_value: Annotated[float, Range(0, 100)] = 0,
        eps: Annotated[float, Range(0, 1)] = 1e-10, foreach: Annotated[bool | None, NotOffered()] = None, *,
        maximize: bool = False, differentiable: Annotated[bool, NotOffered()] = False,
        fused: Annotated[bool | None, NotOffered()] = None,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid lr_decay value", lr_decay)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        check_at_least(0, "Invalid initial_accumulator_value value", initial_accumulator_value)
        check_at_least(0, "Invalid epsilon value", eps)
        super().__init__(params, {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        })
        for number, group in enumerate(self.param_groups):     # PyTorch has this state before the first step
            self._blocks[number] = Blocks(group["params"], self.state, *self._state_of(group))

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"sum": group["initial_accumulator_value"]}, {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        step = block.count()
        lr = block.constant(float(group["lr"]) / (1 + (step - 1) * group["lr_decay"]))
        eps = block.constant(group["eps"])
        for p, g, a, b, total in block.pieces("sum"):
            g = block.regularised(p, g, b, group)
            np.multiply(g, g, a)
            np.add(total, a, total)
            np.sqrt(total, a)
            np.add(a, eps, a)
            np.divide(g, a, a)
            np.multiply(a, lr, a)
            np.subtract(p, a, p)


class Adadelta(Optimizer):
    """Adadelta (Zeiler, 2012): steps as long as recent steps were, relative to recent gradients.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: A factor on the step, usually 1.
        rho: How slowly the running means forget.
        eps: Added to both running means, so that the first steps are not 0.
        weight_decay: How strongly weights are pulled towards 0.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1.0,
        rho: Annotated[float, Range(0, 1)] = 0.9,
        eps: Annotated[float, Range(0, 1)] = 1e-6,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        foreach: Annotated[bool | None, NotOffered()] = None,
        *,
        capturable: Annotated[bool, NotOffered()] = False,
        maximize: bool = False,
        differentiable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_at_least(0, "Invalid epsilon value", eps)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"square_avg": 0.0, "acc_delta": 0.0}, {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        block.count()
        rho = group["rho"]
        old, new, eps, lr = (block.constant(v) for v in (rho, 1 - rho, group["eps"], group["lr"]))
        for p, g, a, b, square, moved in block.pieces("square_avg", "acc_delta"):
            g = block.regularised(p, g, b, group)
            np.multiply(square, old, square)
            np.multiply(g, g, a)
            np.multiply(a, new, a)
            np.add(square, a, square)
            np.divide(np.add(moved, eps, a), square + eps, a)
            np.sqrt(a, a)
            np.multiply(a, g, a)
            np.multiply(moved, old, moved)
            np.multiply(a, a, b)
            np.multiply(b, new, b)
            np.add(moved, b, moved)
            np.multiply(a, lr, a)
            np.subtract(p, a, p)
