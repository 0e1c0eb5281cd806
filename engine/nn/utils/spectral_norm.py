"""Spectral normalisation by a hook: the weight divided by its largest singular value (Miyato et al., 2018).

The value is followed by power iteration: one turn before each forward in training, none in evaluation.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.random import rng_of
from engine.tensor import Tensor, wrap

M = TypeVar("M", bound=Module)


def unit(x: Any, eps: float) -> Any:
    """An array of length 1, or of less where it is all but 0."""
    return x / max(float(np.sqrt(x.dot(x))), eps)


def power_iteration(matrix: Any, u: Any, v: Any, turns: int, eps: float) -> None:
    """Turn `u` and `v`, in place, towards the first singular vectors of an array."""
    for _ in range(turns):
        u[...] = unit(matrix.dot(v), eps)
        v[...] = unit(matrix.T.dot(u), eps)


class SpectralNorm:
    """The hook: puts the divided weight in the parameter's place."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def as_matrix(self, weight: Tensor) -> Tensor:
        """The weight with `dim` as rows."""
        return weight.movedim(self.dim, 0).reshape(weight.shape[self.dim], -1)

    def compute_weight(self, module: Module, turns: int) -> Tensor:
        """The weight over its largest singular value, after that many turns of the iteration."""
        weight = getattr(module, f"{self.name}_orig")
        u, v = (getattr(module, f"{self.name}_{letter}") for letter in "uv")
        matrix = self.as_matrix(weight)
        flat = matrix.detach().numpy()
        for _ in range(turns):
            v._array[...] = unit(flat.T.dot(u._array), self.eps)
            u._array[...] = unit(flat.dot(v._array), self.eps)
        sigma = u.clone().dot(matrix.mv(v.clone()))
        return weight / sigma

    def __call__(self, module: Module, inputs: Any) -> None:
        turns = self.n_power_iterations if module.training else 0
        object.__setattr__(module, self.name, self.compute_weight(module, turns))


def default_dim(module: Module) -> int:
    """Where a layer's outputs are in its weight: dimension 1 of transposed convolutions, else 0."""
    return 1 if type(module).__name__.startswith("ConvTranspose") else 0


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Give the module `name_orig`, and buffers `name_u` and `name_v` for the power iteration."""
    if n_power_iterations <= 0:
        raise ValueError(
            f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
        )
    hooks = [hook for hook, _ in module._forward_pre_hooks.values()]
    if any(isinstance(hook, SpectralNorm) and hook.name == name for hook in hooks):
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, default_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    matrix = hook.as_matrix(weight.detach()).numpy()
    rng = rng_of(None)
    u, v = (unit(rng.standard_normal(n).astype(matrix.dtype), eps) for n in matrix.shape)
    del module._parameters[name]
    module.register_parameter(f"{name}_orig", weight)
    object.__setattr__(module, name, weight.data)
    module.register_buffer(f"{name}_u", wrap(u))
    module.register_buffer(f"{name}_v", wrap(v))
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the present quotient a parameter again."""
    for key, (hook, _) in tuple(module._forward_pre_hooks.items()):
        if isinstance(hook, SpectralNorm) and hook.name == name:
            weight = hook.compute_weight(module, 0).detach()
            object.__delattr__(module, name)
            del module._parameters[f"{name}_orig"], module._buffers[f"{name}_u"], module._buffers[f"{name}_v"]
            module.register_parameter(name, Parameter(weight))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
