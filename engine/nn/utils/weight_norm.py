"""Weight normalisation by a hook before each forward: weight = g · v / ‖v‖ (Salimans and Kingma, 2016)."""

from __future__ import annotations

from typing import Any, TypeVar

from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.ops.reduce import vector_norm
from engine.tensor import Tensor

M = TypeVar("M", bound=Module)


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but one, which is kept; over all for dim −1."""
    if dim == -1:
        return vector_norm(v, pow)
    return vector_norm(v, pow, [d for d in range(v.ndim) if d != dim % v.ndim], True)


class WeightNorm:
    """The hook: puts the product of length and direction in the weight's place."""

    def __init__(self, name: str, dim: int) -> None:
        self.name, self.dim = name, dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight that `g` and `v` stand for."""
        length, direction = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return direction * (length / norm_except_dim(direction, 2, self.dim))

    def __call__(self, module: Module, inputs: Any) -> None:
        object.__setattr__(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Give the module `name_g` (lengths along `dim`, or one for None) and `name_v` for a parameter."""
    along = -1 if dim is None else dim
    for hook, _ in module._forward_pre_hooks.values():
        if isinstance(hook, WeightNorm) and hook.name == name:
            raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight, 2, along).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook = WeightNorm(name, along)
    hook(module, None)
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the present product a parameter again."""
    for key, (hook, _) in tuple(module._forward_pre_hooks.items()):
        if isinstance(hook, WeightNorm) and hook.name == name:
            weight = hook.compute_weight(module).detach()
            object.__delattr__(module, name)
            del module._parameters[f"{name}_g"], module._parameters[f"{name}_v"]
            setattr(module, name, Parameter(weight))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
