"""Bilinear maps as functions of tensors."""

from __future__ import annotations

from engine.tensor import Tensor


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """(…, I), (…, J) with a weight of (O, I, J) → (…, O): sums over i and j of x₁ᵢ wᵢⱼ x₂ⱼ."""
    if input1.ndim != input2.ndim:
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}"
        )
    for dim, (n, m) in enumerate(zip(input1.shape[:-1], input2.shape[:-1], strict=True)):
        if n != m:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {n} and {m}"
            )
    outputs, first, second = weight.shape
    for number, size, wanted in ((1, input1.shape[-1], first), (2, input2.shape[-1], second)):
        if size != wanted:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {size} but expected {wanted}"
            )
    if bias is not None and bias.shape[0] != outputs:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {outputs}"
        )
    given = {"input1": input1, "input2": input2, "weight": weight}
    if bias is not None:
        given["bias"] = bias
    if len({x.dtype for x in given.values()}) > 1:
        kinds = ", ".join(f"{name}: {x.dtype.c_name}" for name, x in given.items())
        raise RuntimeError(f"All tensors must have the same dtype, got {kinds}")
    half = input1 @ weight.transpose(0, 1).reshape(first, outputs * second)
    products = half.reshape(*input1.shape[:-1], outputs, second) * input2.unsqueeze(-2)
    out = products.sum(-1, dtype=products.dtype)
    return out if bias is None else out + bias
