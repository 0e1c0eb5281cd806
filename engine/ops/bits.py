"""Operations on the bits of integers and on truth values."""

from __future__ import annotations

import numpy as np

from engine.ops.table import binary, unary

bitwise_and = binary("bitwise_and", np.bitwise_and, None, "bit by bit and", family="bits", inplace=True)
bitwise_or = binary("bitwise_or", np.bitwise_or, None, "bit by bit or", family="bits", inplace=True)
bitwise_xor = binary(
    "bitwise_xor", np.bitwise_xor, None, "bit by bit exclusive or", family="bits", inplace=True
)
bitwise_not = unary("bitwise_not", np.bitwise_not, None, "bits flipped", "", "bits", inplace=True)
bitwise_left_shift = binary(
    "bitwise_left_shift", np.left_shift, None, "bits moved up", family="bits", inplace=True
)
bitwise_right_shift = binary(
    "bitwise_right_shift", np.right_shift, None, "bits moved down", family="bits", inplace=True
)
