"""Recurrent layers: RNN, LSTM and GRU over whole sequences, in layers and in both directions."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

from engine.creation import zeros
from engine.nn import functional as F
from engine.nn import init
from engine.nn.functional.recurrent import STEPS, State, Weights, walk
from engine.nn.module import Module
from engine.nn.parameter import Parameter, new_parameter
from engine.nn.utils.rnn import PackedSequence
from engine.ops.join import cat, stack
from engine.tensor import Tensor

GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}
KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")


class RNNBase(Module):
    """What the recurrent layers share: weights by PyTorch's names, and the way through the layers."""

    title: ClassVar[str]

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_arguments(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in GATES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        directions = 2 if bidirectional else 1
        rows, out = GATES[mode] * hidden_size, proj_size or hidden_size
        self._endings = [
            f"_l{layer}{ending}" for layer in range(num_layers) for ending in ("", "_reverse")[:directions]
        ]
        for number, ending in enumerate(self._endings):
            features = input_size if number < directions else out * directions
            shapes: list[tuple[int, ...]] = [(rows, features), (rows, out)]
            shapes += [(rows,), (rows,)] if bias else []
            shapes += [(proj_size, hidden_size)] if proj_size else []
            for name, shape in zip(self._names(ending), shapes, strict=True):
                self.register_parameter(name, new_parameter(shape, dtype, device=device))
        self.reset_parameters()

    def _names(self, ending: str) -> list[str]:
        kinds = KINDS[:2] + (KINDS[2:4] if self.bias else ()) + (KINDS[4:] if self.proj_size else ())
        return [kind + ending for kind in kinds]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in self._names(ending)] for ending in self._endings]

    def reset_parameters(self) -> None:
        """Draw everything uniformly from ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing to do here: the call is for other devices."""

    def _weights(self, ending: str) -> Weights:
        return Weights(*(self._parameters.get(kind + ending) for kind in KINDS))     # type: ignore[arg-type]

    # ---- a whole sequence ---------------------------------------------------------------------------

    def _run(self, input: Any, state: State | None) -> tuple[Any, State]:
        """Outputs and final state, for (T, N, F), one sample (T, F) or a PackedSequence."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, state)
        if input.ndim not in (2, 3):
            noun = "tensor " if self.title == "RNN" else ""
            raise ValueError(
                f"{self.title}: Expected input to be 2D or 3D, got {input.ndim}D {noun}instead"
            )
        one = input.ndim == 2
        self._check_state_dimensions(one, state)
        if one:
            state = None if state is None else tuple(part.unsqueeze(1) for part in state)
            input = input.unsqueeze(1)
        elif self.batch_first:
            input = input.transpose(0, 1)
        self._check_input(input)
        state = self._initial(input, input.shape[1], state)
        outputs, state = self._layers(list(input.unbind(0)), state)
        output = stack(outputs)
        if one:
            return output.squeeze(1), tuple(part.squeeze(1) for part in state)
        return output.transpose(0, 1) if self.batch_first else output, state

    def _run_packed(self, input: PackedSequence, state: State | None) -> tuple[PackedSequence, State]:
        self._check_input(input.data)
        rows = input.batch_sizes.tolist()
        given = state is not None and input.sorted_indices is not None
        if given:
            state = tuple(part.index_select(1, input.sorted_indices) for part in state or ())
        state = self._initial(input.data, rows[0], state)
        outputs, state = self._layers(list(input.data.split(rows)), state)
        if input.unsorted_indices is not None:
            state = tuple(part.index_select(1, input.unsorted_indices) for part in state)
        return input._replace(data=cat(outputs)), state

    def _layers(self, steps: list[Tensor], state: State) -> tuple[list[Tensor], State]:
        directions = 2 if self.bidirectional else 1
        last: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                steps = self._dropped(steps)
            seen = []
            for way in range(directions):
                number = layer * directions + way
                begin = tuple(part[number] for part in state)
                outputs, end = self._one_way(self._endings[number], steps, begin, backwards=way == 1)
                seen.append(outputs)
                last.append(end)
            both = zip(*seen, strict=True)
            steps = [cat(pair, -1) for pair in both] if directions == 2 else seen[0]
        return steps, tuple(stack(parts) for parts in zip(*last, strict=True))

    def _one_way(
        self, ending: str, steps: list[Tensor], state: State, backwards: bool
    ) -> tuple[list[Tensor], State]:
        weights = self._weights(ending)
        rows = [step.shape[0] for step in steps]
        inputs = list(F.linear(cat(steps), weights.from_input, weights.input_bias).split(rows))
        ordered = inputs[::-1] if backwards else inputs
        outputs, end = walk(STEPS[self.mode], ordered, state, weights)
        return outputs[::-1] if backwards else outputs, end

    def _dropped(self, steps: list[Tensor]) -> list[Tensor]:
        return list(F.dropout(cat(steps), self.dropout).split([step.shape[0] for step in steps]))

    # ---- checks -------------------------------------------------------------------------------------

    def _check_input(self, input: Tensor) -> None:
        own = self.weight_ih_l0.dtype
        if input.dtype != own:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({own}). "
                f"Convert input: input.to({own}), or convert model: model.to({input.dtype})"
            )
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{input.shape[-1]}"
            )
        if not input.shape[0]:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")

    def _check_state_dimensions(self, one: bool, state: State | None) -> None:
        wanted, batch = (2, "unbatched 2-D") if one else (3, "batched 3-D")
        if state is None or all(part.ndim == wanted for part in state):
            return
        if self.mode == "LSTM":
            got = ", ".join(f"{part.ndim}-D" for part in state)
            raise RuntimeError(
                f"For {batch} input, hx and cx should also be {wanted}-D but got ({got}) tensors"
            )
        raise RuntimeError(
            f"For {batch} input, hx should also be {wanted}-D but got {state[0].ndim}-D tensor"
        )

    def _initial(self, like: Tensor, samples: int, state: State | None) -> State:
        """Zeros, or the given state once its shape is right."""
        widths = [self.proj_size or self.hidden_size] + [self.hidden_size] * (self.mode == "LSTM")
        shapes = [(len(self._endings), samples, width) for width in widths]
        if state is None:
            return tuple(zeros(shape, dtype=like.dtype) for shape in shapes)
        names = ("hidden[0]", "hidden[1]") if self.mode == "LSTM" else ("hidden",)
        for part, shape, name in zip(state, shapes, names, strict=True):
            if tuple(part.shape) != shape:
                raise RuntimeError(f"Expected {name} size {shape}, got {list(part.shape)}")
        return tuple(state)

    def extra_repr(self) -> str:
        usual = {
            "proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0,
            "bidirectional": False,
        }
        changed = [f"{name}={getattr(self, name)}" for name in usual if getattr(self, name) != usual[name]]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *changed])


def _check_arguments(
    input_size: Any, hidden_size: Any, num_layers: int, bias: Any, batch_first: Any, dropout: Any,
    proj_size: int,
) -> None:
    number = isinstance(dropout, int | float) and not isinstance(dropout, bool)
    if not number or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being "
            "zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
            f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    typed = {"bias": (bias, bool), "batch_first": (batch_first, bool), "input_size": (input_size, int),
             "hidden_size": (hidden_size, int)}
    for name, (value, kind) in typed.items():
        if not isinstance(value, kind):
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


class RNN(RNNBase):
    """A recurrent network: each state is tanh (or relu) of the input's and of the last state's share.

    Shape: (T, N, input_size) → (T, N, directions · hidden_size) and the final state
    (layers · directions, N, hidden_size). With `batch_first` input and output begin (N, T).

    Args:
        input_size: Features of the input.
        hidden_size: Features of the state.
        num_layers: How many are stacked.
        nonlinearity: "tanh" or "relu".
        bias: Add learned biases.
        batch_first: Samples come before steps.
        dropout: Probability of dropping a feature between layers.
        bidirectional: Also walk backwards.
    """

    title = "RNN"

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
        device: Any = None, dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first, dropout,
            bidirectional, 0, device, dtype,
        )
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        output, state = self._run(input, None if hx is None else (hx,))
        return output, state[0]


class LSTM(RNNBase):
    """Long short-term memory: a cell that gates write, keep and show. Returns output and (hidden, cell).

    Shape: (T, N, input_size) → (T, N, directions · (proj_size or hidden_size)).

    Args:
        input_size: Features of the input.
        hidden_size: Features of the cell.
        num_layers: How many are stacked.
        bias: Add learned biases.
        batch_first: Samples come before steps.
        dropout: Probability of dropping a feature between layers.
        bidirectional: Also walk backwards.
        proj_size: Features that the hidden state is projected to; 0 for none.
    """

    title = "LSTM"

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size,
            device, dtype,
        )

    def forward(self, input: Any, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Any, State]:
        return self._run(input, hx)


class GRU(RNNBase):
    """Gated recurrent unit: gates say what of the state is forgotten and what is replaced.

    Shape: (T, N, input_size) → (T, N, directions · hidden_size).

    Args:
        input_size: Features of the input.
        hidden_size: Features of the state.
        num_layers: How many are stacked.
        bias: Add learned biases.
        batch_first: Samples come before steps.
        dropout: Probability of dropping a feature between layers.
        bidirectional: Also walk backwards.
    """

    title = "GRU"

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device,
            dtype,
        )

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        output, state = self._run(input, None if hx is None else (hx,))
        return output, state[0]
