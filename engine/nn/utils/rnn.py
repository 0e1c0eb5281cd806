"""Sequences of different lengths in one tensor: padded with a value, or packed without gaps.

A packed sequence holds, step after step, the rows of all sequences that are that long, longest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.creation import full
from engine.ops.join import cat, stack
from engine.tensor import Tensor, wrap


class PackedSequence(NamedTuple):
    """Rows of all steps in `data`, and how many belong to each step in `batch_sizes`."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with converted `data`."""
        return self._replace(data=self.data.to(*args, **kwargs))

    def double(self) -> PackedSequence:
        return self._replace(data=self.data.double())

    def float(self) -> PackedSequence:
        return self._replace(data=self.data.float())


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The first `lengths[i]` steps of each sequence in (T, N, …), or (N, T, …) with `batch_first`.

    With `enforce_sorted` the lengths must fall; else the sequences are put in that order and
    `pad_packed_sequence` puts them back. Raises RuntimeError for lengths that do not fit.
    """
    sizes = np.asarray(lengths.tolist() if isinstance(lengths, Tensor) else lengths, np.int64)
    order = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
        input = input.index_select(0 if batch_first else 1, wrap(order))
    steps = input if not batch_first else input.transpose(0, 1)
    if sizes.size != steps.shape[1]:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {sizes.size} "
            f"(batch_size={steps.shape[1]})"
        )
    if sizes.size and sizes.min() <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if (np.diff(sizes) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this "
            "requirement if you do not need ONNX exportability."
        )
    if sizes[0] > steps.shape[0]:
        raise RuntimeError(
            f"Expected `lengths` to be at most the padded length {steps.shape[0]}, but got {sizes[0]}"
        )
    active = [int((sizes > step).sum()) for step in range(sizes[0])]
    data = cat([steps[step][:rows] for step, rows in enumerate(active)])
    if order is None:
        return PackedSequence(data, wrap(np.array(active)))
    return PackedSequence(data, wrap(np.array(active)), wrap(order), wrap(np.argsort(order)))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The padded tensor (T, N, …) and the lengths (N,), in the order the sequences had before packing."""
    active = sequence.batch_sizes.tolist()
    samples, longest = active[0], len(active)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                f"Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {longest}"
            )
        active += [0] * (total_length - longest)
    rest = sequence.data.shape[1:]
    steps = []
    for rows in sequence.data.split(active):
        missing = (samples - rows.shape[0], *rest)
        filler = full(missing, padding_value, dtype=sequence.data.dtype)
        steps.append(cat([rows, filler]) if missing[0] else rows)
    padded = stack(steps, 1 if batch_first else 0)
    sizes = wrap((np.array(active)[:, None] > np.arange(samples)).sum(0))
    if sequence.unsorted_indices is None:
        return padded, sizes
    back = sequence.unsorted_indices
    return padded.index_select(0 if batch_first else 1, back), sizes[back]


def pad_sequence(
    sequences: Tensor | Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Tensors (Lᵢ, …) side by side in (longest, N, …), or (N, longest, …) with `batch_first`."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    parts = list(sequences)
    if not parts:
        raise RuntimeError("Expected a non-empty list of Tensors")
    longest = max(part.shape[0] for part in parts)
    rows = []
    for part in parts:
        filler = full((longest - part.shape[0], *part.shape[1:]), padding_value, dtype=part.dtype)
        rows.append(cat([part, filler] if padding_side == "right" else [filler, part]))
    return stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences that `pad_sequence` put together."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:size] for row, size in zip(rows.unbind(0), lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Tensors (Lᵢ, …) packed."""
    lengths = [sequence.shape[0] for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The tensors that `pack_sequence` packed."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences))
