"""From indices to a batch: sample by sample and collated, or in one gather where that gives the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine.tensor import Tensor, wrap
from engine.utils.data.collate import default_collate
from engine.utils.data.dataset import IterableDataset, Subset, TensorDataset


class Exhausted(Exception):     # noqa: N818 - an end, not an error
    """An iterable-style dataset has no more samples."""


def make_fetcher(
    dataset: Any, batched: bool, collate: Callable[[Any], Any], drop_last: bool
) -> Callable[[Any], Any]:
    """A function from what the sampler yields (one index, or a list of them) to what the loader yields."""
    if isinstance(dataset, IterableDataset):
        return _iterable_fetcher(iter(dataset), batched, collate, drop_last)
    if not batched:
        return lambda index: collate(dataset[index])
    if collate is default_collate and (tensors := _plain_tensors(dataset)):
        return lambda indices: _gather(dataset, tensors, indices)
    return lambda indices: collate(_samples(dataset, indices))


def _samples(dataset: Any, indices: Any) -> list[Any]:
    fetch_many = getattr(dataset, "__getitems__", None)
    return fetch_many(indices) if fetch_many else [dataset[index] for index in indices]


def _iterable_fetcher(
    samples: Iterator[Any], batched: bool, collate: Callable[[Any], Any], drop_last: bool
) -> Callable[[Any], Any]:
    def one(_: Any) -> Any:
        try:
            sample = next(samples)
        except StopIteration:
            raise Exhausted from None
        return collate(sample)

    def many(wanted: Any) -> Any:
        batch: list[Any] = []
        for _ in wanted:        # not islice: that asks for a new iterator, and a dataset may be its own
            try:
                batch.append(next(samples))
            except StopIteration:
                break
        if not batch or (drop_last and len(batch) < len(wanted)):
            raise Exhausted
        return collate(batch)

    return many if batched else one


def _plain_tensors(dataset: Any) -> tuple[Tensor, ...] | None:
    """The tensors whose rows are the samples, if `dataset` is a TensorDataset or a Subset of one."""
    while type(dataset) is Subset:
        dataset = dataset.dataset
    if type(dataset) is not TensorDataset:
        return None
    return None if any(tensor.requires_grad for tensor in dataset.tensors) else dataset.tensors


def _gather(dataset: Any, tensors: tuple[Tensor, ...], indices: Any) -> list[Tensor]:
    """What collating the samples one by one would give, by one indexing call per tensor."""
    try:
        rows = _rows(dataset, np.asarray(indices))
        return [wrap(tensor._array.take(rows, 0)) for tensor in tensors]
    except (IndexError, TypeError):     # the slow way says what is wrong in the dataset's own words
        return default_collate(_samples(dataset, indices))


def _rows(dataset: Any, indices: np.ndarray) -> np.ndarray:
    """Row numbers in the TensorDataset for indices into a Subset of (a Subset of …) it."""
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise TypeError("not a list of integers")
    while type(dataset) is Subset:
        indices = np.asarray(dataset.indices)[indices]
        if indices.dtype.kind not in "iu":
            raise TypeError("not a list of integers")
        dataset = dataset.dataset
    return indices
