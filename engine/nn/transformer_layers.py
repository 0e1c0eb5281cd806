"""One layer of a transformer's encoder and of its decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn import functional as F
from engine.nn.attention import MultiheadAttention
from engine.nn.dropout import Dropout
from engine.nn.functional.attention import canonical_mask
from engine.nn.linear import Linear
from engine.nn.module import Module
from engine.nn.normalization import LayerNorm
from engine.tensor import Tensor

Activation = str | Callable[[Tensor], Tensor]


class _TransformerLayer(Module):
    """What both layers share: attention to themselves, then a small network for each place."""

    def __init__(
        self, attentions: tuple[str, ...], d_model: int, nhead: int, dim_feedforward: int, dropout: float,
        activation: Activation, layer_norm_eps: float, batch_first: bool, norm_first: bool, bias: bool,
        device: Any, dtype: Any,
    ) -> None:
        super().__init__()
        parts = range(1, len(attentions) + 2)
        for name in attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        for part in parts:
            self.add_module(
                f"norm{part}", LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
            )
        for part in parts:
            self.add_module(f"dropout{part}", Dropout(dropout))
        self.activation = _activation(activation) if isinstance(activation, str) else activation

    def _added(self, x: Tensor, number: int, part: Callable[[Tensor], Tensor]) -> Tensor:
        """`x` and what the part makes of it, normalised before or after."""
        norm, drop = getattr(self, f"norm{number}"), getattr(self, f"dropout{number}")
        return x + drop(part(norm(x))) if self.norm_first else norm(x + drop(part(x)))

    def _own(self, mask: Tensor | None, padding: Tensor | None, causal: bool) -> Callable[[Tensor], Tensor]:
        return lambda x: self.self_attn(x, x, x, padding, False, mask, is_causal=causal)[0]

    def _small_network(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


def _activation(name: str) -> Callable[[Tensor], Tensor]:
    if name not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {name}")
    return F.relu if name == "relu" else F.gelu


class TransformerEncoderLayer(_TransformerLayer):
    """Attention of a sequence to itself, then a small network for each place: (S, N, E) → (S, N, E).

    Args:
        d_model: Features E.
        nhead: Heads of the attention.
        dim_feedforward: Width of the small network.
        dropout: Probability of dropping a feature.
        activation: Its activation: "relu", "gelu" or a function.
        layer_norm_eps: Added to variances.
        batch_first: Samples come before places.
        norm_first: Normalise before each part instead of after it.
        bias: Learn biases.
    """

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: Activation = F.relu, layer_norm_eps: float = 1e-5, batch_first: bool = False,
        norm_first: bool = False, bias: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias, device, dtype,
        )

    def forward(
        self, src: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        padding = canonical_mask(
            src_key_padding_mask, "src_key_padding_mask", src.dtype, src_mask, "src_mask"
        )
        mask = canonical_mask(src_mask, "src_mask", src.dtype)
        x = self._added(src, 1, self._own(mask, padding, is_causal))
        return self._added(x, 2, self._small_network)


class TransformerDecoderLayer(_TransformerLayer):
    """Attention of a sequence to itself and to a memory, then a small network for each place.

    Args:
        d_model: Features E.
        nhead: Heads of the attentions.
        dim_feedforward: Width of the small network.
        dropout: Probability of dropping a feature.
        activation: Its activation: "relu", "gelu" or a function.
        layer_norm_eps: Added to variances.
        batch_first: Samples come before places.
        norm_first: Normalise before each part instead of after it.
        bias: Learn biases.
    """

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: Activation = F.relu, layer_norm_eps: float = 1e-5, batch_first: bool = False,
        norm_first: bool = False, bias: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:
        super().__init__(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, activation,
            layer_norm_eps, batch_first, norm_first, bias, device, dtype,
        )

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False, memory_is_causal: bool = False,
    ) -> Tensor:
        def remember(x: Tensor) -> Tensor:
            return self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask, is_causal=memory_is_causal
            )[0]

        x = self._added(tgt, 1, self._own(tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self._added(x, 2, remember)
        return self._added(x, 3, self._small_network)
