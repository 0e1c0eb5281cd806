"""Relatives of Adam: Adamax, NAdam, RAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_betas, check_lr


class Adamax(Optimizer):
    """Adamax (Kingma & Ba, 2015): Adam with the largest recent gradient in place of the mean square.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        betas: How slowly the running mean and the running maximum forget.
        eps: Added to gradients, so that small ones do not make huge steps.
        weight_decay: How strongly weights are pulled towards 0.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 2e-3,
        betas: Annotated[tuple[float, float], Range(0, 1, open_high=True)] = (0.9, 0.999),
        eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        foreach: Annotated[bool | None, NotOffered()] = None,
        *,
        maximize: bool = False,
        differentiable: Annotated[bool, NotOffered()] = False,
        capturable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid epsilon value", eps)
        check_betas(betas)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"exp_avg": 0.0, "exp_inf": 0.0}, {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        beta1, beta2 = map(float, group["betas"])
        step = block.count()
        new1, old2, eps = (block.constant(v) for v in (1 - beta1, beta2, group["eps"]))
        size = block.constant(float(group["lr"]) / (1 - beta1**step))
        for p, g, a, b, mean, largest in block.pieces("exp_avg", "exp_inf"):
            g = block.regularised(p, g, b, group)
            np.subtract(g, mean, a)
            np.multiply(a, new1, a)
            np.add(mean, a, mean)
            np.abs(g, a)
            np.add(a, eps, a)
            np.multiply(largest, old2, largest)
            np.maximum(largest, a, out=largest)
            np.divide(mean, largest, a)
            np.multiply(a, size, a)
            np.subtract(p, a, p)


class NAdam(Optimizer):
    """NAdam (Dozat, 2016): Adam with Nesterov's look ahead.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        betas: How slowly the running means of the gradient and of its square forget.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        weight_decay: How strongly weights are pulled towards 0.
        momentum_decay: How fast the momentum grows to its full value.
        decoupled_weight_decay: Take weight decay from the weights instead of through the gradient.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 2e-3,
        betas: Annotated[tuple[float, float], Range(0, 1, open_high=True)] = (0.9, 0.999),
        eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        momentum_decay: Annotated[float, Range(0, 1)] = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
        capturable: Annotated[bool, NotOffered()] = False,
        differentiable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid epsilon value", eps)
        check_betas(betas)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        check_at_least(0, "Invalid momentum_decay value", momentum_decay)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0}, {"step": 0.0, "mu_product": 1.0}

    def _update(self, block: Block, group: Group) -> None:
        beta1, beta2 = map(float, group["betas"])
        lr, step, decay = float(group["lr"]), block.count(), group["momentum_decay"]
        now = beta1 * (1 - 0.5 * 0.96 ** (step * decay))
        later = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * decay))
        block.scalars["mu_product"] *= now
        product = block.scalar("mu_product")
        new1, old2, new2 = (block.constant(v) for v in (1 - beta1, beta2, 1 - beta2))
        correction, eps = block.constant(1 / (1 - beta2**step)), block.constant(group["eps"])
        by_gradient = block.constant(lr * (1 - now) / (1 - product))
        by_mean = block.constant(lr * later / (1 - product * later))
        for p, g, a, b, mean, square in block.pieces("exp_avg", "exp_avg_sq"):
            g = block.regularised(p, g, b, group)
            np.subtract(g, mean, a)
            np.multiply(a, new1, a)
            np.add(mean, a, mean)
            np.multiply(square, old2, square)
            np.multiply(g, g, a)
            np.multiply(a, new2, a)
            np.add(square, a, square)
            np.multiply(g, by_gradient, b)
            np.multiply(mean, by_mean, a)
            np.add(b, a, b)
            np.multiply(square, correction, a)
            np.sqrt(a, a)
            np.add(a, eps, a)
            np.divide(b, a, a)
            np.subtract(p, a, p)


class RAdam(Optimizer):
    """RAdam (Liu et al., 2020): Adam that waits with its scaling until it has seen enough gradients.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        betas: How slowly the running means of the gradient and of its square forget.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        weight_decay: How strongly weights are pulled towards 0.
        decoupled_weight_decay: Take weight decay from the weights instead of through the gradient.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-3,
        betas: Annotated[tuple[float, float], Range(0, 1, open_high=True)] = (0.9, 0.999),
        eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
        capturable: Annotated[bool, NotOffered()] = False,
        differentiable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid epsilon value", eps)
        check_betas(betas)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0}, {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        beta1, beta2 = map(float, group["betas"])
        step = block.count()
        correction1, correction2 = 1 - beta1**step, 1 - beta2**step
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * step * beta2**step / correction2
        new1, old2, new2 = (block.constant(v) for v in (1 - beta1, beta2, 1 - beta2))
        size, eps = float(group["lr"]) / correction1, block.constant(group["eps"])
        scaled = length > 5.0
        if scaled:
            rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            size *= math.sqrt(rectified) * math.sqrt(correction2)
        factor = block.constant(size)
        for p, g, a, b, mean, square in block.pieces("exp_avg", "exp_avg_sq"):
            g = block.regularised(p, g, b, group)
            np.subtract(g, mean, a)
            np.multiply(a, new1, a)
            np.add(mean, a, mean)
            np.multiply(square, old2, square)
            np.multiply(g, g, a)
            np.multiply(a, new2, a)
            np.add(square, a, square)
            if scaled:
                np.sqrt(square, a)
                np.add(a, eps, a)
                np.divide(mean, a, a)
                np.multiply(a, factor, a)
            else:
                np.multiply(mean, factor, a)
            np.subtract(p, a, p)
