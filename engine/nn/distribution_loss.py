"""Losses between distributions as modules."""

from __future__ import annotations

from typing import Any

from engine.nn import functional as F
from engine.nn.loss import _Loss
from engine.tensor import Tensor


class KLDivLoss(_Loss):
    """Kullback–Leibler divergence of predicted log-probabilities from target probabilities.

    Args:
        reduction: Average ("batchmean": over the batch only) or sum.
        log_target: The targets are logarithms, too.
    """

    target = "real"

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
    ) -> None:
        over_batch = reduction == "batchmean"
        super().__init__(size_average, reduce, "sum" if over_batch else reduction)
        self.reduction = "batchmean" if over_batch else self.reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """For counts: −log of the Poisson probability of the target.

    Args:
        log_input: The input is the rate's logarithm.
        full: Add Stirling's term, which depends on the target alone.
        eps: Added to the rate before the logarithm.
        reduction: Average over all numbers, or sum them.
    """

    target = "real"

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: Any = None, eps: float = 1e-8,
        reduce: Any = None, reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(
            log_input, target, self.log_input, self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(_Loss):
    """−log of the probability of the target under normal distributions with predicted mean and variance.

    Args:
        full: Add the constant term.
        eps: The least variance.
        reduction: Average over all numbers, or sum them.
    """

    target = "real"

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)


class CTCLoss(_Loss):
    """−log of the probability of label sequences, over all their alignments with the input.

    Args:
        blank: The class that stands for no label.
        reduction: Average or sum.
        zero_infinity: A sequence too long for its input counts as 0 instead of infinity.
    """

    target = "class index"

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(None, None, reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any
    ) -> Tensor:
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )
