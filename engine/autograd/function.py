"""``torch.autograd.function``: custom functions and what marks them."""

from engine.function import Function, FunctionContext, once_differentiable

__all__ = ["Function", "FunctionContext", "once_differentiable"]
