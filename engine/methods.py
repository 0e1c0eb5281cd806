"""Gives Tensor its operations: methods and operators from the registry, and the in-place forms."""

from __future__ import annotations

from engine.op import REGISTRY, Op
from engine.ops import compare, elementwise, linalg, reduce, shape  # noqa: F401 - they fill the registry
from engine.tensor import Tensor


def _reversed(made: Op) -> object:
    call = made.call
    return lambda self, other: call(other, self)


OPERATORS = {
    "__add__": elementwise.add, "__sub__": elementwise.sub, "__mul__": elementwise.mul,
    "__truediv__": elementwise.div, "__pow__": elementwise.pow, "__neg__": elementwise.neg,
    "__eq__": compare.eq, "__ne__": compare.ne, "__lt__": compare.lt, "__le__": compare.le,
    "__gt__": compare.gt, "__ge__": compare.ge, "__matmul__": linalg.mm,
}
REFLECTED = {
    "__radd__": elementwise.add, "__rsub__": elementwise.sub, "__rmul__": elementwise.mul,
    "__rtruediv__": elementwise.div, "__rpow__": elementwise.pow,
}

for _name, _made in OPERATORS.items():
    setattr(Tensor, _name, _made.call)
for _name, _made in REFLECTED.items():
    setattr(Tensor, _name, _reversed(_made))
for _name, _entry in REGISTRY.items():
    if _entry.method and not hasattr(Tensor, _name):
        setattr(Tensor, _name, _entry.public)
