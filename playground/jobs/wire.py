"""What travels in a job's pipes: msgpack, with numpy arrays as their bytes. Nothing is ever unpickled."""

from typing import Any

import msgpack
import numpy as np

ARRAY = 1


def pack(message: Any) -> bytes:
    """Raises TypeError for what is not plain data."""
    return bytes(msgpack.packb(message, default=_pack_other))


def unpack(data: bytes) -> Any:
    """Arrays come back read-only. Raises ValueError for bytes that are no message."""
    return msgpack.unpackb(data, ext_hook=_unpack_other)


def _pack_other(value: object) -> Any:
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        header = [value.dtype.str, list(value.shape), np.ascontiguousarray(value).tobytes()]
        return msgpack.ExtType(ARRAY, msgpack.packb(header))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} does not travel between processes")


def _unpack_other(code: int, data: bytes) -> Any:
    if code != ARRAY:
        raise ValueError(f"message extension {code} is unknown")
    dtype, shape, raw = msgpack.unpackb(data)
    return np.frombuffer(raw, dtype).reshape(shape)
