"""Layers that only change the shape: Flatten and Unflatten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from engine.errors import ShapeError
from engine.nn.bounds import Range
from engine.nn.module import Module
from engine.tensor import Tensor

Shape = tuple[int, ...]


class Flatten(Module):
    """Lays several dimensions out as one: an image becomes a row of numbers.

    Args:
        start_dim: The first dimension to lay out; 1 keeps the batch.
        end_dim: The last one.
    """

    def __init__(
        self, start_dim: Annotated[int, Range(-4, 3)] = 1, end_dim: Annotated[int, Range(-4, 3)] = -1
    ) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Dimensions `start_dim` … `end_dim` multiplied. Raises ShapeError where there are none such."""
        ndim = len(input_shape)
        for name, dim in (("start_dim", self.start_dim), ("end_dim", self.end_dim)):
            if not -ndim <= dim < ndim:
                raise ShapeError(
                    f"Flatten({name}={dim}) got input of shape {tuple(input_shape)}: "
                    f"its dimensions are {-ndim} to {ndim - 1}",
                    f"set {name} to a dimension that exists",
                )
        start, end = self.start_dim % ndim, self.end_dim % ndim
        if start > end:
            raise ShapeError(
                f"Flatten({self.start_dim}, {self.end_dim}) got input of shape {tuple(input_shape)}: "
                "start_dim comes after end_dim",
                "swap start_dim and end_dim",
            )
        return (*input_shape[:start], math.prod(input_shape[start:end + 1]), *input_shape[end + 1:])

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Folds one dimension into several: a row of numbers becomes an image.

    Args:
        dim: The dimension to fold.
        unflattened_size: What it becomes; one size may be −1.
    """

    def __init__(self, dim: Annotated[int, Range(-4, 3)], unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, tuple | list):
            kind = type(unflattened_size).__name__
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {kind}")
        for position, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    "unflattened_size must be tuple of ints, but found element of type "
                    f"{type(size).__name__} at pos {position}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Dimension `dim` replaced by `unflattened_size`. Raises ShapeError where the numbers do not fit."""
        ndim, sizes = len(input_shape), tuple(self.unflattened_size)
        if not -ndim <= self.dim < ndim:
            raise ShapeError(
                f"Unflatten(dim={self.dim}) got input of shape {tuple(input_shape)}: it has no such "
                "dimension",
                "set dim to a dimension that exists",
            )
        dim = self.dim % ndim
        known = math.prod(size for size in sizes if size != -1)
        if sizes.count(-1) == 1 and known and input_shape[dim] % known == 0:
            sizes = tuple(input_shape[dim] // known if size == -1 else size for size in sizes)
        if -1 in sizes or math.prod(sizes) != input_shape[dim]:
            raise ShapeError(
                f"Unflatten({self.dim}, {tuple(self.unflattened_size)}) got input of shape "
                f"{tuple(input_shape)}: "
                f"the sizes must multiply to {input_shape[dim]}",
                f"choose sizes whose product is {input_shape[dim]}",
            )
        return (*input_shape[:dim], *sizes, *input_shape[dim + 1:])

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
