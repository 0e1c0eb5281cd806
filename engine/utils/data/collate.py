"""Making one batch out of a list of samples."""
from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from engine.creation import as_tensor, tensor
from engine.dtypes import float64
from engine.ops.join import stack
from engine.tensor import Tensor

TYPES = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
_TEXT_OR_OBJECT = re.compile("[SaUO]")


def default_convert(data: Any) -> Any:
    """numpy arrays anywhere inside `data` as tensors; all else as it is. Used where batching is off."""
    if isinstance(data, np.ndarray | np.generic):
        return data if _TEXT_OR_OBJECT.search(data.dtype.str) else as_tensor(data)
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(data[key]) for key in data})
    if _is_named_tuple(data):
        return type(data)(*(default_convert(item) for item in data))
    if isinstance(data, tuple):
        return [default_convert(item) for item in data]
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return _like_sequence(data, [default_convert(item) for item in data])
    return data


def default_collate(batch: list[Any]) -> Any:
    """Stack samples along a new first dimension, keeping their structure.

    Tensors and arrays are stacked (arrays keep their dtype), Python floats become float64 and ints int64,
    strings stay a list; mappings, named tuples and sequences are collated member by member.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, np.ndarray | np.generic) and not isinstance(first, str | bytes):
        if _TEXT_OR_OBJECT.search(first.dtype.str):
            raise TypeError(TYPES + str(first.dtype))
        return stack([as_tensor(np.asarray(item)) for item in batch], 0)
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return _like_mapping(
            first, {key: default_collate([sample[key] for sample in batch]) for key in first}
        )
    if _is_named_tuple(first):
        return type(first)(*(default_collate(list(column)) for column in zip(*batch, strict=True)))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [_column(column) for column in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else _like_sequence(first, columns)
    raise TypeError(TYPES + str(type(first)))


def _column(values: tuple[Any, ...]) -> Any:
    """One member of all samples. Strings stay the tuple that zip makes, as PyTorch has it."""
    return values if isinstance(values[0], str | bytes) else default_collate(list(values))


def _is_named_tuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _like_mapping(original: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    if isinstance(original, MutableMapping):    # a copy keeps what else it holds, such as a default
        made = copy.copy(original)
        made.update(items)
        return made
    return _rebuilt(type(original), items)


def _like_sequence(original: Sequence[Any], items: list[Any]) -> Any:
    return items if isinstance(original, range) else _rebuilt(type(original), items)


def _rebuilt(kind: Callable[[Any], Any], items: Any) -> Any:
    """The caller's own container type where it can be made from plain items, else the plain items."""
    try:
        return kind(items)
    except TypeError:
        return items
