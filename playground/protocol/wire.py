"""The base of everything in a frame, and how an array lies in it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """Base of every part of a frame."""

    model_config = ConfigDict(extra="forbid")


class Array(Wire):
    """An array in C order, little-endian, `offset` bytes into the frame's `blob` (a multiple of 8)."""

    dtype: Literal["f4", "f8", "i4", "u1"]
    shape: list[int]
    offset: int


class Histogram(Wire):
    """Counts i4 in bins of equal width from `low` to `high`."""

    low: float
    high: float
    counts: Array


class Corner(Wire):
    """The corner of an array that is too large to show, and facts about all of it.

    `shape` is the whole array's; `values` f4 [rows, columns] its first samples (or rows), each
    flattened, cut. `mean`, `std` (biased), `low`, `high` are over all finite values, null where there are
    none; `finite` is false where some are not.
    """

    shape: list[int]
    values: Array
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    finite: bool
