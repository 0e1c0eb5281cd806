"""The way of a pooled convolution's gradients on to its input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from engine.op import Room
from engine.ops.conv import turned_round
from engine.ops.conv_batch_last import (
    add_rows,
    adds_rows,
    cut,
    cuts,
    lay_out_back,
    products_back,
    rows_of_weights,
)
from engine.ops.conv_pool_layer import Group, Layer, memory_of
from engine.ops.scratch import Call
from engine.ops.windows import Pads, Sizes, is_samples_last, samples_last


class Back(Protocol):
    """What is to be done before the groups, for each of them when its gradients are in place, and after."""

    before: list[Call]
    after: list[Call]

    def place(self, thread: int, group: Group, rows: slice) -> np.ndarray:
        """Where the gradients of some rows of a group go, (O, rows, W, N)."""

    def products(self, thread: int, group: Group) -> Iterator[Call]:
        """What they give."""


def way_back(
    room: Room, layer: Layer, to_input: np.ndarray, weight: np.ndarray, borders: Pads, dilation: Sizes
) -> Back:
    """The way that suits."""
    mirroring, mirror = turned_round(room.scratch, weight)
    kind = _ByGroup if adds_rows(to_input.shape[2:]) and _same_pieces(layer, mirror, to_input) else _AtOnce
    way: Back = kind(room, layer, to_input, mirror, borders, dilation)
    way.before.insert(0, mirroring)
    return way


def _same_pieces(layer: Layer, mirror: np.ndarray, to_input: np.ndarray) -> bool:
    """Whether the products of the groups are those of the whole, for a product rounds as it is cut."""

    def ends(rows: int) -> list[int]:
        windows = (layer.outputs, 1, mirror.shape[3], rows, to_input.shape[3], layer.samples)
        return [piece.stop for piece in cuts(windows, len(mirror) * mirror.shape[2])]

    joined = [group.responses.start + end for group in layer.groups for end in ends(group.height)]
    return joined == ends(layer.height)


class _AtOnce:
    """All products when all gradients are laid out."""

    def __init__(
        self, room: Room, layer: Layer, to_input: np.ndarray, mirror: np.ndarray, borders: Pads,
        dilation: Sizes,
    ) -> None:
        take, shape = room.scratch, (layer.samples, layer.outputs, layer.height, layer.width)
        laid = lay_out_back(take, shape, mirror.dtype, mirror, borders, dilation, to_input.shape[2:])
        self._inner, self.before = laid.inner, laid.clear
        self.after = list(products_back(take, to_input, laid, mirror, borders, dilation))

    def place(self, _: int, __: Group, rows: slice) -> np.ndarray:
        return self._inner[:, rows]

    def products(self, _: int, __: Group) -> Iterator[Call]:
        return iter(())


class _ByGroup:
    """Where rows are added up, the products for some rows need the gradients of those rows only.

    So they are made while these are in the cache, each group's in the same memory, and added at once if one
    process does it all, else in the same order when all are there.
    """

    def __init__(
        self, room: Room, layer: Layer, to_input: np.ndarray, mirror: np.ndarray, borders: Pads,
        dilation: Sizes,
    ) -> None:
        take, target = room.scratch, samples_last(to_input)
        stacking, self._matrix = rows_of_weights(take, mirror)
        self._settings, self._kernel, self._added = (borders, dilation), mirror.shape[2], layer.threads == 1
        self._sums = target if is_samples_last(to_input) else take(target.shape, target.dtype, "sums of rows")
        shape = (layer.samples, layer.outputs, layer.groups[0].height, layer.width)
        memories = [memory_of(room, thread) for thread in range(layer.threads)]
        laid = [
            lay_out_back(memory, shape, mirror.dtype, mirror, borders, dilation, to_input.shape[2:])
            for memory in memories
        ]
        self._inner = [one.inner for one in laid]
        self._pieces = [
            {
                group: list(cut(memory, one.windows[:, :, :, : group.height], len(self._matrix)))
                for group in layer.groups
            } for memory, one in zip(memories, laid, strict=True)
        ]
        self._results = {
            group.responses.start + piece.rows.start: take(
                (len(self._matrix), piece.columns.shape[1]), target.dtype,
                "product" if self._added else f"product {group.responses.start + piece.rows.start}",
            ) for group, pieces in self._pieces[0].items() for piece in pieces
        }
        self.before = [stacking, *(call for one in laid for call in one.clear)]
        self.after: list[Call] = []
        if self._added:
            self.before.append((self._sums.fill, (0,)))
        else:
            step = -(-target.shape[1] // (2 * layer.threads))
            rows = [slice(start, start + step) for start in range(0, target.shape[1], step)]
            self.after += room.crew.section([[list(self._sum(part)) for part in rows]] * layer.threads)
        if self._sums is not target:
            self.after.append((target.__setitem__, (..., self._sums)))

    def place(self, thread: int, group: Group, rows: slice) -> np.ndarray:
        first = group.responses.start
        return self._inner[thread][:, rows.start - first : rows.stop - first]

    def products(self, thread: int, group: Group) -> Iterator[Call]:
        for piece in self._pieces[thread][group]:
            at = group.responses.start + piece.rows.start
            yield from piece.fill
            yield self._matrix.dot, (piece.columns, self._results[at])
            if self._added:
                yield from self._add(at)

    def _sum(self, rows: slice) -> Iterator[Call]:
        """The sum of all products, for some rows of the input."""
        yield self._sums[:, rows].fill, (0,)
        for at in self._results:
            yield from self._add(at, rows)

    def _add(self, at: int, rows: slice = slice(None)) -> Iterator[Call]:
        """Add what the products of one piece give to all rows, or some."""
        added = self._results[at].reshape(self._kernel, len(self._sums), -1, *self._sums.shape[2:])
        first = at - (rows.start or 0)
        here = slice(first, first + added.shape[2])
        return add_rows(self._sums[:, rows], added, here, *self._settings)
