"""Attention as functions of tensors: means of values, weighted by how well keys fit queries."""

from __future__ import annotations

import math
import warnings
from typing import Any

from engine.creation import ones, zeros, zeros_like
from engine.dtypes import bool_
from engine.nn.functional.activation import softmax
from engine.nn.functional.conv import pad
from engine.nn.functional.conv_checks import c_name
from engine.nn.functional.linear import linear
from engine.nn.functional.sparse import dropout
from engine.ops.arrange import repeat_interleave
from engine.ops.join import cat
from engine.tensor import Tensor

NEVER = float("-inf")


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:
    """softmax(query · keyᵀ · scale + mask) · value, for (…, L, E), (…, S, E) and (…, S, V) → (…, L, V).

    A bool mask says where to look, a float mask is added; a query that may look nowhere gets zeros.
    `scale` is 1/√E unless given. With `enable_gqa` several heads of the query share one of key and value.
    """
    _check_alike(query, key, value)
    if enable_gqa:
        key, value = (
            repeat_interleave(t, query.shape[-3] // t.shape[-3], -3) for t in (key, value)
        )
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        attn_mask = ones(query.shape[-2], key.shape[-2], dtype=bool_).tril()
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (query * factor) @ key.transpose(-2, -1)
    if attn_mask is None:
        weights = softmax(scores, -1)
    else:
        scores = scores + _added(attn_mask, query)
        blind = (scores == NEVER).all(-1, keepdim=True)
        weights = softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)
    return dropout(weights, dropout_p) @ value


def _check_alike(query: Tensor, key: Tensor, value: Tensor) -> None:
    given = (query, key, value)
    if len({t.dtype for t in given}) > 1:
        kinds = [c_name(t) for t in given]
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {kinds[0]} "
            f"key.dtype: {kinds[1]} and value.dtype: {kinds[2]} instead."
        )
    if min(t.ndim for t in given) < 2:
        dims = [t.ndim for t in given]
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim(): "
            f"{dims[0]}, key.dim(): {dims[1]} and value.dim(): {dims[2]} instead."
        )


def _added(mask: Tensor, query: Tensor) -> Tensor:
    """The mask as numbers to add to scores."""
    if mask.dtype == bool_:
        return zeros_like(mask, dtype=query.dtype).masked_fill(~mask, NEVER)
    if mask.dtype != query.dtype:
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{c_name(mask)} and  query.dtype: {c_name(query)} instead."
        )
    return mask


