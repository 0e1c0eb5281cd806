"""Rprop and ASGD: steps from the gradient's sign alone, and plain steps whose iterates are averaged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_lr


class Rprop(Optimizer):
    """Rprop (Riedmiller & Braun, 1993): steps that grow while the gradient keeps its sign.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Length of the first step.
        etas: By what a step length shrinks where the sign changed, and grows where not.
        step_sizes: The shortest and the longest step.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: Annotated[bool, NotOffered()] = False,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
        differentiable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"prev": 0.0, "step_size": float(group["lr"])}, {"step": 0.0}

    def _update(self, block: Block, group: Group) -> None:
        block.count()
        shrink, grow = group["etas"]
        shortest, longest = group["step_sizes"]
        for p, g, a, b, previous, size in block.pieces("prev", "step_size"):
            g = np.negative(g, a) if group["maximize"] else g
            turn = np.sign(np.multiply(g, previous, b), b)
            size *= np.where(turn > 0, grow, np.where(turn < 0, shrink, 1)).astype(size.dtype)
            np.clip(size, shortest, longest, out=size)
            previous[...] = np.where(turn < 0, 0, g)       # a step that went too far is not repeated
            p -= np.sign(previous) * size


class ASGD(Optimizer):
    """Averaged SGD (Polyak & Juditsky, 1992): plain steps that shorten, and the average of where they led.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: how long the first step is.
        lambd: How strongly weights are pulled towards 0 at each step.
        alpha: How fast steps shorten.
        t0: The step at which averaging begins.
        weight_decay: How strongly weights are pulled towards 0, through the gradient.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-2,
        lambd: Annotated[float, Range(0, 1)] = 1e-4,
        alpha: Annotated[float, Range(0, 10)] = 0.75,
        t0: Annotated[float, Range(0, 1e9)] = 1e6,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
        differentiable: Annotated[bool, NotOffered()] = False,
        capturable: Annotated[bool, NotOffered()] = False,
    ) -> None:
        check_lr(lr)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable,
        })

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        return {"ax": 0.0}, {"step": 0.0, "eta": float(group["lr"]), "mu": 1.0}

    def _update(self, block: Block, group: Group) -> None:
        step, lr, lambd = block.count(), float(group["lr"]), group["lambd"]
        eta, mu = block.scalar("eta"), block.scalar("mu")
        shrink, length, share = (block.constant(v) for v in (1 - lambd * eta, eta, mu))
        for p, g, a, b, average in block.pieces("ax"):
            g = block.regularised(p, g, b, group)
            np.multiply(g, length, a)
            np.multiply(p, shrink, p)
            np.subtract(p, a, p)
            if mu == 1:
                average[...] = p
            else:
                np.subtract(p, average, a)
                np.multiply(a, share, a)
                np.add(average, a, average)
        # New values are made in float32, also where they are kept in float64 because they were loaded.
        block.scalars["eta"][...] = np.float32(lr / (1 + lambd * lr * step) ** group["alpha"])
        block.scalars["mu"][...] = np.float32(1 / max(1, step - group["t0"]))
