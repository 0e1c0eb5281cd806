"""``torch.nn.modules``: the layers under the names of PyTorch's files, for programs that import from there.

Each file of PyTorch's is a module made of ours; base classes have PyTorch's names in it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Final

from engine import nn
from engine.nn import (
    activation,
    adaptive_softmax,
    alpha_dropout,
    attention,
    bilinear,
    containers,
    conv,
    conv_transpose,
    cross_map,
    distance,
    distribution_loss,
    dropout,
    embedding,
    embedding_bag,
    flatten,
    fractional_pool,
    instance_norm,
    lazy,
    linear,
    linear_cross_entropy,
    loss,
    margin_loss,
    module,
    more_pooling,
    normalization,
    padding,
    parameter_containers,
    piecewise,
    pooling,
    rearrange,
    recurrent,
    recurrent_cells,
    rescaling,
    smooth,
    sync_batch_norm,
    transformer,
    transformer_layers,
    uninitialized,
    upsampling,
)

_FILES: Final[dict[str, tuple[ModuleType, ...]]] = {
    "activation": (activation, attention, piecewise, smooth),
    "adaptive": (adaptive_softmax,),
    "batchnorm": (normalization, sync_batch_norm, lazy),
    "channelshuffle": (rearrange,),
    "container": (containers, parameter_containers),
    "conv": (conv, conv_transpose, lazy),
    "distance": (distance,),
    "dropout": (dropout, alpha_dropout),
    "flatten": (flatten,),
    "fold": (rearrange,),
    "instancenorm": (instance_norm, lazy),
    "lazy": (uninitialized,),
    "linear": (linear, bilinear, lazy),
    "loss": (loss, distribution_loss, linear_cross_entropy, margin_loss),
    "module": (module,),
    "normalization": (normalization, rescaling, cross_map),
    "padding": (padding,),
    "pixelshuffle": (rearrange,),
    "pooling": (pooling, more_pooling, fractional_pool),
    "rnn": (recurrent, recurrent_cells),
    "sparse": (embedding, embedding_bag),
    "transformer": (transformer, transformer_layers),
    "upsampling": (upsampling,),
}


def _ntuple(n: int) -> Any:
    """A function that repeats a number ``n`` times, and makes a tuple of a sequence."""
    return lambda x: tuple(x) if hasattr(x, "__iter__") else (x,) * n


_single, _pair, _triple, _quadruple = map(_ntuple, (1, 2, 3, 4))


def module_of(package: str, name: str, held: dict[str, Any]) -> ModuleType:
    """A module in a package, known to ``import``, that holds what PyTorch keeps in a file of that name."""
    made = ModuleType(f"{package}.{name}", f"What PyTorch keeps in a file of its own: {', '.join(held)}.")
    made.__dict__.update(held)
    sys.modules[made.__name__] = made
    return made


__path__: list[str] = []  # so that ``from engine.nn.modules.conv import ...`` looks among the modules below
globals().update({name: held for name, held in vars(nn).items() if isinstance(held, type)})
for _name, _sources in _FILES.items():
    globals()[_name] = module_of(__name__, _name, {
        name: held for source in _sources for name, held in vars(source).items()
        if isinstance(held, type) and held.__module__ == source.__name__
    })
utils = module_of(__name__, "utils", {
    "_ntuple": _ntuple, "_single": _single, "_pair": _pair, "_triple": _triple, "_quadruple": _quadruple,
})
