"""Which of equal elements PyTorch chooses: its selection and its C++ library's, step by step.

PyTorch's `sort`, `topk`, `kthvalue` and `mode` leave equal elements as their algorithms happen to. What is
here is run only on rows where that shows, and where they are few. Elements are given as ranks: small whole
numbers, equal where the elements are.

Source: D. Musser, Introspective sorting and selection algorithms (1997), as libstdc++ has them; Numerical
Recipes, 8.5, for the selection of `kthvalue`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

_MOST = 1 << 13     # elements of such rows together; of more the first equals are chosen
SHORT = 16          # a range that is left to the final insertion sort, which is stable
_Array = np.ndarray[Any, Any]


class _Row:
    """Ranks and where they came from, moved together."""

    def __init__(self, ranks: list[int]) -> None:
        self.items = [(rank, at) for at, rank in enumerate(ranks)]

    def less(self, i: int, j: int) -> bool:
        return self.items[i][0] < self.items[j][0]

    def swap(self, i: int, j: int) -> None:
        items = self.items
        items[i], items[j] = items[j], items[i]

    def _insertion_sort(self, first: int, last: int) -> None:
        self.items[first:last] = sorted(self.items[first:last], key=lambda item: item[0])    # both are stable

    def _cut(self, first: int, last: int) -> int:
        """A partition around the median of three: where the second part begins."""
        middle, least, a, c = first + (last - first) // 2, self.less, first + 1, last - 1
        if least(a, middle):
            chosen = middle if least(middle, c) else c if least(a, c) else a
        else:
            chosen = a if least(a, c) else c if least(middle, c) else middle
        self.swap(first, chosen)
        pivot, low, high = first, first + 1, last
        while True:
            while self.less(low, pivot):
                low += 1
            high -= 1
            while self.less(pivot, high):
                high -= 1
            if low >= high:
                return low
            self.swap(low, high)
            low += 1

    def select(self, nth: int) -> None:
        """The nth smallest to its place, none larger before it."""
        first, last = 0, len(self.items)
        depth = 2 * (last.bit_length() - 1)
        while last - first > 3:
            if not depth:
                self._heap_select(first, nth + 1, last)
                self.swap(first, nth)
                return
            depth -= 1
            cut = self._cut(first, last)
            first, last = (cut, last) if cut <= nth else (first, cut)
        self._insertion_sort(first, last)

    def sort(self, last: int) -> None:
        """The first `last` in order."""
        self._loop(0, last, 2 * (last.bit_length() - 1))
        self._insertion_sort(0, last)

    def _loop(self, first: int, last: int, depth: int) -> None:
        while last - first > SHORT:
            if not depth:
                self._heap_select(first, last, last)
                self._sort_heap(first, last)
                return
            depth -= 1
            cut = self._cut(first, last)
            self._loop(cut, last, depth)
            last = cut

    def partial_sort(self, count: int) -> None:
        """The `count` smallest to the front, in order."""
        self._heap_select(0, count, len(self.items))
        self._sort_heap(0, count)

    # ---- heaps ----

    def _sift(self, first: int, hole: int, length: int, value: tuple[int, int]) -> None:
        items, top, child = self.items, hole, hole
        while child < (length - 1) // 2:
            child = 2 * (child + 1)
            if self.less(first + child, first + child - 1):
                child -= 1
            items[first + hole] = items[first + child]
            hole = child
        if length % 2 == 0 and child == (length - 2) // 2:
            child = 2 * (child + 1)
            items[first + hole] = items[first + child - 1]
            hole = child - 1
        parent = (hole - 1) // 2
        while hole > top and items[first + parent][0] < value[0]:
            items[first + hole] = items[first + parent]
            hole, parent = parent, (parent - 1) // 2
        items[first + hole] = value

    def _heap_select(self, first: int, middle: int, last: int) -> None:
        length = middle - first
        for parent in range((length - 2) // 2, -1, -1):
            self._sift(first, parent, length, self.items[first + parent])
        for at in range(middle, last):
            if self.less(at, first):
                value, self.items[at] = self.items[at], self.items[first]
                self._sift(first, 0, length, value)

    def _sort_heap(self, first: int, last: int) -> None:
        while last - first > 1:
            last -= 1
            value, self.items[last] = self.items[last], self.items[first]
            self._sift(first, 0, last - first, value)


def _top(ranks: list[int], k: int, ordered: bool) -> list[int]:
    row = _Row(ranks)
    if k * 64 <= len(ranks):
        row.partial_sort(k)
    else:
        row.select(k - 1)
        if ordered:
            row.sort(k - 1)
    return [at for _, at in row.items[:k]]


def _kth(ranks: list[int], k: int) -> int:
    """PyTorch's own selection, by the median of three as well."""
    row, low, high = _Row(ranks), 0, len(ranks) - 1
    while low < high:
        if high == low + 1:
            if row.less(high, low):
                row.swap(low, high)
            break
        row.swap(low + (high - low) // 2, low + 1)
        for i, j in ((low + 1, high), (low, high), (low + 1, low)):
            if row.less(j, i):
                row.swap(i, j)
        i, j = low + 1, high
        while True:
            i += 1
            while row.less(i, low):
                i += 1
            j -= 1
            while row.less(low, j):
                j -= 1
            if j < i:
                break
            row.swap(i, j)
        row.swap(low, j)
        low, high = i if j <= k else low, j - 1 if j >= k else high
    return row.items[k][1]


def _ranks(row: _Array, descending: bool = False) -> list[int]:
    """Equal elements by one number, in order; NaN are the largest, and equal."""
    ranks = np.unique(row, return_inverse=True)[1]
    found: list[int] = (-ranks if descending else ranks).tolist()
    return found


def _has_equals(rows: _Array, order: _Array) -> _Array:
    """For rows and places that sort them, or some of one after the other: whether any two are equal."""
    chosen = np.take_along_axis(rows, order, -1)
    left, right = chosen[..., :-1], chosen[..., 1:]
    equal = left == right
    if rows.dtype.kind == "f":
        equal |= (left != left) & (right != right)
    return np.logical_or.reduce(equal, -1)


def _few(rows: _Array, chosen: Any) -> Iterator[tuple[int, ...]]:
    """Which rows are chosen; none where they have too many elements together."""
    count = np.count_nonzero(chosen)
    if count and count * rows.shape[-1] <= _MOST:
        yield from map(tuple, np.argwhere(chosen))


def sorted_places(rows: _Array, order: _Array, descending: bool) -> _Array:
    """How PyTorch's sort that is not stable sorts each row; ``order`` is how a stable one does."""
    places = order.copy()
    for at in _few(rows, _has_equals(rows, order)):
        row = _Row(_ranks(rows[at], descending))
        row.sort(len(row.items))
        places[at] = [place for _, place in row.items]
    return places


def top_places(rows: _Array, order: _Array, k: int, largest: bool, ordered: bool) -> _Array:
    """Where PyTorch finds the k largest or smallest of each row; ``order`` sorts them, best first."""
    places = order[..., :k].copy()
    if k:
        tied = _has_equals(rows, order[..., : k + 1])
        for at in _few(rows, tied if ordered else np.ones_like(tied)):
            places[at] = _top(_ranks(rows[at], largest), k, ordered)
    return places


def kth_places(rows: _Array, order: _Array, k: int) -> _Array:
    """Where PyTorch finds the k-th smallest of each row, (…, 1); ``order`` sorts them."""
    places = order[..., k - 1 : k].copy()
    for at in _few(rows, _has_equals(rows, order[..., max(k - 2, 0) : k + 1])):
        places[at] = _kth(_ranks(rows[at]), k - 1)
    return places


def mode_place(row: _Array, value: Any) -> int:
    """Where in a row PyTorch finds its most frequent value: its last after sorting; of NaN the first."""
    if value != value:
        return int(np.isnan(row).argmax())
    places = np.flatnonzero(row == value)
    if not SHORT < len(row) <= _MOST or len(places) < 2:
        return int(places[-1])
    ranks = _ranks(row)
    made = _Row(ranks)
    made.sort(len(row))
    return [at for rank, at in made.items if rank == ranks[places[0]]][-1]
