"""Adam and AdamW: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import numpy as np

from engine.nn.bounds import NotOffered, Range
from engine.optim.block import Block, Call
from engine.optim.optimizer import Group, Optimizer, check_at_least, check_betas, check_lr
from engine.tensor import Tensor


class Adam(Optimizer):
    """Adam (Kingma & Ba, 2015): every weight gets a step of its own size, from its recent gradients.

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        betas: How slowly the running means of the gradient and of its square forget.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        weight_decay: How strongly weights are pulled towards 0, through the gradient.
        amsgrad: Divide by the largest running mean so far instead of the present one.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-3,
        betas: Annotated[tuple[float, float], Range(0, 1, open_high=True)] = (0.9, 0.999),
        eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 0,
        amsgrad: bool = False,
        *,
        foreach: Annotated[bool | None, NotOffered()] = None,
        maximize: bool = False,
        capturable: Annotated[bool, NotOffered()] = False,
        differentiable: Annotated[bool, NotOffered()] = False,
        fused: Annotated[bool | None, NotOffered()] = None,
        decoupled_weight_decay: Annotated[bool, NotOffered()] = False,
    ) -> None:
        if foreach and not capturable:
            _refuse_tensor("lr", lr)
        check_lr(lr)
        check_at_least(0, "Invalid epsilon value", eps)
        check_betas(betas)
        check_at_least(0, "Invalid weight_decay value", weight_decay)
        if not any(all(isinstance(beta, kind) for beta in betas) for kind in (float, Tensor)):
            raise ValueError("betas must be either both floats or both Tensors")
        for position, beta in enumerate(betas):
            if foreach and not capturable:
                _refuse_tensor(f"betas[{position}]", beta)
            if isinstance(beta, Tensor) and beta.numel() != 1:
                raise ValueError(f"Tensor betas[{position}] must be 1-element")
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": (float(betas[0]), float(betas[1])),
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
                "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        names = ("exp_avg", "exp_avg_sq", *(("max_exp_avg_sq",) if group["amsgrad"] else ()))
        return dict.fromkeys(names, 0.0), {"step": 0.0}

    def _numbers(self, block: Block, group: Group, step: float) -> tuple[float, ...]:
        """Step length, eps, and what decoupled decay leaves of a weight.

        The correction of the divisor is moved into eps and the step length: one pass less.
        """
        beta1, beta2 = group["betas"]
        lr, correction = float(group["lr"]), math.sqrt(1 - float(beta2)**step)
        size, eps = lr * correction / (1 - float(beta1)**step), group["eps"] * correction
        return (size, eps, 1 - lr * group["weight_decay"]) if group["decoupled_weight_decay"] else (size, eps)

    def _scratch_arrays(self, group: Group) -> int:
        decays = group["weight_decay"] and not group["decoupled_weight_decay"]
        return 2 if decays or group["maximize"] else 1

    def _calls(self, block: Block, group: Group, numbers: Sequence[np.ndarray]) -> Iterator[Call]:
        beta1, beta2 = map(float, group["betas"])
        old1, new1, old2, new2 = (block.constant(v) for v in (beta1, 1 - beta1, beta2, 1 - beta2))
        size, eps, *left = numbers
        shrink = left[0] if left else None
        names, _ = self._state_of(group)
        for p, given, a, b, mean, square, *largest in block.pieces(*names):
            g = yield from block.regularising(p, given, b, group, shrink)
            if g is given and block.stacked:    # both means at once: of the gradient, and of its square
                means, new, scaled = block.states_stack[:2], block.work[:2], block.work[2:]
                yield np.multiply, (g, g, new[1])
                yield np.multiply, (means, block.columns(beta1, beta2), means)
                yield np.multiply, (new, block.columns(1 - beta1, 1 - beta2), scaled)
                yield np.add, (means, scaled, means)
            else:
                yield np.multiply, (mean, old1, mean)
                yield np.multiply, (g, new1, a)
                yield np.add, (mean, a, mean)
                yield np.multiply, (square, old2, square)
                yield np.multiply, (g, g, a)
                yield np.multiply, (a, new2, a)
                yield np.add, (square, a, square)
            if largest:
                yield _larger, (square, largest[0])
                square = largest[0]
            yield np.sqrt, (square, a)
            yield np.add, (a, eps, a)
            yield np.divide, (mean, a, a)
            yield np.multiply, (a, size, a)
            yield np.subtract, (p, a, p)


def _refuse_tensor(name: str, value: Any) -> None:
    if isinstance(value, Tensor):
        raise ValueError(f"{name} as a Tensor is not supported for capturable=False and foreach=True")


def _larger(value: np.ndarray, most: np.ndarray) -> None:
    np.maximum(most, value, out=most)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov & Hutter, 2019).

    Args:
        params: Parameters, or groups of them with options of their own.
        lr: Learning rate: about how long a step is.
        betas: How slowly the running means of the gradient and of its square forget.
        eps: Added to the divisor, so that small gradients do not make huge steps.
        weight_decay: Share of each weight that a step takes away, times the learning rate.
        amsgrad: Divide by the largest running mean so far instead of the present one.
        maximize: Climb instead of descending.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Annotated[float, Range(0, 1e6)] = 1e-3,
        betas: Annotated[tuple[float, float], Range(0, 1, open_high=True)] = (0.9, 0.999),
        eps: Annotated[float, Range(0, 1)] = 1e-8,
        weight_decay: Annotated[float, Range(0, 10)] = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: Annotated[bool | None, NotOffered()] = None,
        capturable: Annotated[bool, NotOffered()] = False,
        differentiable: Annotated[bool, NotOffered()] = False,
        fused: Annotated[bool | None, NotOffered()] = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
            capturable=capturable, differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )
