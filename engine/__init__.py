# ruff: noqa: F401 - every import here is a public name
"""A numpy autograd engine with PyTorch's names, semantics, dtypes and errors: ``import engine as torch``."""

from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from engine import autograd, backends, cuda, errors, legacy, linalg, methods, random
from engine.creation import (
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    is_floating_point,
    is_tensor,
    linspace,
    logspace,
    numel,
    ones,
    ones_like,
    tensor,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from engine.device import device
from engine.dtypes import bool_ as bool
from engine.dtypes import (
    can_cast,
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    result_type,
    set_default_dtype,
    short,
    uint8,
)
from engine.dtypes import float32 as float
from engine.dtypes import int32 as int
from engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from engine.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from engine.printing import set_printoptions
from engine.random import Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from engine.sampling import (
    bernoulli,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from engine.tensor import Size, Tensor

newaxis = None
globals().update(legacy.TYPES)
globals().update({name: call for name, call in methods.functions().items() if name not in globals()})

from engine import nn, optim, utils  # noqa: E402 - they are made of the functions above

if TYPE_CHECKING:  # the functions of the registry

    def __getattr__(name: str) -> Any: ...
