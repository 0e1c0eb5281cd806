"""Padding layers: a border around a signal, an image or a volume, of one number or of the input's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from engine.nn import functional as F
from engine.nn.module import Module
from engine.tensor import Tensor

Widths = int | Sequence[int]


class _Padding(Module):
    """A border of the width `padding`, or of the widths (before, after) from the last dimension backwards."""

    ndim: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.ndim) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Padding):
    """A border of `value`."""

    mode = "constant"

    def __init__(self, padding: Widths, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _OwnPad(_Padding):
    """A border of the input's own numbers, around the last dimensions of one sample or of a batch."""

    def forward(self, input: Tensor) -> Tensor:
        if self.mode == "circular" and input.ndim not in (self.ndim + 1, self.ndim + 2):
            raise ValueError(
                f"expected {self.ndim + 1}D or {self.ndim + 2}D input (got {input.ndim}D input)"
            )
        return super().forward(input)


class ConstantPad1d(_ConstantPad):
    """A border of one number at both ends: (…, L) → (…, L')."""

    ndim = 1


class ConstantPad2d(_ConstantPad):
    """A border of one number around an image: (…, H, W) → (…, H', W')."""

    ndim = 2


class ConstantPad3d(_ConstantPad):
    """A border of one number around a volume: (…, D, H, W) → (…, D', H', W')."""

    ndim = 3


class _Zeros(_ConstantPad):
    """A border of zeros."""

    def __init__(self, padding: Widths) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_Zeros, ConstantPad1d):
    """A border of zeros at both ends: (…, L) → (…, L')."""


class ZeroPad2d(_Zeros, ConstantPad2d):
    """A border of zeros around an image: (…, H, W) → (…, H', W')."""


class ZeroPad3d(_Zeros, ConstantPad3d):
    """A border of zeros around a volume: (…, D, H, W) → (…, D', H', W')."""


class ReflectionPad1d(_OwnPad):
    """A border that mirrors a signal: (…, L) → (…, L')."""

    ndim, mode = 1, "reflect"


class ReflectionPad2d(_OwnPad):
    """A border that mirrors an image: (…, H, W) → (…, H', W')."""

    ndim, mode = 2, "reflect"


class ReflectionPad3d(_OwnPad):
    """A border that mirrors a volume: (…, D, H, W) → (…, D', H', W')."""

    ndim, mode = 3, "reflect"


class ReplicationPad1d(_OwnPad):
    """A border that repeats the ends of a signal: (…, L) → (…, L')."""

    ndim, mode = 1, "replicate"


class ReplicationPad2d(_OwnPad):
    """A border that repeats the edges of an image: (…, H, W) → (…, H', W')."""

    ndim, mode = 2, "replicate"


class ReplicationPad3d(_OwnPad):
    """A border that repeats the faces of a volume: (…, D, H, W) → (…, D', H', W')."""

    ndim, mode = 3, "replicate"


class CircularPad1d(_OwnPad):
    """A border that goes on from the other end of a signal: (…, L) → (…, L')."""

    ndim, mode = 1, "circular"


class CircularPad2d(_OwnPad):
    """A border that goes on from the other edge of an image: (…, H, W) → (…, H', W')."""

    ndim, mode = 2, "circular"


class CircularPad3d(_OwnPad):
    """A border that goes on from the other face of a volume: (…, D, H, W) → (…, D', H', W')."""

    ndim, mode = 3, "circular"
