"""Connectionist temporal classification: the probability of a label sequence over all its alignments.

Source: Graves et al., 2006. The gradient is the one for log-probabilities that come from a log-softmax, as
PyTorch gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.op import Array, op

Labels = Sequence[Any]


@op(family="loss", doc="−log of the probability of each sample's labels, and its gradient", internal=True,
    node="CtcLossBackward0")
def ctc(input: Array, labels: Labels, lengths: Sequence[int], blank: int, zero_infinity: bool) -> Any:
    """(T, N, C) log-probabilities and N arrays of labels → (N,) losses and the (T, N, C) gradients."""
    wide = input.astype(np.float64)
    losses = np.empty(input.shape[1])
    slopes = np.zeros_like(wide)
    for n, (own, steps) in enumerate(zip(labels, lengths, strict=True)):
        losses[n], slopes[:steps, n] = _sample(wide[:steps, n], own, blank)
        if zero_infinity and np.isinf(losses[n]):
            losses[n], slopes[:, n] = 0.0, 0.0
    return losses.astype(input.dtype), slopes.astype(input.dtype)


@ctc.vjp
def ctc_vjp(g: Any, out: Any) -> Array:
    return g[0].reshape((1, -1, 1)) * out[1]


def _sample(log_probs: Any, labels: Any, blank: int) -> tuple[float, Any]:
    """The loss of one sample, (T, C) and (L,), and its gradient."""
    states = np.full(2 * len(labels) + 1, blank)
    states[1::2] = labels
    steps = len(log_probs)
    if not steps:
        return (0.0 if not len(labels) else np.inf), np.zeros_like(log_probs)
    emitted = log_probs[:, states]
    forward = _paths(emitted, states, blank)
    backward = _paths(emitted[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
    total = np.logaddexp.reduce(forward[-1, -2:])
    joint = forward + backward
    shares = np.full_like(log_probs, -np.inf)
    for c in np.unique(states):
        shares[:, c] = np.logaddexp.reduce(joint[:, states == c], axis=1)
    return -total, np.exp(log_probs) - np.exp(shares - log_probs - total)


def _paths(emitted: Any, states: Any, blank: int) -> Any:
    """Log of the probability of all ways to each state at each step, the step's own emission included."""
    found = np.full_like(emitted, -np.inf)
    found[0, :2] = emitted[0, :2]
    may_skip = (states[2:] != blank) & (states[2:] != states[:-2])
    for t in range(1, len(emitted)):
        before = found[t - 1]
        ways = before.copy()
        ways[1:] = np.logaddexp(ways[1:], before[:-1])
        ways[2:] = np.where(may_skip, np.logaddexp(ways[2:], before[:-2]), ways[2:])
        found[t] = ways + emitted[t]
    return found