def canonical_mask(
    mask: Tensor | None, name: str, dtype: Any, other: Tensor | None = None, other_name: str = ""
) -> Tensor | None:
    """A mask that is True where not to look, or numbers to add, as numbers to add."""
    if mask is None:
        return None
    if mask.dtype != bool_ and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and other.dtype != mask.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    return mask if mask.is_floating_point() else zeros_like(mask, dtype=dtype).masked_fill(mask, NEVER)


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
    in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None,
    add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor, out_proj_bias: Tensor | None,
    training: bool = True, key_padding_mask: Tensor | None = None, need_weights: bool = True,
    attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None, *, average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in `num_heads` parts of the features: (L, N, E), (S, N, …) → (L, N, E) and the weights.

    Without a batch dimension (L, E) → (L, E). The weights are (N, L, S), or (N, heads, L, S) unless
    averaged; None unless wanted.
    """
    _check_dimensions(query, key, value, key_padding_mask, attn_mask, num_heads)
    batched = query.ndim == 3
    if not batched:
        query, key, value = (t.unsqueeze(1) for t in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, samples, features = query.shape
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    key_padding_mask = canonical_mask(
        key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask"
    )
    is_causal = is_causal and key_padding_mask is None and not need_weights
    mask = None if is_causal else canonical_mask(attn_mask, "attn_mask", query.dtype)
    _check_features(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    if use_separate_proj_weight:
        parts: Any = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        parts = in_proj_weight.chunk(3)     # type: ignore[union-attr]
    biases: Any = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
    q, k, v = (linear(t, w, b) for t, w, b in zip((query, key, value), parts, biases, strict=True))
    mask = _full_mask(mask, samples, num_heads, length, key.shape[0])
    if bias_k is not None and bias_v is not None:
        k, v = cat([k, bias_k.repeat(1, samples, 1)]), cat([v, bias_v.repeat(1, samples, 1)])
        mask, key_padding_mask = _one_more(mask), _one_more(key_padding_mask)
    size = features // num_heads
    q, k, v = (t.reshape(t.shape[0], samples * num_heads, size).transpose(0, 1) for t in (q, k, v))
    if add_zero_attn:
        nothing = zeros(samples * num_heads, 1, size, dtype=q.dtype)
        k, v = cat([k, nothing], 1), cat([v, nothing], 1)
        mask, key_padding_mask = _one_more(mask), _one_more(key_padding_mask)
    if key_padding_mask is not None:
        padding = _padding_rows(key_padding_mask, samples, num_heads, k.shape[1])
        mask = padding if mask is None else mask + padding
    dropout_p = dropout_p if training else 0.0
    weights = None
    if need_weights:
        scores = (q * math.sqrt(1 / size)) @ k.transpose(-2, -1)
        weights = softmax(scores if mask is None else scores + mask, -1)
        weights = dropout(weights, dropout_p)
        heads = weights @ v
        weights = weights.reshape(samples, num_heads, length, k.shape[1])
        weights = weights.mean(1) if average_attn_weights else weights
    else:
        heads = scaled_dot_product_attention(q, k, v, mask, dropout_p, is_causal)
    joined = heads.transpose(0, 1).reshape(length, samples, features)
    out = linear(joined, out_proj_weight, out_proj_bias)
    if batched:
        return out, weights
    return out.squeeze(1), None if weights is None else weights.squeeze(0)


def _one_more(mask: Tensor | None) -> Tensor | None:
    """Room in the mask for one more key that everyone may look at."""
    return None if mask is None else pad(mask, (0, 1))


def _full_mask(mask: Tensor | None, samples: int, heads: int, length: int, keys: int) -> Tensor | None:
    """The mask as (1 or N · heads, L, S)."""
    if mask is None:
        return None
    wanted = (length, keys) if mask.ndim == 2 else (samples * heads, length, keys)
    if tuple(mask.shape) != wanted:
        raise RuntimeError(
            f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {wanted}."
        )
    return mask.unsqueeze(0) if mask.ndim == 2 else mask


def _padding_rows(mask: Tensor, samples: int, heads: int, keys: int) -> Tensor:
    """(N, S) as (N · heads, 1, S)."""
    for at, size in enumerate((samples, keys)):
        if mask.shape[at] != size:
            raise AssertionError(
                f"Expected key_padded_mask.shape[{at}] to be {size}, but got {mask.shape[at]}"
            )
    return mask.reshape(samples, 1, 1, keys).expand(-1, heads, -1, -1).reshape(samples * heads, 1, keys)


def _check_features(
    query: Tensor, key: Tensor, value: Tensor, expected: int, heads: int, separate: bool
) -> None:
    features = query.shape[-1]
    if features != expected:
        raise AssertionError(f"was expecting embedding dimension of {expected}, but got {features}")
    if features % heads:
        raise AssertionError(f"embed_dim {features} not divisible by num_heads {heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
        )
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")


def _check_dimensions(
    query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None, heads: int
) -> None:
    if query.ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
        )
    kind = "batched (3-D)" if query.ndim == 3 else "unbatched (2-D)"
    if not key.ndim == value.ndim == query.ndim:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {query.ndim}-D"
            f" but found {key.ndim}-D and {value.ndim}-D tensors respectively"
        )
    if padding is not None and padding.ndim != query.ndim - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {query.ndim - 1}-D"
            f" but found {padding.ndim}-D tensor instead"
        )
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertionError(
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D"
            f" but found {mask.ndim}-D tensor instead"
        )
    wanted = (heads, query.shape[0], key.shape[0])
    if mask is not None and query.ndim == 2 and mask.ndim == 3 and tuple(mask.shape) != wanted:
        raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}")
