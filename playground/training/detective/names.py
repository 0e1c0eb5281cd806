"""What PyTorch calls an op of the engine, and the line of code that one would write for it."""

from collections.abc import Sequence
from typing import Any

from engine.node import Node

NAMES = {
    "linear": "F.linear",
    "convolution": "F.conv2d",
    "max_pool": "F.max_pool2d",
    "avg_pool": "F.avg_pool2d",
    "relu": "F.relu",
    "leaky_relu": "F.leaky_relu",
    "gelu": "F.gelu",
    "softmax": "F.softmax",
    "log_softmax": "F.log_softmax",
    "mse_loss": "F.mse_loss",
    "l1_loss": "F.l1_loss",
    "nll_loss": "F.nll_loss",
    "huber_loss": "F.huber_loss",
    "smooth_l1_loss": "F.smooth_l1_loss",
    "cross_entropy_of_classes": "F.cross_entropy",
    "bce": "F.binary_cross_entropy",
    "bce_with_logits": "F.binary_cross_entropy_with_logits",
}
NORMALISING = {"batch": "F.batch_norm", "layer": "F.layer_norm", "group": "F.group_norm"}

SHOWN = frozenset({
    "dim", "eps", "stride", "padding", "dilation", "groups", "reduction", "exponent", "negative_slope", "min",
    "max", "alpha", "beta", "delta", "correction", "keepdim", "label_smoothing", "kernel_size", "p",
})  # fmt: skip
"""Plain arguments that a line names; others are the engine's own."""

WITHOUT_EFFECT = {"stride": 1, "dilation": 1, "groups": 1, "padding": 0, "reduction": "mean"}
"""Values of arguments that a line leaves out."""

CLIPPING = "clip_grad_norm_"
CLIPS = (CLIPPING, f"nn.utils.{CLIPPING}(model.parameters(), max_norm)")

OF_THE_CODE = {
    "_scale": CLIPS,
    "_moved": ("F.batch_norm", "running = (1 - momentum) * running + momentum * latest"),
    "fit": ("sum_to_size", "grad.sum_to_size(input.shape)"),
    "add": ("AccumulateGrad", "grad = grad + new_grad"),
}
"""Numpy code outside of ops, by the name of its function."""


def forward_name(op: Any, statics: Sequence[Any]) -> tuple[str, str]:
    """Name and line of a call."""
    if op.name == "total_norm":
        return CLIPS
    given = dict(zip(op.params[op.n_tensors :], statics, strict=False))
    name = NORMALISING.get(given.get("kind", ""), NAMES.get(op.name, f"torch.{op.name}"))
    tensors = list(op.params[: op.n_tensors])
    if "pads" in given:
        given["padding"] = tuple(before for before, _ in given["pads"])
    options = [f"{key}={value}" for key, value in given.items() if key in SHOWN and _says(key, value)]
    return name, f"{name}({', '.join([*tensors, *options])})"


def backward_name(node: Node, op: Any, wanted: str) -> tuple[str, str]:
    """Name and line of a node's rule, where it makes the gradient of its input `wanted`."""
    called, _ = forward_name(op, node.statics)
    return node.name(), f"{wanted}.grad, by the derivative of {called}"


def code_name(function: Any) -> tuple[str, str]:
    """Name and line of numpy code outside of ops."""
    function = getattr(function, "func", function)
    name = getattr(function, "__name__", "numpy")
    return OF_THE_CODE.get(name, (name, name))


def _says(name: str, value: Any) -> bool:
    """Whether a plain argument is worth its place: it is a number or a word, and does something."""
    if not isinstance(value, bool | int | float | str | tuple):
        return False
    sides = value if isinstance(value, tuple) else (value,)
    return any(side != WITHOUT_EFFECT.get(name) for side in sides)
