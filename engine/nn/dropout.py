"""Dropout layers: parts of the input at random set to 0 while training."""

from __future__ import annotations

from typing import Annotated

from engine.nn import functional as F
from engine.nn.bounds import NotOffered, Range
from engine.nn.module import Module
from engine.tensor import Tensor


class _DropoutNd(Module):
    """Drops with probability `p` while training."""

    def __init__(
        self, p: Annotated[float, Range(0, 1)] = 0.5, inplace: Annotated[bool, NotOffered()] = False
    ) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The input's own."""
        return input_shape

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """While training sets each number to 0 with probability p and scales up the rest.

    Args:
        p: Probability of a number to become 0.
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """While training sets whole channels of a signal to 0 with probability p and scales up the rest.

    Args:
        p: Probability of a channel to become 0.
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """While training sets whole channels of an image to 0 with probability p and scales up the rest.

    Args:
        p: Probability of a channel to become 0.
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """While training sets whole channels of a volume to 0 with probability p and scales up the rest.

    Args:
        p: Probability of a channel to become 0.
        inplace: Write the result over the input.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)
