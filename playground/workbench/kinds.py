"""What kind of call an op is: it decides which lens shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

import engine
from engine import nn
from engine.op import REGISTRY
from engine.signature import REQUIRED
from playground.protocol.tensors import CallKind
from playground.workbench.names import CREATION

BY_FAMILY: Mapping[str, CallKind] = {
    "elementwise": "elementwise", "compare": "elementwise",
    "bits": "elementwise", "activation": "elementwise",
    "reduce": "reduce", "extreme": "reduce", "linalg": "matmul", "index": "index", "shape": "shape",
    "join": "join", "conv": "conv", "pool": "pool", "convert": "elementwise", "loss": "reduce",
    "embedding": "index", "order": "other", "scan": "other", "norm": "other",
}  # fmt: skip
PRODUCTS = frozenset(
    [
        "matmul", "mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger", "linear", "Linear", "addmm",
        "addmv", "baddbmm", "addbmm", "vecdot",
    ]
)  # fmt: skip
SOFTMAX = frozenset(["softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax", "Softmin"])
REDUCING = frozenset(
    [
        "sum", "mean", "nansum", "nanmean", "prod", "var", "std", "logsumexp", "norm", "all", "any",
        "count_nonzero", "amax", "amin", "max", "min", "argmax", "argmin", "median", "nanmedian",
        "var_mean", "std_mean", "vector_norm", "aminmax", "mode",
    ]
)  # fmt: skip
LOSSES = frozenset([
    "mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss", "MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss"
])  # fmt: skip
"""Losses that stretch their two tensors over each other."""

MOVING = frozenset({"pad", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle"})
ALIASES = frozenset({"T", "mT", "H", "mH", "detach"})
POINTWISE = frozenset(
    [
        "relu", "sigmoid", "tanh", "gelu", "silu", "elu", "selu", "celu", "leaky_relu", "softplus",
        "softsign", "hardtanh", "hardswish", "hardsigmoid", "mish", "logsigmoid", "tanhshrink", "relu6",
        "dropout", "lerp", "clone", "where",
    ]
)  # fmt: skip
KEEP = frozenset([
    "clone", "contiguous", "float", "double", "half", "int", "long", "short", "byte", "char", "bool", "to",
    "cpu", "type_as", "detach"
])  # fmt: skip


def kind_of_call(
    op: str, inputs: Sequence[engine.Tensor], outputs: Sequence[engine.Tensor], module: bool
) -> CallKind:
    """The kind of a call by its op; a shape op that gives a view is one."""
    plain = op.removesuffix("_").removeprefix("F.")
    if op == "setitem" or (op.endswith("_") and plain not in ("requires_grad",)):
        return "write"
    if plain in MOVING:
        return "shape"
    if plain in ALIASES:
        return "view"
    if plain == "getitem":
        return "view" if _shares(inputs, outputs) else "index"
    if plain in PRODUCTS:
        return "matmul"
    if plain in SOFTMAX:
        return "softmax"
    if plain in REDUCING:
        return "reduce" if not (plain in ("max", "min") and len(inputs) > 1) else "elementwise"
    if plain.lower().startswith("conv"):
        return "conv"
    if "pool" in plain.lower():
        return "pool"
    if plain in POINTWISE or plain.lower() in POINTWISE:
        return "elementwise"
    if plain in CREATION or not inputs:
        return "create"
    family = getattr(REGISTRY.get(plain), "family", "")
    if family == "linalg" and plain not in PRODUCTS:
        return "other"
    found = BY_FAMILY.get(family, "module" if module else "other")
    if found == "shape" and _shares(inputs, outputs):
        return "view"
    return "other" if found == "reduce" and plain not in REDUCING else found


def _shares(inputs: Sequence[engine.Tensor], outputs: Sequence[engine.Tensor]) -> bool:
    return bool(inputs and outputs) and outputs[0]._is_view()


def stretches(op: str) -> bool:
    """Whether an op of two tensors brings their shapes to one by broadcasting."""
    plain = op.removesuffix("_")
    family = getattr(REGISTRY.get(plain), "family", "")
    return family in ("elementwise", "compare", "bits") or plain in LOSSES or plain in POINTWISE


def dims_of(op: str, inputs: Sequence[engine.Tensor], args: Sequence[Any], options: Mapping[str, Any],
            owner: Any = None) -> tuple[list[int], bool]:  # fmt: skip
    """The dimensions that a reduction, softmax or scan works along, none negative; and `keepdim`."""
    plain = op.removesuffix("_")
    if not inputs:
        return [], False
    ndim = inputs[0].ndim
    entry = REGISTRY.get(plain)
    params = entry.signature.params if entry is not None else ("input", "dim")
    defaults = entry.signature.defaults if entry is not None else ()
    known = {name: value for name, value in zip(params, defaults, strict=False) if value is not REQUIRED}
    named = {**known, **dict(zip(params, args, strict=False)), **options}
    dim = named.get(
        "dim", named.get("axis", vars(owner).get("dim") if isinstance(owner, nn.Module) else None)
    )
    if isinstance(dim, engine.Tensor):
        dim = None
    chosen = range(ndim) if dim is None or dim == () else dim if isinstance(dim, list | tuple) else [dim]
    keep = bool(named.get("keepdim", named.get("keepdims", False)))
    return [each % max(ndim, 1) for each in chosen if isinstance(each, int)], keep
