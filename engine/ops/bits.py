"""Operations on the bits of integers and on truth values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.dtypes import from_numpy_dtype
from engine.op import Array
from engine.ops.table import binary, unary


def _whole(kernel: str, ufunc: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numpy's, with PyTorch's refusal of floats."""

    def forward(*arrays: Any) -> Any:
        try:
            return ufunc(*arrays)
        except TypeError:
            kind = from_numpy_dtype(np.result_type(*arrays)).tensor_type[6:-6]
            raise NotImplementedError(f'"{kernel}" not implemented for \'{kind}\'') from None

    return forward


def _pair(name: str, kernel: str, ufunc: Callable[..., Any], doc: str) -> Any:
    return binary(name, _whole(kernel, ufunc), None, doc, family="bits", inplace=True)


bitwise_and = _pair("bitwise_and", "bitwise_and_cpu", np.bitwise_and, "bit by bit and")
bitwise_or = _pair("bitwise_or", "bitwise_or_cpu", np.bitwise_or, "bit by bit or")
bitwise_xor = _pair("bitwise_xor", "bitwise_xor_cpu", np.bitwise_xor, "bit by bit exclusive or")
bitwise_left_shift = _pair("bitwise_left_shift", "lshift_cpu", np.left_shift, "bits moved up")
bitwise_right_shift = _pair("bitwise_right_shift", "rshift_cpu", np.right_shift, "bits moved down")
bitwise_not = unary(
    "bitwise_not", _whole("bitwise_not_cpu", np.bitwise_not), None, "bits flipped", "", "bits", inplace=True
)


def invert(input: Array) -> Array:
    """``~input``."""
    if input.is_floating_point():
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    flipped: Array = bitwise_not.call(input)
    return flipped
