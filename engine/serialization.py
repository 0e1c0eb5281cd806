"""``save`` and ``load``: nests of tensors and plain values in the safetensors format, which holds no code.

A file is the length of a JSON header (8 bytes), the header, and the tensors' bytes. A dict of tensors, such
as a ``state_dict``, is stored under its own names, so that other programs can read it; how tensors are nested
with numbers and text is written down in the header's metadata. Source: the safetensors format description.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from engine.device import require_cpu
from engine.tensor import Tensor, wrap

_NAMES = {
    "F16": np.float16, "F32": np.float32, "F64": np.float64, "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8,
    "I16": np.int16, "I32": np.int32, "I64": np.int64,
}
_CODES = {np.dtype(kind): name for name, kind in _NAMES.items()}
_LARGEST_HEADER = 100_000_000       # bytes; the format's own limit


def save(obj: Any, f: Any) -> None:
    """Write tensors, numbers, text, None and lists, tuples and dicts of them to a path or an open file.

    Raises:
        TypeError: for anything else; of a model, save the ``state_dict()``.
    """
    tensors: dict[str, Tensor] = {}
    nest = _described(obj, "", tensors, {})
    header: dict[str, Any] = {"__metadata__": {"format": "pt", "nest": json.dumps(nest)}}
    parts, start = [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor._array).reshape(tensor._array.shape)
        end = start + array.nbytes
        header[name] = {
            "dtype": _CODES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end]
        }
        start = end
        parts.append(array.tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join([len(text).to_bytes(8, "little"), text, *parts])
    if hasattr(f, "write"):
        f.write(data)
    else:
        Path(f).write_bytes(data)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """What ``save`` wrote to a path or an open file; of any other safetensors file the dict of its tensors.

    Raises:
        RuntimeError: for a file of another format. Pickles, which can run code, are not read.
    """
    if isinstance(map_location, str):
        require_cpu(map_location)
    data = f.read() if hasattr(f, "read") else Path(f).read_bytes()
    if data[:2] in (b"PK", b"\x80\x02"):
        raise RuntimeError(
            "load(): this file holds a pickle, which can run code and is not read. Write it again with "
            "safetensors.torch.save_file(state_dict, path)."
        )
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(_LARGEST_HEADER, len(data) - 8):
        raise RuntimeError("load(): this is not a safetensors file: its header does not fit into it")
    try:
        header = json.loads(data[8 : 8 + size])
        nest = json.loads(header.pop("__metadata__", {}).get("nest", "null"))
        tensors = {name: _tensor(data, 8 + size, **facts) for name, facts in header.items()}
        return tensors if nest is None else _restored(nest, tensors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise RuntimeError(f"load(): this is not a safetensors file as it should be: {problem}") from None


def _tensor(data: bytes, start: int, *, dtype: str, shape: list[int], data_offsets: list[int]) -> Tensor:
    first, last = data_offsets
    kind = np.dtype(_NAMES[dtype])
    if last - first != math.prod(shape) * kind.itemsize or not 0 <= first <= last <= len(data) - start:
        raise ValueError(f"a tensor of shape {shape} has {last - first} bytes")
    return wrap(np.frombuffer(data[start + first : start + last], kind).reshape(shape).copy())


def _described(obj: Any, place: str, tensors: dict[str, Tensor], seen: dict[int, str]) -> Any:
    """The nest in JSON: tensors by name, every container as its kind and its parts."""
    if isinstance(obj, Tensor):
        name = seen.get(id(obj)) or place or "tensor"
        while tensors.get(name, obj) is not obj or name == "__metadata__":
            name += "'"
        seen[id(obj)] = name
        tensors[name] = obj
        return {"tensor": name, "grad": obj.requires_grad}
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return {"value": obj}
    dot = f"{place}." if place else ""
    if isinstance(obj, dict):
        pairs = [
            [_described(k, "", {}, {}), _described(v, f"{dot}{k}", tensors, seen)] for k, v in obj.items()
        ]
        return {"dict": pairs, "ordered": isinstance(obj, OrderedDict)}
    if isinstance(obj, (list, tuple)):
        parts = [_described(v, f"{dot}{i}", tensors, seen) for i, v in enumerate(obj)]
        return {"list" if isinstance(obj, list) else "tuple": parts}
    raise TypeError(
        f"save(): cannot save a {type(obj).__name__}{f' at {place!r}' if place else ''}: only tensors, "
        "numbers, text and lists, tuples and dicts of them. Of a model, save model.state_dict()."
    )


def _restored(nest: Any, tensors: dict[str, Tensor]) -> Any:
    if "tensor" in nest:
        return tensors[nest["tensor"]].requires_grad_(nest["grad"])
    if "value" in nest:
        return nest["value"]
    if "dict" in nest:
        made = {_restored(k, tensors): _restored(v, tensors) for k, v in nest["dict"]}
        return OrderedDict(made) if nest["ordered"] else made
    if "tuple" in nest:
        return tuple(_restored(v, tensors) for v in nest["tuple"])
    return [_restored(v, tensors) for v in nest["list"]]
