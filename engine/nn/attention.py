"""MultiheadAttention: every place of a sequence looks at all places of another, in several ways at once."""

from __future__ import annotations

from typing import Any

from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import Linear
from engine.nn.module import Module
from engine.nn.parameter import new_parameter
from engine.tensor import Tensor


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name that PyTorch prints for the output of its attention."""


class MultiheadAttention(Module):
    """Attention in several heads: (L, N, embed_dim), (S, N, kdim), (S, N, vdim) → (L, N, embed_dim).

    Args:
        embed_dim: Features of the queries and of the output.
        num_heads: Into how many heads they are split.
        dropout: Probability that a weight is dropped.
        bias: Add learned biases before and after.
        add_bias_kv: Add one learned key and value.
        add_zero_attn: Add one key and value of zeros.
        kdim: Features of the keys; embed_dim unless given.
        vdim: Features of the values; embed_dim unless given.
        batch_first: Samples come before places.
    """

    bias_k: Any
    bias_v: Any

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True,
        add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
        vdim: int | None = None, batch_first: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        together = self._qkv_same_embed_dim
        for name, features in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            made = None if together else new_parameter((embed_dim, features), dtype, device=device)
            self.register_parameter(f"{name}_proj_weight", made)
        made = new_parameter((3 * embed_dim, embed_dim), dtype, device=device) if together else None
        self.register_parameter("in_proj_weight", made)
        self.register_parameter("in_proj_bias", new_parameter((3 * embed_dim,), dtype) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        self.bias_k = new_parameter((1, 1, embed_dim), dtype) if add_bias_kv else None
        self.bias_v = new_parameter((1, 1, embed_dim), dtype) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Xavier's bounds for the weights, biases of 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for learned in (self.bias_k, self.bias_v):
            if learned is not None:
                init.xavier_normal_(learned)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None,
        need_weights: bool = True, attn_mask: Tensor | None = None, average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The output, and the weights (N, L, S) if wanted.

        `key_padding_mask` (N, S) and `attn_mask` (L, S) or (N · heads, L, S) are True where not to look, or
        numbers that are added to the scores.
        """
        turned = self.batch_first and query.ndim == 3
        if turned:
            query, key, value = (t.transpose(0, 1) for t in (query, key, value))
        out, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias,
            self.bias_k, self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight,
            self.out_proj.bias, self.training, key_padding_mask, need_weights, attn_mask,
            not self._qkv_same_embed_dim, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal,
        )
        return out.transpose(0, 1) if turned else out, weights
