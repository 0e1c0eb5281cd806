"""Where numbers stopped being finite."""

import numpy as np

import engine as torch
from engine import nn
from playground.training.build import Built, BuiltLayer
from playground.training.observe import outputs


def weights_at_fault(built: Built) -> BuiltLayer | None:
    """The first layer with a parameter that is not finite."""
    for layer in built.layers:
        if not all(np.isfinite(parameter.detach().numpy()).all() for parameter in layer.module.parameters()):
            return layer
    return None


def not_finite(built: Built) -> tuple[BuiltLayer, str] | None:
    """The first layer whose state is not finite, and what of it: a parameter, a running statistic, or what
    the optimizer keeps of a parameter."""
    for layer in built.layers:
        for name, tensor in [*layer.module.named_parameters(), *layer.module.named_buffers()]:
            if not _is_finite(tensor):
                return layer, name
            kept = built.optimizer.state.get(tensor, {}) if isinstance(tensor, nn.Parameter) else {}
            for key, value in kept.items():
                if isinstance(value, torch.Tensor) and not _is_finite(value):
                    return layer, f"{key} of {type(built.optimizer).__name__} for {name}"
    return None


def _is_finite(tensor: torch.Tensor) -> bool:
    array = tensor.detach().numpy()
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def blame(built: Built, x: torch.Tensor | None) -> tuple[BuiltLayer | None, str]:
    """The first layer whose weights, or else whose output for `x`, are not finite, and a sentence on it."""
    layer = weights_at_fault(built)
    if layer is not None:
        return layer, f"The weights of {layer.name} are not finite."
    if x is not None:
        for layer, output in zip(built.layers, outputs(built.model, x), strict=True):
            if not np.isfinite(output).all():
                return layer, f"The output of {layer.name} is not finite."
    return None, "In evaluation mode every output is finite."
