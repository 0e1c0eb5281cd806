"""One step of each recurrent network, and the walk of a step along a sequence.

Gates are stacked in PyTorch's order: input, forget, candidate, output in an LSTM; reset, update, candidate
in a GRU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.nn.functional.linear import linear
from engine.ops.join import cat
from engine.tensor import Tensor

State = tuple[Tensor, ...]


class Weights(NamedTuple):
    """What one direction of one layer learns; `project` only where an LSTM has a `proj_size`."""

    from_input: Tensor
    from_hidden: Tensor
    input_bias: Tensor | None = None
    hidden_bias: Tensor | None = None
    project: Tensor | None = None


Step = Callable[[Tensor, State, Weights], State]


def tanh_step(inputs: Tensor, state: State, weights: Weights) -> State:
    """h ← tanh(W x + b + U h + c), with `inputs` = W x + b."""
    return ((inputs + linear(state[0], weights.from_hidden, weights.hidden_bias)).tanh(),)


def relu_step(inputs: Tensor, state: State, weights: Weights) -> State:
    """h ← relu(W x + b + U h + c)."""
    return ((inputs + linear(state[0], weights.from_hidden, weights.hidden_bias)).relu(),)


def lstm_step(inputs: Tensor, state: State, weights: Weights) -> State:
    """c ← σ(f) c + σ(i) tanh(g) and h ← σ(o) tanh(c), projected where the LSTM has a projection."""
    hidden, cell = state
    gates = inputs + linear(hidden, weights.from_hidden, weights.hidden_bias)
    write, keep, candidate, show = gates.chunk(4, -1)
    cell = keep.sigmoid() * cell + write.sigmoid() * candidate.tanh()
    hidden = show.sigmoid() * cell.tanh()
    return (hidden if weights.project is None else linear(hidden, weights.project), cell)


def gru_step(inputs: Tensor, state: State, weights: Weights) -> State:
    """h ← (1 − σ(z)) n + σ(z) h with n = tanh(x's share + σ(r) · h's share)."""
    hidden = state[0]
    reset_x, update_x, candidate_x = inputs.chunk(3, -1)
    reset_h, update_h, candidate_h = linear(hidden, weights.from_hidden, weights.hidden_bias).chunk(3, -1)
    candidate = (candidate_x + (reset_x + reset_h).sigmoid() * candidate_h).tanh()
    return ((hidden - candidate) * (update_x + update_h).sigmoid() + candidate,)


STEPS: dict[str, Step] = {"RNN_TANH": tanh_step, "RNN_RELU": relu_step, "LSTM": lstm_step, "GRU": gru_step}


def walk(step: Step, inputs: Sequence[Tensor], state: State, weights: Weights) -> tuple[list[Tensor], State]:
    """The hidden state after each of `inputs`, and the state at the end.

    A shorter input, as in packed sequences, moves only the first rows of the state.
    """
    seen = []
    samples = state[0].shape[0]
    for x in inputs:
        rows = x.shape[0]
        if rows == samples:
            state = step(x, state, weights)
            seen.append(state[0])
            continue
        moved = step(x, tuple(part[:rows] for part in state), weights)
        seen.append(moved[0])
        state = tuple(cat([new, old[rows:]]) for new, old in zip(moved, state, strict=True))
    return seen, state
