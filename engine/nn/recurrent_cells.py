"""Recurrent cells: one step of a recurrent network, for loops of one's own."""

from __future__ import annotations

import math
from typing import Any

from engine.creation import zeros
from engine.nn import functional as F
from engine.nn import init
from engine.nn.functional.recurrent import STEPS, State, Weights
from engine.nn.module import Module
from engine.nn.parameter import new_parameter
from engine.tensor import Tensor


class RNNCellBase(Module):
    """What the cells share: their weights, and the checks of what they are given."""

    bias_ih: Any
    bias_hh: Any

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.weight_ih = new_parameter((num_chunks * hidden_size, input_size), dtype, device=device)
        self.weight_hh = new_parameter((num_chunks * hidden_size, hidden_size), dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, new_parameter((num_chunks * hidden_size,), dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw everything uniformly from ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _step(self, mode: str, input: Tensor, state: State | None) -> State:
        """One step of `mode` for (N, input_size), or for one sample (input_size,)."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        count = 2 if mode == "LSTM" else 1
        for number, part in enumerate(state or ()):
            if part.ndim not in (1, 2):
                which = f"hx[{number}]" if count == 2 else "hidden"
                raise ValueError(f"{name}: Expected {which} to be 1D or 2D, got {part.ndim}D instead")
        one = input.ndim == 1
        batch = input.unsqueeze(0) if one else input
        if state is None:
            state = (zeros(batch.shape[0], self.hidden_size, dtype=input.dtype),) * count
        elif one:
            state = tuple(part.unsqueeze(0) for part in state)
        self._check(batch, state)
        weights = Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        moved = STEPS[mode](F.linear(batch, self.weight_ih, self.bias_ih), state, weights)
        return tuple(part.squeeze(0) for part in moved) if one else moved

    def _check(self, batch: Tensor, state: State) -> None:
        if batch.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {batch.shape[1]} expected {self.input_size}"
            )
        for number, part in enumerate(state):
            if batch.shape[0] != part.shape[0]:
                raise RuntimeError(
                    f"Input batch size {batch.shape[0]} doesn't match hidden{number} batch size "
                    f"{part.shape[0]}"
                )
            if part.shape[1] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{number} has inconsistent hidden_size: got {part.shape[1]}, expected "
                    f"{self.hidden_size}"
                )

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")


class RNNCell(RNNCellBase):
    """h' = tanh(W x + b + U h + c), or relu of it: (N, input_size), (N, hidden_size) → (N, hidden_size).

    Args:
        input_size: Features of the input.
        hidden_size: Features of the state.
        bias: Learn b and c.
        nonlinearity: "tanh" or "relu".
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh",
        device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, None if hx is None else (hx,))[0]

    def extra_repr(self) -> str:
        unusual = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}"
        return super().extra_repr() + unusual


class LSTMCell(RNNCellBase):
    """One step of an LSTM: input and (hidden, cell) → (hidden, cell).

    Args:
        input_size: Features of the input.
        hidden_size: Features of the hidden and of the cell state.
        bias: Add learned biases.
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> State:
        return self._step("LSTM", input, hx)


class GRUCell(RNNCellBase):
    """One step of a GRU: input and hidden state → hidden state.

    Args:
        input_size: Features of the input.
        hidden_size: Features of the state.
        bias: Add learned biases.
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step("GRU", input, None if hx is None else (hx,))[0]
