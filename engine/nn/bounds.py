"""What an argument may be, said where it is declared: `p: Annotated[float, Range(0, 1)] = 0.5`.

Layers, losses and optimizers carry these facts in their own signatures, so that anything that offers
them (a palette, a form, a checker) reads them there and no second list exists. The engine itself does
not enforce them: PyTorch accepts more than is sensible to offer.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A number between `low` and `high`, both included unless `open_low` / `open_high` say otherwise."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below

    def __str__(self) -> str:
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"{left}{self.low:g}, {self.high:g}{right}"


@dataclass(frozen=True, slots=True, init=False)
class Choice:
    """One of a few words: `Choice("mean", "sum")`."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        object.__setattr__(self, "values", values)

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return ", ".join(map(repr, self.values))


@dataclass(frozen=True, slots=True)
class Inferred:
    """A size that the layer's input decides: dimension `dim` of the input's shape (batch included)."""

    dim: int


@dataclass(frozen=True, slots=True)
class PerOutput:
    """A tensor of numbers, one for each of the model's outputs (its classes), each within `bounds`."""

    bounds: Range


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Taken because PyTorch takes it; without effect worth offering to anyone here."""
