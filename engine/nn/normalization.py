"""Normalisation layers: mean 0 and variance 1, over a batch, a sample or a group of channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from engine import dtypes
from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn import init
from engine.nn.bounds import Inferred, Range
from engine.nn.module import Module
from engine.nn.parameter import new_parameter, new_tensor
from engine.tensor import Tensor

Shape = tuple[int, ...]
Eps = Annotated[float, Range(0, 1, open_low=True)]      # PyTorch refuses 0 in training
Momentum = Annotated[float | None, Range(0, 1)]


class _BatchNorm(Module):
    """What batch normalisations share: parameters, running statistics, and when which are used."""

    _version = 2
    dims: ClassVar[tuple[int, ...]]
    weight: Any
    bias: Any
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self, num_features: int, eps: float, momentum: float | None, affine: bool, track_running_stats: bool,
        device: Any, dtype: Any, bias: bool,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        _affine_parameters(self, (num_features,), affine, affine and bias, device, dtype)
        shape = (num_features,)
        tracked = track_running_stats
        self.register_buffer("running_mean", new_tensor(shape, dtype, 0.0) if tracked else None)
        self.register_buffer("running_var", new_tensor(shape, dtype, 1.0) if tracked else None)
        self.register_buffer("num_batches_tracked", new_tensor((), dtypes.int64, 0) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget what was seen: mean 0, variance 1."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, and `reset_running_stats`."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_dimensions(input.ndim)
        by_batch = self.training or self.running_mean is None
        momentum: float | Tensor = self.momentum or 0.0
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked += 1
            if self.momentum is None:
                momentum = self.num_batches_tracked.double().reciprocal()
        moves = self.training and self.track_running_stats
        return F.batch_norm(
            input, self.running_mean if moves or not by_batch else None,
            self.running_var if moves or not by_batch else None, self.weight, self.bias, by_batch, momentum,
            self.eps,
        )

    def _check_dimensions(self, ndim: int) -> None:
        if ndim not in self.dims:
            raise ValueError(f"expected {self._wanted()} input (got {ndim}D input)")

    def _wanted(self) -> str:
        return " or ".join(f"{n}D" for n in self.dims)

    def output_shape(self, input_shape: Shape) -> Shape:
        """The input's own. Raises ShapeError unless dimension 1 is `num_features`."""
        if len(input_shape) not in self.dims:
            raise ShapeError(
                f"{type(self).__name__} got input of shape {tuple(input_shape)}: it needs "
                f"{self._wanted()} input",
                "use BatchNorm2d" if len(input_shape) == 4 else "use BatchNorm1d",
            )
        if input_shape[1] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__}({self.num_features}) got input of shape {tuple(input_shape)}: "
                f"dimension 1 must be {self.num_features}",
                f"set num_features to {input_shape[1]}",
            )
        return input_shape

    def _load_from_state_dict(
        self, state_dict: Mapping[str, Any], prefix: str, local_metadata: dict[str, Any], strict: bool,
        missing_keys: list[str], unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:
        key = prefix + "num_batches_tracked"
        old = local_metadata.get("version") is None or local_metadata["version"] < 2
        if old and self.track_running_stats and key not in state_dict:     # written before it was counted
            now = self.num_batches_tracked
            state_dict = {**state_dict, key: new_tensor((), dtypes.int64, 0) if now is None else now}
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


def _affine_parameters(
    module: Module, shape: Shape, weight: bool, bias: bool, device: Any, dtype: Any
) -> None:
    """A weight of ones and a bias of zeros, or None for what is not wanted."""
    made = {"weight": (weight, 1.0), "bias": (bias, 0.0)}
    for name, (wanted, fill) in made.items():
        if wanted:
            setattr(module, name, new_parameter(shape, dtype, fill, device))
        else:
            module.register_parameter(name, None)


class _Counted(_BatchNorm):
    """A batch normalization that takes `num_features` from its input's dimension 1."""

    def __init__(
        self, num_features: Annotated[int, Inferred(dim=1)], eps: Eps = 1e-5, momentum: Momentum = 0.1,
        affine: bool = True, track_running_stats: bool = True, device: Any = None, dtype: Any = None, *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)


class BatchNorm1d(_Counted):
    """Gives every feature mean 0 and variance 1 over the batch, then a learned scale and shift.

    Args:
        num_features: Size of the input's dimension 1.
        eps: Added to the variance, so that none is 0.
        momentum: How fast the running statistics follow; None averages over all batches.
        affine: Learn a scale and a shift for each feature.
        track_running_stats: Keep running statistics for evaluation.
        bias: Learn the shift, too.
    """

    dims = (2, 3)


class BatchNorm2d(_Counted):
    """Gives every channel mean 0 and variance 1 over the batch's images, then a learned scale and shift.

    Args:
        num_features: Channels of the input.
        eps: Added to the variance, so that none is 0.
        momentum: How fast the running statistics follow; None averages over all batches.
        affine: Learn a scale and a shift for each channel.
        track_running_stats: Keep running statistics for evaluation.
        bias: Learn the shift, too.
    """

    dims = (4,)


class BatchNorm3d(_Counted):
    """Gives every channel mean 0 and variance 1 over the batch's volumes, then a learned scale and shift.

    Args:
        num_features: Channels of the input.
        eps: Added to the variance, so that none is 0.
        momentum: How fast the running statistics follow; None averages over all batches.
        affine: Learn a scale and a shift for each channel.
        track_running_stats: Keep running statistics for evaluation.
        bias: Learn the shift, too.
    """

    dims = (5,)


class LayerNorm(Module):
    """Gives every sample mean 0 and variance 1 over its last dimension(s), then a learned scale and shift.

    Args:
        normalized_shape: Size of the last dimension, or of the last ones.
        eps: Added to the variance, so that none is 0.
        elementwise_affine: Learn a scale and a shift for each place.
        bias: Learn the shift, too.
    """

    weight: Any
    bias: Any

    def __init__(
        self, normalized_shape: Annotated[int, Inferred(dim=-1)] | Sequence[int], eps: Eps = 1e-5,
        elementwise_affine: bool = True, bias: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__()
        one = isinstance(normalized_shape, int)
        self.normalized_shape: Shape = (normalized_shape,) if one else tuple(normalized_shape)    # type: ignore[assignment,arg-type]
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        _affine_parameters(
            self, self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype
        )

    def reset_parameters(self) -> None:
        """Weight 1, bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def output_shape(self, input_shape: Shape) -> Shape:
        """The input's own. Raises ShapeError unless its last dimensions are `normalized_shape`."""
        wanted = self.normalized_shape
        if tuple(input_shape[-len(wanted):]) != wanted:
            raise ShapeError(
                f"LayerNorm({list(wanted)}) got input of shape {tuple(input_shape)}: "
                f"its last dimensions must be {list(wanted)}",
                f"set normalized_shape to {list(input_shape[-len(wanted):])}",
            )
        return input_shape

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(Module):
    """Gives groups of channels of every sample mean 0 and variance 1, then each channel a scale and a shift.

    Args:
        num_groups: Into how many groups the channels are split.
        num_channels: Channels of the input.
        eps: Added to the variance, so that none is 0.
        affine: Learn a scale and a shift for each channel.
        bias: Learn the shift, too.
    """

    weight: Any
    bias: Any

    def __init__(
        self, num_groups: Annotated[int, Range(1, 4096)], num_channels: Annotated[int, Inferred(dim=1)],
        eps: Eps = 1e-5, affine: bool = True, device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        _affine_parameters(self, (num_channels,), affine, affine and bias, device, dtype)

    def reset_parameters(self) -> None:
        """Weight 1, bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def output_shape(self, input_shape: Shape) -> Shape:
        """The input's own. Raises ShapeError unless dimension 1 is `num_channels`."""
        if len(input_shape) < 2 or input_shape[1] != self.num_channels:
            raise ShapeError(
                f"GroupNorm({self.num_groups}, {self.num_channels}) got input of shape {tuple(input_shape)}: "
                f"dimension 1 must be {self.num_channels}",
                f"set num_channels to {input_shape[1]}" if len(input_shape) > 1 else "give it channels",
            )
        return input_shape

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )
