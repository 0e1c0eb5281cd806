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
    if collate is default_collate and (gather := _gatherer(dataset)):
        return gather
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


def _gatherer(dataset: Any) -> Callable[[Any], list[Tensor]] | None:
    """For a TensorDataset, or a Subset of one: what collating sample by sample would give, in one call each.

    None where that could be anything else.
    """
    source = dataset
    positions: list[np.ndarray] = []
    while type(source) is Subset:
        positions.append(np.asarray(source.indices))
        source = source.dataset
    if type(source) is not TensorDataset or any(tensor.requires_grad for tensor in source.tensors):
        return None
    if any(where.ndim != 1 or where.dtype.kind not in "iu" for where in positions):
        return None

    def gather(indices: Any) -> list[Tensor]:
        rows = np.asarray(indices)
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            return default_collate(_samples(dataset, indices))
        try:
            for where in positions:
                rows = where.take(rows)
            return [wrap(tensor._array.take(rows, 0)) for tensor in source.tensors]
        except IndexError:      # the slow way says it in the dataset's own words
            return default_collate(_samples(dataset, indices))

    return gather
