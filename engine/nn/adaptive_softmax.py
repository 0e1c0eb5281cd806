"""Softmax over very many classes: the frequent ones by themselves, the rare ones in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.creation import zeros_like
from engine.nn.containers import ModuleList, Sequential
from engine.nn.functional.activation import log_softmax
from engine.nn.linear import Linear
from engine.nn.module import Module
from engine.ops.join import cat
from engine.tensor import Tensor


class ASMoutput(NamedTuple):
    """Log-probability of each target, and the loss: the negative of their mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-softmax in two steps (Grave et al., 2017): first the frequent class or the cluster, then within it.

    Shape: (N, in_features) and (N,) → (N,) and (), or (in_features,) and () → () and ().

    Args:
        in_features: Size of the input.
        n_classes: How many classes, the most frequent ones first.
        cutoffs: Where one cluster ends and the next begins.
        div_value: By what the size of the hidden layer shrinks from cluster to cluster.
        head_bias: Add a learned bias to the first step.
    """

    def __init__(
        self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
        head_bias: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = ends == sorted(set(ends)) and all(int(end) == end for end in ends)
        if not rising or ends[0] <= 0 or ends[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                "where each value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*ends, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = ends[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            hidden = int(in_features // div_value ** (number + 1))
            size = self.cutoffs[number + 1] - self.cutoffs[number]
            self.tail.append(Sequential(
                Linear(in_features, hidden, False, device, dtype), Linear(hidden, size, False, device, dtype)
            ))

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> ASMoutput:
        _check(input_, target_)
        batched = target_.ndim > 0
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        if ((target < 0) | (target >= self.n_classes)).any():
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found. "
            )
        output, choice = input.new_zeros(target.shape[0]), target.clone()
        for number, cluster in enumerate(self.tail):
            low, high = self.cutoffs[number : number + 2]
            rows = ((target >= low) & (target < high)).nonzero().flatten()
            if rows.numel():
                logs = log_softmax(cluster(input.index_select(0, rows)), 1)
                inside = (target.index_select(0, rows) - low).unsqueeze(1)
                output = output.index_copy(0, rows, logs.gather(1, inside).squeeze(1))
                choice = choice.index_fill(0, rows, self.shortlist_size + number)
        output = output + log_softmax(self.head(input), 1).gather(1, choice.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return ASMoutput(output if batched else output.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """Log-probabilities of all classes: (N, in_features) → (N, n_classes)."""
        head = log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for number, cluster in enumerate(self.tail):
            own = head[:, self.shortlist_size + number].unsqueeze(1)
            parts.append(log_softmax(cluster(input), 1) + own)
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row; clusters are looked into only where they are needed."""
        best = self.head(input).argmax(1)
        rare = best >= self.shortlist_size
        if not rare.any():
            return best
        rows = rare.nonzero().flatten()
        found = zeros_like(best).copy_(best)
        found[rows] = self.log_prob(input.index_select(0, rows)).argmax(1)
        return found


def _check(input: Tensor, target: Tensor) -> None:
    """RuntimeError in PyTorch's words for shapes that do not fit each other."""
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.ndim == 1 and input.shape[0] != target.shape[0]:
        raise RuntimeError("Input and target should have the same size in the batch dimension.")
    if input.ndim != target.ndim + 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with "
            f"size {input.size()}"
        )
