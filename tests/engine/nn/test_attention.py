"""Attention and transformers give PyTorch's outputs, weights, gradients, names and errors."""

import numpy as np
import pytest

from engine import nn

from ..side_by_side import assert_alike, assert_refused_alike, numbers
from .twins import TOLERANCES, assert_same_face, assert_twins

FORMS = [
    {}, {"bias": False}, {"add_bias_kv": True, "add_zero_attn": True}, {"kdim": 3, "vdim": 5},
    {"batch_first": True},
]
BLOCKED = np.array([[False, True, False], [False, False, True], [True, False, False], [False] * 3])
PADDED = np.array([[False, False, True], [False, True, True]])


def attention(form):
    return lambda m: m.MultiheadAttention(6, 2, **form)


def inputs(side, form):
    shapes = [(4, 2, 6), (3, 2, form.get("kdim", 6)), (3, 2, form.get("vdim", 6))]
    made = [side.t(numbers(*shape, seed=i)) for i, shape in enumerate(shapes)]
    return [t.transpose(0, 1) for t in made] if form.get("batch_first") else made


@pytest.mark.parametrize("form", FORMS)
def test_attention_looks_like_torchs(torch, form):
    assert_same_face(torch, attention(form))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("form", FORMS)
def test_attention_gives_torchs_outputs_and_weights(torch, form, dtype):
    def use(side, layer):
        mask, padding = side.lib.tensor(BLOCKED), side.lib.tensor(PADDED)
        added = side.t(numbers(4, 4, 3, seed=9), grad=False)
        given = inputs(side, form)
        return [
            list(layer(*given)),
            layer(*given, need_weights=False)[0],
            list(layer(*given, key_padding_mask=padding, average_attn_weights=False)),
            layer(*given, key_padding_mask=padding, need_weights=False)[0],
            list(layer(*given, attn_mask=mask)),
            layer(*given, attn_mask=added, need_weights=False)[0],
            layer(*given, attn_mask=mask, need_weights=False)[0],
            list(layer(*given, padding, attn_mask=mask)),
        ]

    assert_twins(torch, attention(form), use, dtype=dtype)


def test_one_sequence_needs_no_batch_dimension(torch):
    def use(side, layer):
        x = side.t(numbers(3, 6))
        causal = side.nn.Transformer.generate_square_subsequent_mask(3, dtype=x.dtype)
        return [
            list(layer(x, x, x)),
            list(layer(x, x, x, side.lib.tensor(PADDED[0]))),
            layer(x, x, x, attn_mask=causal, need_weights=False, is_causal=True)[0],
        ]

    assert_twins(torch, attention({}), use)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_scaled_dot_product_attention_is_torchs(torch, dtype):
    def code(side):
        attend = side.F.scaled_dot_product_attention
        q, k, v = (side.t(numbers(2, 4, n, d, seed=n)) for n, d in ((4, 6), (3, 6), (3, 5)))
        few = [side.t(numbers(2, 2, 3, d, seed=d)) for d in (6, 5)]
        return [
            attend(q, k, v), attend(q, k, v, is_causal=True), attend(q, k, v, scale=0.3),
            attend(q, k, v, side.lib.tensor(~BLOCKED)), attend(q, k, v, side.t(numbers(4, 1, 3))),
            attend(q, *few, enable_gqa=True), attend(q[0, 0], k[0, 0], v[0, 0]),
            attend(q, k, v, side.lib.tensor(np.zeros((4, 3), bool))),
        ]

    assert_alike(torch, code, dtype, TOLERANCES[dtype])


LAYERS = [
    {}, {"norm_first": True, "activation": "gelu"}, {"batch_first": True, "bias": False},
    {"layer_norm_eps": 0.1, "activation": abs},
]


@pytest.mark.parametrize("kind", ["TransformerEncoderLayer", "TransformerDecoderLayer"])
@pytest.mark.parametrize("form", LAYERS[:3])
def test_transformer_layers_look_like_torchs(torch, kind, form):
    def make(m):
        return getattr(m, kind)(6, 2, 8, **form)

    assert repr(make(nn)) == repr(make(torch.nn))
    assert list(make(nn).state_dict()) == list(make(torch.nn).state_dict())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("form", LAYERS)
