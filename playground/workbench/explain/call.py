"""A call that is to be explained: its inputs and outputs in full, and how to run it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import engine
from engine import nn
from playground.protocol.tensors import Source
from playground.workbench.trace import Recorded
from playground.workbench.windows import Array

Index = tuple[int, ...]
MOST_INDICES = 1024


@dataclass(frozen=True)
class Explained:
    """A formula, the arithmetic with its numbers, and where they came from."""

    formula: str
    arithmetic: str
    sources: list[Source]


@dataclass(frozen=True)
class Question:
    """One element of one result of a call."""

    call: Recorded
    element: Index
    output: int

    @property
    def inputs(self) -> list[Array]:
        """The tensors that went in."""
        return [seen.array for seen in self.call.inputs if seen.array is not None]

    @property
    def result(self) -> Array:
        """The tensor that came out."""
        found = self.call.outputs[self.output].array
        return np.zeros(()) if found is None else found

    @property
    def value(self) -> Any:
        """The element itself."""
        return self.result[self.element].item()

    @property
    def op(self) -> str:
        return self.call.function.op.removeprefix("F.").removesuffix("_")

    def again(self, tensors: list[engine.Tensor]) -> Any:
        """Run the call on other tensors of the same shapes; parameters of a module stay what they are."""
        given = iter(tensors)
        args = replaced(self.call.args, given)
        options = {key: replaced(value, given) for key, value in self.call.options.items()}
        function = self.call.function
        if function.bound and isinstance(function.owner, nn.Module):
            return function.owner(*args, **options)
        return function.call(*args, **options)


def replaced(value: Any, tensors: Iterator[engine.Tensor]) -> Any:
    """`value` with each tensor in it replaced by the next of `tensors`."""
    if isinstance(value, engine.Tensor):
        return next(tensors)
    if isinstance(value, list | tuple) and not isinstance(value, engine.Size):
        return type(value)(replaced(each, tensors) for each in value)
    return value


def source(at: int, indices: list[Index]) -> Source:
    """Elements of input number `at`, the first where there are very many."""
    return Source(input=at, indices=[list(map(int, i)) for i in indices[:MOST_INDICES]], count=len(indices))
