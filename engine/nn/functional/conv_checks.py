"""What a convolution asks of its tensors and numbers, refused in PyTorch's words and in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine import errors
from engine.ops.windows import Pads, Sizes
from engine.tensor import Tensor

IntOrSizes = int | Sequence[int]
_SIDES = ("depth", "height", "width")


def must_be_tensor(function: str, input: Any, name: str = "input", position: int = 1) -> None:
    """TypeError in PyTorch's words for an argument that is no tensor."""
    if not isinstance(input, Tensor):
        raise errors.no_tensor(function, name, position, input)


def sizes_of(value: IntOrSizes, ndim: int) -> Sizes:
    """One number for all dimensions, or one each."""
    if isinstance(value, int):
        return (value,) * ndim
    sizes = tuple(int(v) for v in value)
    return sizes * ndim if len(sizes) == 1 else sizes


def spread(value: IntOrSizes, ndim: int, name: str, function: str = "conv") -> Sizes:
    """As `sizes_of`, and as many as there are dimensions."""
    if isinstance(value, (str, float)):
        raise TypeError(f"{function}(): argument '{name}' must be tuple of ints, not {type(value).__name__}")
    return _as_many(sizes_of(value, ndim), ndim, name)


def _as_many(sizes: Sizes, ndim: int, name: str) -> Sizes:
    if len(sizes) != ndim:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {ndim} values to match the "
            f"convolution dimensions, but got {name}={list(sizes)}"
        )
    return sizes


def c_name(tensor: Tensor) -> str:
    """C++'s name of a tensor's type."""
    names = {"Long": "long int", "Byte": "unsigned char", "Half": "c10::Half", "Char": "signed char"}
    kind = tensor.dtype.tensor_type[6:-6]
    return names.get(kind, kind.lower())


def check_convolution(
    input: Tensor, weight: Tensor, bias: Tensor | None, strides: Sizes, widths: Sizes, dilations: Sizes,
    groups: int, extra: Sizes | None = None,
) -> None:
    """RuntimeError for what does not fit; `extra` is the output's padding where it is transposed."""
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if len(strides) != weight.ndim - 2:
        _as_many(strides, weight.ndim - 2, "stride")
    if bias is not None and input.dtype != bias.dtype:
        raise RuntimeError(f"Input type ({c_name(input)}) and bias type ({c_name(bias)}) should be the same")
    if min(widths, default=0) < 0:
        raise RuntimeError("negative padding is not supported")
    if extra is not None and min(extra) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if min(strides) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    _check_weight(input, weight, bias, groups, extra is not None)
    if input.dtype != weight.dtype:
        kinds = [tensor.dtype.tensor_type[6:-6] for tensor in (input, weight)]
        raise RuntimeError(f"expected scalar type {kinds[0]} but found {kinds[1]}")
    if min(weight.shape[2:]) <= 0:
        raise RuntimeError(
            f"kernel size should be greater than zero, but got {_named('kernel', weight.shape[2:], ' ')}"
        )
    if min(dilations) <= 0:
        shown = list(dilations) if extra is None else _named("dilation", dilations, ", ")
        raise RuntimeError(f"dilation should be greater than zero, but got {shown}")


def _check_weight(
    input: Tensor, weight: Tensor, bias: Tensor | None, groups: int, transposed: bool
) -> None:
    sizes, first = weight.shape, weight.shape[0]
    if weight.ndim != input.ndim:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight {list(sizes)}, "
            f"but got {input.ndim}-dimensional input of size {list(input.shape)} instead"
        )
    if first < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight "
            f"of size {list(sizes)} instead"
        )
    if first % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got "
            f"weight of size [{list(sizes)}] instead"
        )
    channels = first if transposed else weight.shape[1] * groups
    if input.shape[1] != channels:
        raise RuntimeError(
            f"Given {'transposed=1' if transposed else f'groups={groups}'}, weight of size {list(sizes)}, "
            f"expected input{list(input.shape)} to have {channels} channels, but got {input.shape[1]} "
            "channels instead"
        )
    wanted = weight.shape[1] * groups if transposed else first
    if bias is not None and tuple(bias.shape) != (wanted,):
        given = "Given transposed=1, weight" if transposed else "Given weight"
        raise RuntimeError(
            f"{given} of size {list(sizes)}, expected bias to be 1-dimensional with {wanted} elements, "
            f"but got bias of size {list(bias.shape)} instead"
        )


def _named(what: str, sizes: Sequence[int], between: str) -> str:
    names = _SIDES[-max(len(sizes), 2) :]
    whole = (*(1,) * (len(names) - len(sizes)), *sizes)     # a row is a picture one element high
    return between.join(f"{what}_{name}: {size}" for name, size in zip(names, whole, strict=True))


def check_reach(input: Tensor, kernel: Sizes, pads: Pads, dilation: Sizes) -> None:
    """RuntimeError for a kernel that is larger than the input with its borders."""
    inner = [n + low + high for n, (low, high) in zip(input.shape[2:], pads, strict=True)]
    needed = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    if any(n < k for n, k in zip(inner, needed, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({by(inner)}). Kernel size: ({by(needed)}). "
            "Kernel size can't be greater than actual input size"
        )


def check_output_padding(extra: Sizes, strides: Sizes, dilations: Sizes) -> None:
    """RuntimeError for an output padding that no stride or dilation leaves room for."""
    if any(more >= max(s, d) for more, s, d in zip(extra, strides, dilations, strict=True)):
        shown = [
            _named(what, sizes, " ")
            for what, sizes in (("output_padding", extra), ("stride", strides), ("dilation", dilations))
        ]
        raise RuntimeError(
            f"output padding must be smaller than either stride or dilation, but got {' '.join(shown)}"
        )


def by(sizes: Sequence[int]) -> str:
    """Sizes as PyTorch writes them in these words: ``3 x 4``."""
    return " x ".join(map(str, sizes))
