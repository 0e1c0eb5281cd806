"""``torch.special``: the special functions under their names there."""

from __future__ import annotations

import math

from engine import methods
from engine.ops.special import entr as _entr
from engine.out import accepting_out
from engine.tensor import Tensor

_SAME = (
    "digamma erf erfc erfinv exp2 expm1 log1p log_softmax logit logsumexp polygamma round sinc softmax xlogy"
)
_RENAMED = {"expit": "sigmoid", "gammaln": "lgamma", "psi": "digamma"}
_FUNCTIONS = methods.functions()
globals().update({name: _FUNCTIONS[name] for name in _SAME.split()})
globals().update({name: _FUNCTIONS[theirs] for name, theirs in _RENAMED.items()})

entr = accepting_out(_entr.call, "entr")


def ndtr(input: Tensor) -> Tensor:
    """The share of the standard normal distribution that lies below."""
    return (input * -math.sqrt(0.5)).erfc() * 0.5
