"""The CTC loss as a function of tensors: the layouts in which labels and lengths may come."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.nn.functional.loss import reduced
from engine.ops.ctc import ctc
from engine.recording import constant
from engine.tensor import Tensor, wrap


def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0,
    reduction: str = "mean", zero_infinity: bool = False,
) -> Tensor:
    """−log of the probability of each label sequence, over all alignments with the input.

    Args:
        log_probs: (T, N, C), or (T, C) for one sample: log-probabilities of C classes at T steps.
        targets: (N, S), padded, or all labels one after the other; no label is ``blank``.
        input_lengths: How many steps of each sample count.
        target_lengths: How many labels each sample has.
        blank: The class that stands for no label.
        reduction: "mean" divides each loss by its number of labels, then averages; "sum" and "none".
        zero_infinity: A sequence too long for its input counts as 0 instead of infinity.

    Raises RuntimeError for lengths and labels that do not fit, in PyTorch's words.
    """
    single = log_probs.ndim == 2
    scores = log_probs.unsqueeze(1) if single else log_probs
    steps, samples, classes = scores.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    inputs, counts = _lengths(input_lengths), _lengths(target_lengths)
    if len(inputs) != samples:
        raise RuntimeError("input_lengths must be of size batch_size")
    if len(counts) != samples:
        raise RuntimeError("target_lengths must be of size batch_size")
    for n, length in enumerate(inputs):
        if not 0 <= length <= steps:
            raise RuntimeError(
                f"Expected input_lengths to have value at most {steps}, but got value {length} (while "
                "checking arguments for ctc_loss_cpu)"
            )
        if counts[n] < 0:
            raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {counts[n]}")
    labels = _labels(targets._array, counts, single)
    losses = ctc(scores, labels, inputs, blank, zero_infinity)[0]
    if reduction == "mean":
        lengths = np.maximum(counts, 1).astype(losses._array.dtype)
        return (losses / wrap(constant(lengths))).mean()
    losses = losses.squeeze(0) if single and reduction == "none" else losses
    return reduced(losses, None, reduction)


def _lengths(given: Any) -> list[int]:
    values = given.tolist() if isinstance(given, Tensor) else given
    return [int(n) for n in values] if isinstance(values, (list, tuple)) else [int(values)]


def _labels(targets: Any, counts: list[int], single: bool) -> list[Any]:
    if targets.ndim == 2 or single:
        rows = targets.reshape(len(counts), -1)
        if counts and max(counts) > rows.shape[1]:
            raise RuntimeError(
                f"Expected tensor to have size at least {max(counts)} at dimension 1, but got size "
                f"{rows.shape[1]} for argument #2 'targets' (while checking arguments for ctc_loss_cpu)"
            )
        return [row[:count] for row, count in zip(rows, counts, strict=True)]
    ends = np.cumsum(counts)
    if len(ends) and ends[-1] != len(targets):
        raise RuntimeError(
            f"Expected tensor to have size {ends[-1]} at dimension 0, but got size {len(targets)} for "
            "argument #2 'targets' (while checking arguments for ctc_loss_cpu)"
        )
    return [targets[end - count : end] for end, count in zip(ends, counts, strict=True)]
