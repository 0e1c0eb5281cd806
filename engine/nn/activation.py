"""Activation layers: a function applied to every number, or across one dimension."""

from __future__ import annotations

from typing import Annotated

from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn.bounds import Choice, NotOffered, Range
from engine.nn.module import Module
from engine.tensor import Tensor


class Elementwise(Module):
    """An activation that leaves the shape as it is."""

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The input's own."""
        return input_shape


class Overwriting(Elementwise):
    """An activation that has one option: to write the result over the input."""

    def __init__(self, inplace: Annotated[bool, NotOffered()] = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(Overwriting):
    """Lets positive numbers through and makes the rest 0.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class LeakyReLU(Elementwise):
    """Lets positive numbers through and a small share of negative ones.

    Args:
        negative_slope: The share of a negative number that gets through.
        inplace: Write the result over the input.
    """

    def __init__(
        self,
        negative_slope: Annotated[float, Range(0, 1)] = 0.01,
        inplace: Annotated[bool, NotOffered()] = False,
    ) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class ELU(Elementwise):
    """Lets positive numbers through and bends negative ones smoothly towards −alpha.

    Args:
        alpha: What very negative numbers become, with a minus.
        inplace: Write the result over the input.
    """

    def __init__(
        self, alpha: Annotated[float, Range(0, 10)] = 1.0, inplace: Annotated[bool, NotOffered()] = False
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class SELU(Overwriting):
    """ELU with the two constants that keep mean 0 and variance 1.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class SiLU(Overwriting):
    """A smooth ReLU: each number times its sigmoid. Also called Swish.

    Args:
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class GELU(Elementwise):
    """A smooth ReLU: each number times the probability that a normal variable is below it.

    Args:
        approximate: Compute that probability exactly, or by a formula with tanh.
    """

    def __init__(self, approximate: Annotated[str, Choice("none", "tanh")] = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Tanh(Elementwise):
    """Squeezes every number between −1 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Sigmoid(Elementwise):
    """Squeezes every number between 0 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Softplus(Elementwise):
    """A smooth ReLU that is always positive: log(1 + e^x).

    Args:
        beta: How sharp the bend is.
        threshold: Beyond this, a number times beta is passed on as it is.
    """

    def __init__(
        self, beta: Annotated[float, Range(0, 100, open_low=True)] = 1.0,
        threshold: Annotated[float, Range(0, 100)] = 20.0,
    ) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class AlongDim(Elementwise):
    """An activation across the dimension `dim`."""

    def __init__(self, dim: Annotated[int | None, Range(-4, 3)] = None) -> None:
        super().__init__()
        self.dim = dim

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The input's own. Raises ShapeError where it has no dimension `dim`."""
        ndim = len(input_shape)
        if self.dim is not None and not -ndim <= self.dim < ndim:
            raise ShapeError(
                f"{type(self).__name__}(dim={self.dim}) got input of shape {tuple(input_shape)}: "
                f"its dimensions are {-ndim} to {ndim - 1}",
                "set dim to -1",
            )
        return input_shape

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(AlongDim):
    """Turns scores into probabilities that sum to 1 over one dimension.

    Args:
        dim: The dimension that sums to 1.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)


class LogSoftmax(AlongDim):
    """The logarithm of Softmax, exact also where probabilities are tiny.

    Args:
        dim: The dimension whose probabilities sum to 1.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)
