"""Embedding: a learned vector for each number of a vocabulary."""

from __future__ import annotations

from typing import Annotated, Any

from engine.nn import functional as F
from engine.nn import init
from engine.nn.bounds import NotOffered, Range
from engine.nn.module import Module
from engine.nn.parameter import Parameter, new_parameter
from engine.tensor import Tensor


class _Vectors(Module):
    """A learned vector for each whole number."""

    def _hold(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None, max_norm: float | None,
        norm_type: float, scale_grad_by_freq: bool, sparse: bool, weight: Tensor | None,
        requires_grad: bool, device: Any, dtype: Any,
    ) -> None:
        """The options, and the vectors: those given, or new ones."""
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx if padding_idx is None else padding_idx % num_embeddings
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if weight is None:
            self.weight = new_parameter((num_embeddings, embedding_dim), dtype, device=device)
            self.weight.requires_grad_(requires_grad)
            self.reset_parameters()
        else:
            if list(weight.shape) != [num_embeddings, embedding_dim]:
                raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
            self.weight = Parameter(weight, requires_grad=requires_grad)

    def reset_parameters(self) -> None:
        """Draw all vectors from the standard normal; the padding's is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            init.zeros_(self.weight.detach()[self.padding_idx])


def shape_of(embeddings: Tensor) -> tuple[int, int]:
    """Rows and columns of given vectors; AssertionError where these are no matrix."""
    if embeddings.ndim != 2:
        raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
    rows, width = embeddings.shape
    return rows, width


class Embedding(_Vectors):
    """Looks up a learned vector for each whole number: any shape → that shape with embedding_dim added.

    Args:
        num_embeddings: How many numbers there are, from 0.
        embedding_dim: Length of each vector.
        padding_idx: A number whose vector is 0 and is not trained.
        max_norm: Vectors longer than this are shortened when looked up.
        norm_type: Which norm max_norm means.
        scale_grad_by_freq: Divide gradients by how often a number occurs in the batch.
    """

    def __init__(
        self,
        num_embeddings: Annotated[int, Range(1, 1_000_000)],
        embedding_dim: Annotated[int, Range(1, 4096)],
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: Annotated[bool, NotOffered()] = False,
        _weight: Tensor | None = None,
        _freeze: Annotated[bool, NotOffered()] = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise AssertionError("Padding_idx must be within num_embeddings")
        self._hold(
            num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
            _weight, not _freeze, device, dtype,
        )

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None,
        max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """An Embedding with given vectors, one per row; not trained unless `freeze` is False."""
        return cls(
            *shape_of(embeddings), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
            _weight=embeddings, _freeze=freeze,
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """`embedding_dim` added at the end."""
        return (*input_shape, self.embedding_dim)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return text + (", sparse=True" if self.sparse else "")
