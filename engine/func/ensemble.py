"""Several modules of one kind as one set of stacked tensors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.nn.module import Module
from engine.ops.join import stack
from engine.tensor import Tensor


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of all models, by name, one below the other along a new first dimension.

    Each is a new leaf, that wants a gradient where the first model's does.
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return (
        _stacked([model.named_parameters() for model in models]),
        _stacked([model.named_buffers() for model in models]),
    )


def _stacked(named: list[Iterable[tuple[str, Tensor]]]) -> dict[str, Any]:
    tables = [dict(each) for each in named]
    return {
        name: stack([table[name] for table in tables], 0).detach().requires_grad_(first.requires_grad)
        for name, first in tables[0].items()
    }
