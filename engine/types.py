"""``torch.types``: names for annotations."""

from __future__ import annotations

import builtins

from engine.device import device
from engine.dtypes import dtype
from engine.facts import Size
from engine.tensor import Tensor

Number = int | float | bool
Device = device | str | int | None
_int, _float, _bool = builtins.int, builtins.float, builtins.bool
_dtype, _device = dtype, device
_size = Size | list[int] | tuple[int, ...]
_TensorOrTensors = Tensor | tuple[Tensor, ...]

__all__ = ["Device", "Number"]
