"""Recurrent layers and cells give PyTorch's outputs, states, gradients, names and errors."""

import numpy as np
import pytest

from engine import nn

from ..side_by_side import assert_refused_alike, numbers
from .twins import assert_same_face, assert_twins

KINDS = ["RNN", "LSTM", "GRU"]
FORMS = [
    {},
    {"num_layers": 2, "bias": False},
    {"num_layers": 2, "bidirectional": True, "batch_first": True},
]
LAYERS = [(kind, form) for kind in KINDS for form in FORMS] + [
    ("RNN", {"nonlinearity": "relu"}),
    ("LSTM", {"proj_size": 2, "num_layers": 2, "bidirectional": True}),
    ("GRU", {"dropout": 0.5, "num_layers": 3}),
]
CELLS = [
    ("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu", "bias": False}), ("LSTMCell", {}),
    ("LSTMCell", {"bias": False}), ("GRUCell", {}), ("GRUCell", {"bias": False}),
]


def maker(kind, form):
    return lambda m: getattr(m, kind)(3, 4, **form)


def initial(side, kind, form, *samples):
    rows = form.get("num_layers", 1) * (2 if form.get("bidirectional") else 1)
    hidden = side.t(numbers(rows, *samples, form.get("proj_size", 4), seed=5))
    return (hidden, side.t(numbers(rows, *samples, 4, seed=6))) if kind == "LSTM" else hidden


@pytest.mark.parametrize(("kind", "form"), LAYERS + CELLS)
def test_layers_and_cells_look_like_torchs(torch, kind, form):
    assert_same_face(torch, maker(kind, form))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("kind", "form"), LAYERS)
def test_a_sequence_gives_torchs_outputs_and_gradients(torch, kind, form, dtype):
    def use(side, layer):
        x = side.t(numbers(2, 5, 3))
        samples = 2 if form.get("batch_first") else 5
        return [layer(x), layer(x, initial(side, kind, form, samples))]

    assert_twins(torch, maker(kind, form), use, training=False, dtype=dtype)


@pytest.mark.parametrize(("kind", "form"), LAYERS)
def test_one_sample_needs_no_batch_dimension(torch, kind, form):
    def use(side, layer):
        x = side.t(numbers(4, 3))
        return [layer(x), layer(x, initial(side, kind, form))]

    assert_twins(torch, maker(kind, form), use, training=False)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(("kind", "form"), LAYERS)
def test_packed_sequences_give_torchs_outputs(torch, kind, form, ordered):
    def use(side, layer):
        rnn = side.nn.utils.rnn
        lengths = [4, 2, 1] if ordered else [2, 4, 1]
        x = side.t(numbers(4, 3, 3))
        packed = rnn.pack_padded_sequence(x, side.lib.tensor(np.array(lengths)), enforce_sorted=ordered)
        plain, state = layer(packed)
        given, last = layer(packed, initial(side, kind, form, 3))
        padded, sizes = rnn.pad_packed_sequence(given, batch_first=True, padding_value=-1.0, total_length=6)
        return [plain.data, state, padded, sizes, last]

    assert_twins(torch, maker(kind, form), use, training=False)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("kind", "form"), CELLS)
def test_a_cell_steps_as_torchs_does(torch, kind, form, dtype):
    def use(side, cell):
        x = side.t(numbers(2, 3))
        state = side.t(numbers(2, 4, seed=1))
        state = (state, side.t(numbers(2, 4, seed=2))) if kind == "LSTMCell" else state
        one = cell(x[0])
        return [cell(x), cell(x, state), one, cell(x[1], one)]

    assert_twins(torch, maker(kind, form), use, dtype=dtype)


def test_dropout_falls_between_layers_in_training_only():
    layer = nn.GRU(3, 4, num_layers=2, dropout=1.0, bias=False)
    x = nn.Parameter(nn.Linear(3, 15).weight.reshape(5, 3, 3))
    assert not np.any(layer(x)[0].detach().numpy())
    assert np.any(layer.eval()(x)[0].detach().numpy())


def test_weights_start_between_the_bounds_of_the_hidden_size():
    values = np.concatenate([p.detach().numpy().ravel() for p in nn.LSTM(50, 100).parameters()])
    assert 0.0999 < values.max() <= 0.1
    assert -0.1 <= values.min() < -0.0999
    assert abs(values.mean()) < 0.002


def test_padding_and_packing_are_undone(torch):
    def use(side, module):
        rnn = side.nn.utils.rnn
        parts = [side.t(numbers(n, 2, seed=n)) for n in (1, 3, 2)]
        packed = rnn.pack_sequence(parts, enforce_sorted=False)
        left = rnn.pad_sequence(parts, True, 7.0, "left")
        return [
            list(packed), rnn.unpack_sequence(packed), left,
            rnn.unpad_sequence(rnn.pad_sequence(parts), side.lib.tensor(np.array([1, 3, 2]))),
        ]

    assert_twins(torch, lambda m: m.Identity(), use)


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.LSTM(3, 0),
        lambda s: s.nn.LSTM(3, 4.5),
        lambda s: s.nn.GRU(3, 4, 0),
        lambda s: s.nn.GRU(3, 4, dropout=2),
        lambda s: s.nn.LSTM(3, 4, proj_size=4),
        lambda s: s.nn.RNN(3, 4, nonlinearity="sigmoid"),
        lambda s: s.nn.RNN(3, 4)(s.lib.ones(3)),
        lambda s: s.nn.LSTM(3, 4)(s.lib.ones(2, 2, 5)),
        lambda s: s.nn.LSTM(3, 4)(s.lib.ones(2, 2, 3).double()),
        lambda s: s.nn.GRU(3, 4)(s.lib.ones(2, 2, 3), s.lib.ones(1, 3, 4)),
        lambda s: s.nn.GRU(3, 4)(s.lib.ones(2, 3), s.lib.ones(1, 3, 4)),
        lambda s: s.nn.LSTM(3, 4)(s.lib.ones(2, 2, 3), (s.lib.ones(1, 2, 4), s.lib.ones(1, 2, 5))),
        lambda s: s.nn.LSTM(3, 4)(s.lib.ones(2, 2, 3), (s.lib.ones(2, 4), s.lib.ones(2, 4))),
        lambda s: s.nn.RNNCell(3, 4)(s.lib.ones(2, 2, 3)),
        lambda s: s.nn.RNNCell(3, 4, nonlinearity="gelu")(s.lib.ones(2, 3)),
        lambda s: s.nn.GRUCell(3, 4)(s.lib.ones(2, 5)),
        lambda s: s.nn.GRUCell(3, 4)(s.lib.ones(2, 3), s.lib.ones(3, 4)),
        lambda s: s.nn.LSTMCell(3, 4)(s.lib.ones(2, 3), (s.lib.ones(2, 4), s.lib.ones(2, 5))),
        lambda s: s.nn.utils.rnn.pack_padded_sequence(s.lib.ones(3, 2, 1), s.lib.tensor([1, 2])),
        lambda s: s.nn.utils.rnn.pack_padded_sequence(s.lib.ones(3, 2, 1), s.lib.tensor([2, 0])),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
