"""Layers that mix all features: Linear; and Identity, which mixes none."""

from __future__ import annotations

import math
from typing import Annotated, Any

from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn import init
from engine.nn.bounds import Inferred, Range
from engine.nn.module import Module
from engine.nn.parameter import new_parameter
from engine.tensor import Tensor


class Identity(Module):
    """Passes its input on as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The input's own."""
        return input_shape


class Linear(Module):
    """Every output is a weighted sum of all inputs plus a bias.

    Shape: (…, in_features) → (…, out_features). `weight` is (out_features, in_features).

    Args:
        in_features: Size of the input's last dimension.
        out_features: How many outputs.
        bias: Add a learned bias to each output.
    """

    def __init__(
        self,
        in_features: Annotated[int, Inferred(dim=-1)],
        out_features: Annotated[int, Range(1, 1_000_000)],
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = new_parameter((out_features, in_features), dtype, device=device)
        if bias:
            self.bias = new_parameter((out_features,), dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and biases uniformly from ±1/√in_features."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0.0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        # Looked into first: Module.__getattr__ costs as much as a small product.
        own: dict[str, Any] = self._parameters
        if "weight" in own and "bias" in own:
            return F.linear(input, own["weight"], own["bias"])
        return F.linear(input, self.weight, self.bias)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The last dimension becomes `out_features`. Raises ShapeError unless it is `in_features`."""
        if not input_shape or input_shape[-1] != self.in_features:
            raise ShapeError(
                f"Linear({self.in_features} → {self.out_features}) got input of shape {tuple(input_shape)}: "
                f"the last dimension must be {self.in_features}",
                self._fix(input_shape),
            )
        return (*input_shape[:-1], self.out_features)

    def _fix(self, input_shape: tuple[int, ...]) -> str:
        if len(input_shape) > 2 and math.prod(input_shape[1:]) == self.in_features:
            return "put a Flatten before it"
        return f"set in_features to {input_shape[-1]}" if input_shape else "give it at least one dimension"

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )
