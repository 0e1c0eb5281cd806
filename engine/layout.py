"""How memory is laid out, by name. Tensors here are strided; formats are taken where PyTorch takes them."""

from __future__ import annotations

from typing import Any


class layout:  # noqa: N801 - PyTorch's own spelling
    """How a tensor's elements are stored."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


class memory_format(layout):  # noqa: N801 - PyTorch's own spelling
    """The order of the dimensions in memory."""


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


def in_rows(array: Any) -> Any:
    """The array in row-major order, as PyTorch lays out the results of ops that are not elementwise.

    numpy keeps the order of its operands, and a program that goes on with ``view`` would be refused.
    """
    return array if array.flags.c_contiguous else array.copy()
