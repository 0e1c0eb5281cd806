"""Smooth activation layers besides the common ones, and those that look along a dimension."""

from __future__ import annotations

from engine.nn import functional as F
from engine.nn.activation import AlongDim, Elementwise, Overwriting
from engine.nn.module import Module
from engine.tensor import Tensor


class CELU(Elementwise):
    """Lets positive numbers through and bends negative ones towards −alpha, without a corner at 0.

    Args:
        alpha: What very negative numbers become, with a minus.
        inplace: Write the result over the input.
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class Mish(Overwriting):
    """A smooth ReLU: each number times the tanh of its Softplus.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class LogSigmoid(Elementwise):
    """The logarithm of Sigmoid, exact also where it is tiny."""

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softsign(Elementwise):
    """Squeezes every number between −1 and 1, slowly."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Elementwise):
    """Every number less its Tanh."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class GLU(Module):
    """The first half of a dimension, times the sigmoid of its second half.

    Args:
        dim: The dimension that is halved.
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(AlongDim):
    """Turns scores into probabilities, the larger the smaller a score.

    Args:
        dim: The dimension that sums to 1.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Turns the scores at each place of (N, C, H, W) or (C, H, W) into probabilities over channels."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3, _stacklevel=5)
