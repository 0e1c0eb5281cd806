"""Activation layers made of straight pieces and thresholds."""

from __future__ import annotations

import warnings
from typing import Any

from engine.nn import functional as F
from engine.nn import init as initial
from engine.nn.activation import Elementwise, Overwriting
from engine.nn.parameter import new_parameter
from engine.tensor import Tensor


class Hardtanh(Elementwise):
    """Holds every number between two bounds.

    Args:
        min_val: The lower bound.
        max_val: The upper bound.
        inplace: Write the result over the input.
    """

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
        min_value: float | None = None, max_value: float | None = None,
    ) -> None:
        super().__init__()
        for bound, old in (("min", min_value), ("max", max_value)):
            if old is not None:
                warnings.warn(
                    f"keyword argument `{bound}_value` is deprecated and renamed to `{bound}_val`",
                    FutureWarning, stacklevel=2,
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """Holds every number between 0 and 6.

    Args:
        inplace: Write the result over the input.
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Hardsigmoid(Overwriting):
    """0 up to −3, 1 from 3 on, and a straight line between.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardswish(Overwriting):
    """Every number times its Hardsigmoid.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Threshold(Elementwise):
    """Lets numbers above a threshold through and replaces the rest.

    Args:
        threshold: What a number must exceed.
        value: What replaces the rest.
        inplace: Write the result over the input.
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class _Shrink(Elementwise):
    """Makes numbers up to `lambd` from 0 into 0."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_Shrink):
    """Makes numbers close to 0 exactly 0.

    Args:
        lambd: How close.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """Moves every number towards 0, not past it.

    Args:
        lambd: How far.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class PReLU(Elementwise):
    """Lets positive numbers through and a learned share of negative ones.

    Args:
        num_parameters: 1, or one share for each channel.
        init: The share to begin with.
    """

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = new_parameter((num_parameters,), dtype, device=device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Every share `init`."""
        initial.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(Elementwise):
    """Lets positive numbers through and a share of negative ones that is drawn anew in training.

    Args:
        lower: The smallest share.
        upper: The largest share.
        inplace: Write the result over the input.
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")
