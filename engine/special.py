"""``torch.special``: the special functions under their names there."""

from __future__ import annotations

import math

from engine import methods
from engine.ops.compare import where
from engine.tensor import Tensor

_SAME = (
    "digamma erf erfc erfinv exp2 expm1 log1p log_softmax logit logsumexp polygamma round sinc softmax xlogy"
)
_RENAMED = {"expit": "sigmoid", "gammaln": "lgamma", "psi": "digamma"}
_FUNCTIONS = methods.functions()
globals().update({name: _FUNCTIONS[name] for name in _SAME.split()})
globals().update({name: _FUNCTIONS[theirs] for name, theirs in _RENAMED.items()})


def entr(input: Tensor) -> Tensor:
    """−x · ln x: 0 at 0, and −inf below."""
    inside = where(input > 0, input, 1.0)
    return where(input > 0, -input * inside.log(), where(input < 0, -math.inf, input))


def ndtr(input: Tensor) -> Tensor:
    """The share of the standard normal distribution that lies below."""
    return (input * -math.sqrt(0.5)).erfc() * 0.5