def test_an_encoder_layer_gives_torchs_outputs(torch, form, dtype):
    def use(side, layer):
        x = side.t(numbers(2, 2, 6))
        causal = side.nn.Transformer.generate_square_subsequent_mask(2, dtype=x.dtype)
        return [
            layer(x), layer(x, causal), layer(x, causal, is_causal=True),
            layer(x, None, side.lib.tensor(PADDED[:, :2])),
        ]

    assert_twins(torch, lambda m: m.TransformerEncoderLayer(6, 2, 8, 0.0, **form), use, dtype=dtype)


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_decoder_layer_gives_torchs_outputs(torch, norm_first):
    def use(side, layer):
        x, memory = side.t(numbers(4, 2, 6)), side.t(numbers(3, 2, 6, seed=1))
        mask, padding = side.lib.tensor(BLOCKED), side.lib.tensor(PADDED)
        return [layer(x, memory), layer(x, memory, None, mask, memory_key_padding_mask=padding)]

    assert_twins(torch, lambda m: m.TransformerDecoderLayer(6, 2, 8, 0.0, norm_first=norm_first), use)


@pytest.mark.parametrize("batch_first", [True, False])
def test_a_whole_transformer_is_torchs(torch, batch_first):
    def make(m):
        return m.Transformer(6, 2, 2, 2, 8, 0.0, batch_first=batch_first)

    def use(side, model):
        source, target = side.t(numbers(2, 2, 6)), side.t(numbers(2, 2, 6, seed=1))
        causal = model.generate_square_subsequent_mask(2, dtype=source.dtype)
        padding = side.lib.tensor(PADDED[:, :2])
        return [
            model(source, target, tgt_mask=causal, tgt_is_causal=True),
            model(source, target, src_key_padding_mask=padding, memory_key_padding_mask=padding),
        ]

    assert_same_face(torch, make)
    assert_twins(torch, make, use)


def test_padded_places_become_zero_where_torch_skips_them(torch):
    def use(side, model):
        x = side.t(numbers(2, 3, 6), grad=False)
        with side.lib.no_grad():
            masks = [side.lib.tensor(mask) for mask in (PADDED, PADDED[:, ::-1].copy())]
            return [model(x, src_key_padding_mask=mask) for mask in masks]

    for norm in (False, True):
        def make(m, norm=norm):
            layer = m.TransformerEncoderLayer(6, 2, 8, 0.0, batch_first=True)
            return m.TransformerEncoder(layer, 2, m.LayerNorm(6) if norm else None)

        assert_twins(torch, make, use, training=False)


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.MultiheadAttention(6, 4),
        lambda s: s.nn.MultiheadAttention(6, 0),
        lambda s: s.nn.MultiheadAttention(6, 2)(*[s.lib.ones(3, 2, 4)] * 3),
        lambda s: s.nn.MultiheadAttention(6, 2)(*[s.lib.ones(6)] * 3),
        lambda s: s.nn.MultiheadAttention(6, 2)(s.lib.ones(3, 2, 6), s.lib.ones(3, 6), s.lib.ones(3, 6)),
        lambda s: s.nn.MultiheadAttention(6, 2)(*[s.lib.ones(3, 2, 6)] * 3, attn_mask=s.lib.ones(2, 2)),
        lambda s: s.nn.MultiheadAttention(6, 2)(*[s.lib.ones(3, 2, 6)] * 3, is_causal=True),
        lambda s: s.nn.MultiheadAttention(6, 2)(
            *[s.lib.ones(3, 2, 6)] * 3, key_padding_mask=s.lib.ones(2, 3).int()
        ),
        lambda s: s.nn.MultiheadAttention(6, 2)(*[s.lib.ones(3, 2, 6)] * 3, s.lib.ones(3, 3)),
        lambda s: s.F.scaled_dot_product_attention(*[s.lib.ones(2, 2)] * 2, s.lib.ones(2, 2).double()),
        lambda s: s.F.scaled_dot_product_attention(*[s.lib.ones(2, 2)] * 3, s.lib.ones(2, 2).int()),
        lambda s: s.F.scaled_dot_product_attention(*[s.lib.ones(2, 2)] * 3, s.lib.ones(2, 2), is_causal=True),
        lambda s: s.nn.TransformerEncoderLayer(6, 2, activation="tanh"),
        lambda s: s.nn.Transformer(6, 2, 1, 1, 8)(s.lib.ones(3, 2, 6), s.lib.ones(3, 1, 6)),
        lambda s: s.nn.Transformer(6, 2, 1, 1, 8)(s.lib.ones(3, 2, 4), s.lib.ones(3, 2, 6)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
