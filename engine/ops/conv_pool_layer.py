"""How convolution, max-pooling by 2 and ReLU as one are cut up, and what lasts from forward to backward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.op import Room
from engine.ops.conv_batch_last import Piece, cut, cuts
from engine.ops.scratch import Call, Take
from engine.ops.windows import Sizes

_CACHED = 1 << 16  # responses that are pooled at once


@dataclass(eq=False)
class Group:
    """Rows that are pooled together, and for each window which place was the largest, if above 0."""

    responses: slice  # the rows before pooling
    rows: slice  # and after it
    right: np.ndarray  # (2, O, rows, width, N), for both of its rows: whether the second of two columns
    row: np.ndarray  # (2, O, rows, width, N): whether the first row, and whether the second
    pieces: slice  # among those of the convolution

    @property
    def height(self) -> int:
        """How many rows of responses there are."""
        return int(self.responses.stop - self.responses.start)

    def quarters(self, responses: np.ndarray, piece: Piece, apart: np.ndarray) -> tuple[Any, Any]:
        """A piece (O, rows, width, N) with row and column of a window in front; where it lies in `apart`."""
        outputs, rows, width, samples = responses.shape
        at = piece.rows.start - self.responses.start
        if rows == 1:
            split = responses.reshape(outputs, 1, width // 2, 2, samples).transpose(3, 0, 1, 2, 4)
            return split, apart[at % 2, :, :, at // 2 : at // 2 + 1]
        split = responses.reshape(outputs, rows // 2, 2, width // 2, 2, samples).transpose(2, 4, 0, 1, 3, 5)
        return split, apart[:, :, :, at // 2 : (at + rows) // 2]


class Layer:
    """What lasts from forward to backward: how the work is cut up, the largest places, and a small input."""

    def __init__(self, room: Room, windows: Sizes, outputs: int) -> None:
        self.outputs = outputs
        self.height, self.width, self.samples = windows[3:]
        self.cuts = cuts(windows, outputs)
        rows = self.cuts[0].stop
        rows *= max(_CACHED // (outputs * rows * self.width * self.samples), 1)
        rows += rows % 2
        starts = range(0, self.height, rows)
        self.threads = min(room.crew.size, len(starts))
        self.groups = [self._group(room, slice(at, min(at + rows, self.height))) for at in starts]

    def _group(self, room: Room, rows: slice) -> Group:
        inside = [n for n, piece in enumerate(self.cuts) if rows.start <= piece.start < rows.stop]
        shape = (2, self.outputs, (rows.stop - rows.start) // 2, self.width // 2, self.samples)
        right, row = (room.own(shape, bool, f"{name}{rows.start}") for name in ("right", "row"))
        pooled, pieces = slice(rows.start // 2, rows.stop // 2), slice(inside[0], inside[-1] + 1)
        return Group(rows, pooled, right, row, pieces)

    def responses(self, take: Take, piece: Piece, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
        """Memory for the responses of a piece: as a matrix (O, places · N), and as (O, rows, width, N)."""
        flat = take((self.outputs, piece.columns.shape[1]), dtype, "product")
        return flat, flat.reshape(self.outputs, -1, self.width, self.samples)

    def section(
        self, room: Room, windows: np.ndarray, with_ones: bool,
        task: Callable[[int, Take, Group, list[Piece]], Iterable[Call]],
    ) -> list[Call]:
        """What is to be done for each group, by all helpers, in each one's memory."""
        tasks = []
        for thread in range(self.threads):
            take = memory_of(room, thread)
            pieces = list(cut(take, windows, self.outputs, with_ones))
            tasks.append([list(task(thread, take, group, pieces[group.pieces])) for group in self.groups])
        return room.crew.section(tasks)


def memory_of(room: Room, thread: int) -> Take:
    """Memory for use between calls, of one thread's."""
    return lambda shape, dtype, name: room.scratch(shape, dtype, f"{name} of {thread}" if thread else name)
