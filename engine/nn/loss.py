"""Losses as modules. Each says what kind of target it compares with (`target`) and which shapes fit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.errors import ShapeError
from engine.nn import functional as F
from engine.nn.bounds import Choice, PerOutput, Range
from engine.nn.module import Module
from engine.tensor import Tensor

Reduction = Annotated[str, Choice("mean", "sum")]
Weights = Annotated[Tensor | None, PerOutput(Range(0, 1e6))]
Shape = tuple[int, ...]


class _Loss(Module):
    """What losses share: `reduction`, and the check of two shapes before anything is computed."""

    target: ClassVar[str]
    reduction: str

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.reduction = F.loss.reduction_of(size_average, reduce, reduction)

    def check_shapes(self, input_shape: Shape, target_shape: Shape) -> None:
        """Raise ShapeError unless an output of `input_shape` can be compared with `target_shape`."""
        if tuple(input_shape) != tuple(target_shape):
            raise ShapeError(
                f"{type(self).__name__} compares shape {tuple(input_shape)} with targets of shape "
                f"{tuple(target_shape)}: they must be the same",
                _fix(tuple(input_shape), tuple(target_shape)),
            )


def _fix(input_shape: Shape, target_shape: Shape) -> str:
    if len(input_shape) == len(target_shape) and input_shape[:-1] == target_shape[:-1]:
        return f"let the last layer have {target_shape[-1]} outputs"
    if input_shape == (*target_shape, 1):
        return "flatten the output, or unsqueeze the targets"
    return f"let the last layer give shape {target_shape}"


class MSELoss(_Loss):
    """Mean squared error: the average of (prediction − target)².

    Args:
        reduction: Average over all numbers, or sum them.
    """

    target = "real"

    def __init__(self, size_average: None = None, reduce: None = None, reduction: Reduction = "mean") -> None:
        super().__init__(size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """Mean absolute error: the average of |prediction − target|; less swayed by outliers.

    Args:
        reduction: Average over all numbers, or sum them.
    """

    target = "real"

    def __init__(self, size_average: None = None, reduce: None = None, reduction: Reduction = "mean") -> None:
        super().__init__(size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared error where the prediction is close, absolute error where it is far off.

    Args:
        reduction: Average over all numbers, or sum them.
        beta: How close is close.
    """

    target = "real"

    def __init__(
        self, size_average: None = None, reduce: None = None, reduction: Reduction = "mean",
        beta: Annotated[float, Range(0, 1000)] = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Squared error up to delta, and a straight line beyond.

    Args:
        reduction: Average over all numbers, or sum them.
        delta: Where the line begins.
    """

    target = "real"

    def __init__(
        self, reduction: Reduction = "mean", delta: Annotated[float, Range(0, 1000, open_low=True)] = 1.0
    ) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, self.reduction, self.delta)


class _WeightedLoss(_Loss):
    """A loss whose terms can be weighted; the weight is a buffer."""

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.weight: Tensor | None


class _ClassLoss(_WeightedLoss):
    """A loss between scores (N, C, …) and class numbers (N, …)."""

    target = "class index"

    def check_shapes(self, input_shape: Shape, target_shape: Shape) -> None:
        """Raise ShapeError unless the input is (N, C, …) for targets (N, …)."""
        given, wanted = tuple(input_shape), tuple(target_shape)
        if len(given) < 2 or (given[0], *given[2:]) != wanted:
            raise ShapeError(
                f"{type(self).__name__} compares scores of shape {given} with classes of shape {wanted}: "
                f"the scores must be of shape ({', '.join(map(str, (*wanted[:1], 'classes', *wanted[1:])))})",
                "put a Flatten and a Linear with one output per class at the end",
            )


class CrossEntropyLoss(_ClassLoss):
    """For classes: −log of the probability given to the right class. Takes raw scores.

    Args:
        weight: How much a sample of each class counts; a mean is divided by what its samples count together.
        ignore_index: A class whose targets do not count.
        reduction: Average over all samples, or sum them.
        label_smoothing: Share of the target spread over all classes.
    """

    def __init__(
        self, weight: Weights = None, size_average: None = None, ignore_index: int = -100,
        reduce: None = None, reduction: Reduction = "mean",
        label_smoothing: Annotated[float, Range(0, 1)] = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(_ClassLoss):
    """For classes: −the log-probability of the right class. Put a LogSoftmax before it.

    Args:
        weight: How much a sample of each class counts; a mean is divided by what its samples count together.
        ignore_index: A class whose targets do not count.
        reduction: Average over all samples, or sum them.
    """

    def __init__(
        self, weight: Weights = None, size_average: None = None, ignore_index: int = -100,
        reduce: None = None, reduction: Reduction = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class BCELoss(_WeightedLoss):
    """For yes or no: −log of the probability given to the right answer. Put a Sigmoid before it.

    Args:
        weight: One factor per number.
        reduction: Average over all numbers, or sum them.
    """

    target = "0/1"

    def __init__(
        self, weight: Tensor | None = None, size_average: None = None, reduce: None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """For yes or no: −log of the probability given to the right answer. Takes raw scores.

    Args:
        weight: One factor per number.
        reduction: Average over all numbers, or sum them.
        pos_weight: How many times as much a yes counts as a no, per output.
    """

    target = "0/1"

    def __init__(
        self, weight: Tensor | None = None, size_average: None = None, reduce: None = None,
        reduction: Reduction = "mean", pos_weight: Weights = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)
        self.pos_weight: Tensor | None

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )
