"""Losses that are 0 once a score or a distance is right by a margin, as modules."""

from __future__ import annotations

from typing import Any

from engine.nn import functional as F
from engine.nn.distance import PairwiseDistance
from engine.nn.functional.pair_loss import Distance
from engine.nn.loss import _Loss, _WeightedLoss
from engine.tensor import Tensor


class _MarginLoss(_Loss):
    """A loss with one margin."""

    target = "real"

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class MarginRankingLoss(_MarginLoss):
    """Two scores, of which the target says whether the first (1) or the second (−1) should be higher.

    Args:
        margin: By how much.
        reduction: Average or sum.
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(input1, input2, target, self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_MarginLoss):
    """Two vectors that should point the same way (target 1) or not (−1).

    Args:
        margin: The cosine that unlike vectors may have.
        reduction: Average or sum.
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, self.margin, reduction=self.reduction)


class HingeEmbeddingLoss(_MarginLoss):
    """Distances that should be small (target 1) or large (−1).

    Args:
        margin: How large.
        reduction: Average or sum.
    """

    def __init__(
        self, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """Scores whose sign should be the target's, 1 or −1: log(1 + e^(−target · score)).

    Args:
        reduction: Average or sum.
    """

    target = "real"

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Several yes-or-no answers per sample: the mean of their binary cross-entropies. Takes raw scores.

    Args:
        weight: One factor per answer.
        reduction: Average or sum over samples.
    """

    target = "0/1"

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """For classes: the right class should have the highest score, by a margin.

    Args:
        p: Power of what is missing, 1 or 2.
        margin: By how much.
        weight: One factor per class.
        reduction: Average or sum over samples.
    """

    target = "class index"

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: Any = None,
        reduce: Any = None, reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.ndim != 1:
            raise ValueError(
                f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.ndim}D instead"
            )
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input, target, self.p, self.margin, self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """Several right classes per sample, each of which should score higher than every wrong one, by 1.

    Args:
        reduction: Average or sum over samples.
    """

    target = "class index"

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """An anchor that should be closer to the positive than to the negative, by a margin.

    Args:
        margin: By how much.
        p: Which norm measures distances.
        eps: Added to differences.
        swap: Measure the negative from the positive where that is closer.
        reduction: Average or sum.
    """

    target = "real"

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
        size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        _check_margin(self, margin)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, reduction=self.reduction
        )


class TripletMarginWithDistanceLoss(_Loss):
    """TripletMarginLoss with a distance of one's own.

    Args:
        distance_function: From two tensors to their distances; PairwiseDistance unless given.
        margin: By how much the positive should be closer.
        swap: Measure the negative from the positive where that is closer.
        reduction: Average or sum.
    """

    target = "real"

    def __init__(
        self, *, distance_function: Distance | None = None, margin: float = 1.0, swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(None, None, reduction)
        _check_margin(self, margin)
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function, margin=self.margin,
            swap=self.swap, reduction=self.reduction,
        )


def _check_margin(loss: _Loss, margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"{type(loss).__name__}: expected margin to be greater than 0, got {margin} instead")
