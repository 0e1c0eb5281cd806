"""Where numbers stopped being finite."""

import numpy as np

import engine as torch
from playground.training.build import Built, BuiltLayer
from playground.training.observe import outputs


def weights_at_fault(built: Built) -> BuiltLayer | None:
    """The first layer with a parameter that is not finite."""
    for layer in built.layers:
        if not all(np.isfinite(parameter.detach().numpy()).all() for parameter in layer.module.parameters()):
            return layer
    return None


def blame(built: Built, x: torch.Tensor | None) -> tuple[BuiltLayer | None, str]:
    """The first layer whose weights, or else whose output for `x`, are not finite, and a sentence on it."""
    layer = weights_at_fault(built)
    if layer is not None:
        return layer, f"The weights of {layer.name} are not finite."
    if x is not None:
        for layer, output in zip(built.layers, outputs(built.model, x), strict=True):
            if not np.isfinite(output).all():
                return layer, f"The output of {layer.name} is not finite."
    return None, "The outputs are finite, but too large for the loss."
